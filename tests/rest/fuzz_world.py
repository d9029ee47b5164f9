"""A small world with something of everything: what makes random requests go deep."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from app.db import raw
from app.services.webhooks.triggers import Trigger
from tests.parts.server import Slotgraph, SlotgraphProcess

V_SCHEDULES, V_EVENT_TYPES, V_SLOTS, V_BOOKINGS = "2024-06-11", "2024-06-14", "2024-09-04", "2024-08-13"
NOWHERE = "http://127.0.0.1:9"
MAX_ID = 2**31 - 1
KINDS: Mapping[str, Mapping[str, Any]] = {
    "talk": {},
    "long": {"lengthInMinutesOptions": [15, 30, 60], "beforeEventBuffer": 10, "slotInterval": 15},
    "group": {"seats": {"seatsPerTimeSlot": 500, "showAttendeeInfo": True, "showAvailabilityCount": True}},
    "weekly": {"recurrence": {"interval": 1, "occurrences": 3, "frequency": "weekly"}},
    "asked": {"confirmationPolicy": {"type": "always", "blockUnconfirmedBookingsInBooker": False}},
    "form": {
        "locations": [{"type": "address", "address": "Main Street 1", "public": True}, {"type": "attendeePhone"}],
        "bookingFields": [
            {
                "type": "select",
                "slug": "size",
                "label": "Size",
                "required": True,
                "options": ["s", "m"],
                "placeholder": "",
            },
            {"type": "number", "slug": "age", "label": "Age", "required": False, "placeholder": ""},
        ],
    },
}
"""Event types by slug: what is special about them."""
SPARE = ("changed", "emptied", "deleted", "also-deleted")
BOOKINGS_OF_A_KIND = 4
GUEST = {"name": "Gus", "email": "gus@example.com", "timeZone": "America/New_York"}
ANSWERS: Mapping[str, Any] = {
    "bookingFieldsResponses": {"size": "s"},
    "location": {"type": "attendeePhone", "phone": "+4930123456"},
}


@dataclass
class Somebody:
    """A person with ids of what they have, by kind."""

    http: httpx.AsyncClient
    key: str
    ids: dict[str, list[Any]] = field(default_factory=dict)

    async def call(self, method: str, path: str, version: str = "", **sent: Any) -> Any:
        """`data` of an answer that must be a success."""
        headers = {"Authorization": f"Bearer {self.key}", "cal-api-version": version}
        answer = await self.http.request(method, f"/v2{path}", headers=headers, **sent)
        assert answer.is_success, (method, path, sent, answer.text)
        return answer.json().get("data")

    def keep(self, kind: str, *ids: Any) -> None:
        """Remember them."""
        self.ids.setdefault(kind, []).extend(ids)


async def person(slotgraph: Slotgraph, http: httpx.AsyncClient, name: str) -> Somebody:
    """Sign somebody up."""
    made = json.loads(
        await slotgraph.run(
            "user", "create", "--email", f"{name}@example.com", "--username", name, "--name", name.title(),
            "--password", "a-good-password", "--time-zone", "Europe/Berlin", "--api-key",
        )
    )  # fmt: skip
    return Somebody(http, made["apiKey"], {"users": [made["id"]]})


async def furnish(owner: Somebody, feed_url: str) -> None:
    """Event types, schedules, webhooks, a feed, and bookings in every state."""
    for slug in (*KINDS, *SPARE):
        body = {"title": slug.title(), "slug": slug, "lengthInMinutes": 30, **KINDS.get(slug, {})}
        owner.keep(slug, (await owner.call("POST", "/event-types", V_EVENT_TYPES, json=body))["id"])
    for slug in SPARE:
        await _hook(owner, f"/event-types/{owner.ids[slug][0]}/webhooks")
    for _ in range(4):
        await _hook(owner, "/webhooks")
    for name in ("Early", "Late", "Never"):
        hours = [{"days": ["Monday", "Friday"], "startTime": "08:00", "endTime": "20:00"}]
        body = {"name": name, "timeZone": "Asia/Kolkata", "isDefault": False, "availability": hours}
        owner.keep("schedules", (await owner.call("POST", "/schedules", V_SCHEDULES, json=body))["id"])
    saved = await owner.call("POST", "/calendars/ics-feed/save", json={"urls": [feed_url]})
    owner.keep("credentials", saved["id"])
    for number, slug in enumerate(slug for slug in KINDS for _ in range(BOOKINGS_OF_A_KIND)):
        await _book(owner, slug, 4 * number % 17)
    await _age(owner)
    await _reserve(owner)


async def _hook(owner: Somebody, path: str) -> None:
    number = len(owner.ids.setdefault("webhooks", []))
    hook = {"subscriberUrl": f"{NOWHERE}/{number}", "triggers": ["BOOKING_CREATED"], "active": True, "secret": "s"}
    owner.keep("webhooks", (await owner.call("POST", path, json=hook))["id"])


async def _free(owner: Somebody, slug: str) -> list[str]:
    today = datetime.now(UTC).date()
    window = {"start": f"{today + timedelta(2)}", "end": f"{today + timedelta(16)}"}
    found = await owner.call("GET", "/slots", V_SLOTS, params={"eventTypeId": owner.ids[slug][0], **window})
    return [slot["start"] for day in found.values() for slot in day]


async def _book(owner: Somebody, slug: str, place: int) -> None:
    body = {"start": (await _free(owner, slug))[place], "eventTypeId": owner.ids[slug][0], "attendee": GUEST}
    made = await owner.call("POST", "/bookings", V_BOOKINGS, json={**body, **(ANSWERS if slug == "form" else {})})
    for one in made if isinstance(made, list) else [made]:
        for kind in ("bookings", f"{slug} bookings"):
            owner.keep(kind, one["uid"])
        owner.keep("taken", one["start"])
        owner.keep("seats", *[each["seatUid"] for each in one["attendees"] if "seatUid" in each])
        owner.keep("series", *[one[name] for name in ("recurringBookingUid",) if name in one])


async def _age(owner: Somebody) -> None:
    """Some bookings are over, some are cancelled."""
    uids = owner.ids["bookings"]
    for number, uid in enumerate(uids[1::5]):
        start = 1_700_000_000 + number * 86_400
        await raw.execute("UPDATE bookings SET start_s = $1, end_s = $2 WHERE uid = $3", start, start + 1800, uid)
        owner.keep("past bookings", uid)
    for uid in uids[2::9]:
        await owner.call("POST", f"/bookings/{uid}/cancel", V_BOOKINGS, json={"cancellationReason": "Ill"})


async def _reserve(owner: Somebody) -> None:
    for start in (await _free(owner, "talk"))[-4:]:
        kept = {"eventTypeId": owner.ids["talk"][0], "slotStart": start}
        made = await owner.call("POST", "/slots/reservations", V_SLOTS, json=kept)
        owner.keep("reservations", made["reservationUid"])
    owner.keep("free", (await _free(owner, "group"))[-1], *(await _free(owner, "weekly"))[9::17])


@dataclass(frozen=True, slots=True)
class World:
    """Ann, whose things are named most; Maya of the demo, a stranger with a team; Cat and Dan, who are changed."""

    ann: Somebody
    maya: Somebody
    cat: Somebody
    dan: Somebody
    feed_url: str

    @property
    def authorizations(self) -> dict[str, list[str]]:
        """Who asks, by operation id; under an empty name who asks for all others."""
        ann, maya, cat, dan = (f"Bearer {each.key}" for each in (self.ann, self.maya, self.cat, self.dan))
        unknown = "Bearer cal_unknown"
        own = {"MeController_updateMe": [cat, unknown], "ApiKeysController_refresh": [dan, unknown]}
        return {"": [ann, ann.replace("Bearer", "bearer"), maya, unknown], **own}

    def values(self, method: str, path: str, number: int) -> dict[str, list[Any]]:
        """What parameters and properties may be, by name; what is deleted or decided is of the operation alone."""
        deleted = {"DELETE": self._deleted(), "PATCH": self._changed()}.get(method, {})
        fitting = self.ann.ids["weekly" if path.endswith("/recurring") else "group"]  # where many may book
        own = {**self._ids(), **self._texts(), **_times(self.ann.ids), **self._bookings(path, number), **deleted}
        return {**own, "eventTypeId": [*fitting, *own["eventTypeId"]]} if "bookings" in path or "slots" in path else own

    def _ids(self) -> dict[str, list[Any]]:
        ann, maya = self.ann.ids, self.maya.ids
        types = [*_all(ann, KINDS), *maya["event types"], MAX_ID]
        schedules = [*ann["schedules"], *maya["schedules"], MAX_ID]
        return {
            "eventTypeId": types, "eventTypeIds": types, "scheduleId": schedules, "defaultScheduleId": schedules,
            "webhookId": [*ann["webhooks"], "no"], "uid": [*ann["reservations"], "no"],
            "userId": [*ann["users"], *maya["users"], MAX_ID], "teamId": [1, MAX_ID], "teamsIds": [1, MAX_ID],
            "credentialId": [*ann["credentials"], MAX_ID], "externalId": [self.feed_url, "no"],
        }  # fmt: skip

    def _changed(self) -> dict[str, list[Any]]:
        return {"eventTypeId": [*self.ann.ids["changed"], *self.maya.ids["event types"][:1], MAX_ID]}

    def _deleted(self) -> dict[str, list[Any]]:
        ann = self.ann.ids
        return {
            "eventTypeId": [*_all(ann, SPARE[1:]), MAX_ID], "scheduleId": [ann["schedules"][-1], MAX_ID],
            "webhookId": [*ann["webhooks"][-2:], *ann["webhooks"][1:3], "no"], "uid": [ann["reservations"][-1], "no"],
        }  # fmt: skip

    def _bookings(self, path: str, number: int) -> dict[str, list[Any]]:
        """First one that the operation is for, then any."""
        ann, maya = self.ann.ids, self.maya.ids["bookings"]
        named = {"confirm": "asked", "decline": "asked", "mark-absent": "past", "mark-no-show": "past"}
        fitting = ann[f"{named.get(path.rpartition('/')[2], 'talk')} bookings"]
        uids = [fitting[number % len(fitting)], *fitting, *ann["bookings"][number % 3 :: 3], *maya, "no"]
        uids += [ann["series"][number % len(ann["series"])], ann["seats"][0]]
        seats = [*ann["seats"], "no"]
        moved = dict.fromkeys(("rescheduleUid", "bookingUidToReschedule"), uids)
        return {"bookingUid": uids, "bookingId": uids, "seatUid": seats, "seatReferenceUid": seats, **moved}

    def _texts(self) -> dict[str, list[Any]]:
        people, zones = (
            ["ann", "maya", "ann+maya", "nobody"],
            ["Europe/Berlin", "Pacific/Apia", "UTC", "Nowhere/At_All"],
        )
        return {
            "username": people, "usernames": people, "usernameList": people, "user": people,
            "eventTypeSlug": [*KINDS, "intro", "onboarding", "no"], "eventSlug": [*KINDS, "no"],
            "name": ["Gus", "x" * 300], "title": ["Call", "x" * 300],
            "teamSlug": ["success", "no"], "orgSlug": ["", "no"], "organizationSlug": ["", "no"],
            "timeZone": zones, "loggedInUsersTz": zones,
            "email": ["gus@example.com", "ann@example.com", "new@example.com", "no"],
            "attendeeEmail": ["gus@example.com", "no"], "phoneNumber": ["+4930123456", "no"], "language": ["de", "xx"],
            "integration": ["ics-feed_calendar", "google_calendar", "cal-video"], "triggers": [*Trigger, "NO"],
            "urls": [self.feed_url, f"{NOWHERE}/feed.ics", "no"], "subscriberUrl": [f"{NOWHERE}/fuzz", "no"],
            "lengthInMinutes": [30, 15, 45, 1440], "duration": [30, 15, 60], "slotDuration": [30, 15, 60],
        }  # fmt: skip


def _all(ids: Mapping[str, list[Any]], kinds: Iterable[str]) -> list[Any]:
    return [each for kind in kinds for each in ids[kind]]


def _times(ids: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
    """Starts that are free, taken, past, impossible; days around today."""
    wrong = ["2024-01-01T10:00:00Z", "2050-02-30T10:00:00Z", "2050-09-05T09:00:00+02:00"]
    starts = [*ids["free"], ids["taken"][0], ids["taken"][-1], *wrong]
    today = datetime.now(UTC).date()
    days = [f"{today + timedelta(away)}" for away in (3, -3, 14, 400)] + [f"{today}T22:00:00+05:30", "never"]
    ends = [f"{today + timedelta(10)}T00:00:00Z", *days]
    half_past = (datetime.fromisoformat(starts[0]) + timedelta(minutes=30)).isoformat()
    return {
        **dict.fromkeys(("start", "slotStart", "slotUtcStartDate"), starts), "slotUtcEndDate": [half_past, *starts],
        **dict.fromkeys(("window", "startTime", "dateFrom", "afterStart", "afterCreatedAt"), days),
        **dict.fromkeys(("end", "endTime", "dateTo", "beforeEnd"), ends),
    }  # fmt: skip


async def make_world(slotgraph: Slotgraph, server: SlotgraphProcess, http: httpx.AsyncClient, feed_url: str) -> World:
    """People with everything, on a server that has its demo data."""
    ann, cat, dan = [await person(slotgraph, http, name) for name in ("ann", "cat", "dan")]
    maya = Somebody(http, server.log.partition("Demo API key of maya: ")[2].splitlines()[0])
    maya.keep("users", (await maya.call("GET", "/me"))["id"])
    maya.keep("schedules", *[each["id"] for each in await maya.call("GET", "/schedules", V_SCHEDULES)])
    maya.keep("event types", *[each["id"] for each in await maya.call("GET", "/event-types", V_EVENT_TYPES)])
    for booking in await maya.call("GET", "/bookings", V_BOOKINGS):
        maya.keep("bookings", booking["uid"])
        maya.keep("event types", booking["eventTypeId"])
    await furnish(ann, feed_url)
    return World(ann, maya, cat, dan, feed_url)
