"""A whole life of one person's scheduling, through a client generated from the documented API v2.

A program of its own: `python person.py URL KEY`, with the generated package `api_client` on the path. Every request is
built from the client's models and every answer is parsed by them; a call that is not answered as documented ends it.
Prints as JSON what was parsed.
"""

import importlib
import json
import sys
from datetime import UTC, datetime, timedelta
from typing import Any


class Person:
    """Calls operations of the generated client with a key."""

    def __init__(self, url: str, key: str) -> None:
        client = importlib.import_module("api_client.client")
        self.client = client.AuthenticatedClient(base_url=url, token=key, raise_on_unexpected_status=True)
        self.authorization = f"Bearer {key}"

    def call(self, operation: str, *path: str | int, **given: Any) -> Any:
        """The parsed answer of `tag.operation`, as plain data; raises when it is not as documented."""
        function = importlib.import_module(f"api_client.api.{operation}").sync
        answer = function(*path, client=self.client, **given)
        assert answer is not None, operation
        return answer.to_dict()

    def call_with_header(self, operation: str, *path: str | int, **given: Any) -> Any:
        """Of operations that document `Authorization` as a parameter."""
        return self.call(operation, *path, authorization=self.authorization, **given)


def model(name: str, values: dict[str, Any]) -> Any:
    """A model of the generated client: `model("me_output", {...})` is a `MeOutput`."""
    module = importlib.import_module(f"api_client.models.{name}")
    kind = next(value for key, value in vars(module).items() if key.lower() == name.replace("_", ""))
    return kind.from_dict(values)


def settle_in(person: Person) -> dict[str, Any]:
    """Who am I, hours of work, a meeting to offer."""
    hours = {
        "name": "Office", "timeZone": "Europe/Berlin", "isDefault": True,
        "availability": [{"days": ["Monday", "Tuesday", "Wednesday"], "startTime": "09:00", "endTime": "12:00"}],
    }  # fmt: skip
    meeting = {"title": "Intro", "slug": "intro", "lengthInMinutes": 30, "minimumBookingNotice": 0}
    return {
        "me": person.call_with_header("me.me_controller_get_me")["data"],
        "schedule": person.call_with_header(
            "schedules.schedules_controller_2024_06_11_create_schedule",
            body=model("create_schedule_input_20240611", hours),
        )["data"],
        "schedules": person.call_with_header("schedules.schedules_controller_2024_06_11_get_schedules")["data"],
        "eventType": person.call_with_header(
            "event_types.event_types_controller_2024_06_14_create_event_type",
            body=model("create_event_type_input_20240614", meeting),
        )["data"],
    }


def change(person: Person, life: dict[str, Any]) -> dict[str, Any]:
    """Another name for the hours, another title for the meeting, and what the world sees of it."""
    schedules, event_types = (
        "schedules.schedules_controller_2024_06_11",
        "event_types.event_types_controller_2024_06_14",
    )
    schedule, event_type = int(life["schedule"]["id"]), int(life["eventType"]["id"])
    body = model("update_schedule_input_20240611", {"name": "Mornings"})
    person.call_with_header(f"{schedules}_update_schedule", schedule, body=body)
    title = model("update_event_type_input_20240614", {"title": "First talk"})
    person.call_with_header(f"{event_types}_update_event_type", event_type, body=title)
    return {
        "default": person.call_with_header(f"{schedules}_get_default_schedule")["data"],
        "offered": person.call(f"{event_types}_get_event_types", username=life["me"]["username"])["data"],
    }


def webhook(person: Person) -> dict[str, Any]:
    """One for all events of the person; this client sends its triggers as one text."""
    wanted = {"active": True, "subscriberUrl": "https://example.com/hook", "triggers": "BOOKING_CREATED"}
    made = person.call_with_header(
        "webhooks.webhooks_controller_create_webhook", body=model("create_webhook_input_dto", wanted)
    )
    listed = person.call_with_header("webhooks.webhooks_controller_get_webhooks")
    return {"webhook": made["data"], "webhooks": listed["data"]}


def free(person: Person, event_type: int) -> list[str]:
    """All starts of the second to the fourth week from now."""
    today = datetime.now(UTC).date()
    answer = person.call(
        "slots.slots_controller_2024_09_04_get_available_slots",
        event_type_id=event_type, start=str(today + timedelta(7)), end=str(today + timedelta(21)), time_zone="UTC",
    )  # fmt: skip
    return [slot["start"] for day in answer["data"].values() for slot in day]


def reserve(person: Person, event_type: int, start: str) -> dict[str, Any]:
    """Keep a time for a while, then let it go."""
    made = person.call(
        "slots.slots_controller_2024_09_04_reserve_slot",
        body=model("reserve_slot_input_20240904", {"eventTypeId": event_type, "slotStart": start}),
    )["data"]
    kept = start not in free(person, event_type)
    person.call("slots.slots_controller_2024_09_04_delete_reserved_slot", made["reservationUid"])
    return {"reservation": made, "reservedIsTaken": kept, "releasedIsFree": start in free(person, event_type)}


def book(person: Person, event_type: int, starts: list[str]) -> dict[str, Any]:
    """Book, look, list, move, cancel."""
    bookings = "bookings.bookings_controller_2024_08_13"
    guest = {"name": "Gus", "email": "gus@example.com", "timeZone": "America/New_York"}
    wanted = {"start": starts[0], "eventTypeId": event_type, "attendee": guest}
    made = person.call(f"{bookings}_create_booking", body=model("create_booking_input_20240813", wanted))["data"]
    seen = person.call(f"{bookings}_get_booking", made["uid"])["data"]
    listed = person.call_with_header(f"{bookings}_get_bookings", take=50.0, event_type_id=str(event_type))
    to = model("reschedule_booking_input_20240813", {"start": starts[1], "reschedulingReason": "A clash"})
    moved = person.call(f"{bookings}_reschedule_booking", made["uid"], body=to)["data"]
    off = model("cancel_booking_input_20240813", {"cancellationReason": "No need"})
    cancelled = person.call(f"{bookings}_cancel_booking", moved["uid"], body=off)["data"]
    old = person.call(f"{bookings}_get_booking", made["uid"])["data"]
    return {"booked": made, "seen": seen, "listed": listed, "moved": moved, "cancelled": cancelled, "old": old}


def leave(person: Person, life: dict[str, Any]) -> dict[str, Any]:
    """Tidy up, then change the key."""
    person.call_with_header("webhooks.webhooks_controller_delete_webhook", life["webhook"]["id"])
    remaining = person.call_with_header("webhooks.webhooks_controller_get_webhooks")["data"]
    body = model("refresh_api_key_input", {"apiKeyDaysValid": 60})
    key = person.call_with_header("api_keys.api_keys_controller_refresh", body=body)["data"]["apiKey"]
    return {"webhooksLeft": remaining, "newKey": key}


def main() -> None:
    """Live the life and print it."""
    url, key = sys.argv[1:]
    person = Person(url, key)
    life = settle_in(person)
    life |= change(person, life) | webhook(person)
    event_type = int(life["eventType"]["id"])
    starts = free(person, event_type)
    life |= {"starts": starts} | reserve(person, event_type, starts[0]) | book(person, event_type, starts)
    life |= leave(person, life)
    renewed = Person(url, life["newKey"])
    life["meAgain"] = renewed.call_with_header("me.me_controller_get_me")["data"]
    json.dump(life, sys.stdout)


if __name__ == "__main__":
    main()
