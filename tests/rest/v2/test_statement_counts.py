"""What every row costs in statements, the one that finds the key included: a change of a number is a decision."""

from typing import Any

import pytest

from app.db import raw
from app.models import Booking
from app.rest.v2.operations import OPERATIONS
from app.settings import Settings
from tests.contract.client import Caller, ContractClient
from tests.parts.statements import counted_statements
from tests.rest.v2.booking_desk import ELEVEN, NINE, TEN, VERSION, BookingDesk, wish
from tests.rest.v2.test_bookings_2024_04_15 import COMPONENTS, WEEKLY, body
from tests.rest.v2.test_calendars import FeedServer
from tests.rest.v2.test_slots import DAY
from tests.rest.v2.test_slots_2024_04_15 import SLOT, WINDOW

# Operation id -> statements on SQLite, on PostgreSQL.
COUNTS: dict[str, tuple[int, int]] = {
    "ApiKeysController_refresh": (4, 4),
    "BookingsController_2024_04_15_cancelBooking": (12, 12),
    "BookingsController_2024_04_15_createBooking": (10, 4),
    "BookingsController_2024_04_15_createInstantBooking": (7, 7),
    "BookingsController_2024_04_15_createRecurringBooking": (10, 4),
    "BookingsController_2024_04_15_getBooking": (2, 2),
    "BookingsController_2024_04_15_getBookingForReschedule": (2, 2),
    "BookingsController_2024_04_15_getBookings": (2, 2),
    "BookingsController_2024_04_15_markNoShow": (7, 8),
    "BookingsController_2024_08_13_cancelBooking": (12, 12),
    "BookingsController_2024_08_13_confirmBooking": (13, 13),
    "BookingsController_2024_08_13_createBooking": (10, 4),
    "BookingsController_2024_08_13_declineBooking": (11, 11),
    "BookingsController_2024_08_13_getBooking": (2, 2),
    "BookingsController_2024_08_13_getBookings": (2, 2),
    "BookingsController_2024_08_13_getCalendarLinks": (2, 2),
    "BookingsController_2024_08_13_markNoShow": (7, 8),
    "BookingsController_2024_08_13_reassignBooking": (16, 16),
    "BookingsController_2024_08_13_reassignBookingToUser": (17, 17),
    "BookingsController_2024_08_13_rescheduleBooking": (19, 21),
    "CalendarsController_checkIcsFeed": (5, 5),
    "CalendarsController_createIcsFeed": (15, 15),
    "CalendarsController_getBusyTimes": (4, 4),
    "CalendarsController_getCalendars": (4, 4),
    "DestinationCalendarsController_updateDestinationCalendars": (2, 3),
    "EventTypeWebhooksController_createEventTypeWebhook": (8, 8),
    "EventTypeWebhooksController_deleteAllEventTypeWebhooks": (3, 3),
    "EventTypeWebhooksController_deleteEventTypeWebhook": (5, 5),
    "EventTypeWebhooksController_getEventTypeWebhook": (4, 4),
    "EventTypeWebhooksController_getEventTypeWebhooks": (3, 3),
    "EventTypeWebhooksController_updateEventTypeWebhook": (7, 7),
    "EventTypesController_2024_06_14_createEventType": (8, 7),
    "EventTypesController_2024_06_14_deleteEventType": (9, 7),
    "EventTypesController_2024_06_14_getEventTypeById": (4, 4),
    "EventTypesController_2024_06_14_getEventTypes": (4, 4),
    "EventTypesController_2024_06_14_updateEventType": (7, 6),
    "MeController_getMe": (1, 1),
    "MeController_updateMe": (5, 4),
    "SchedulesController_2024_06_11_createSchedule": (10, 8),
    "SchedulesController_2024_06_11_deleteSchedule": (14, 12),
    "SchedulesController_2024_06_11_getDefaultSchedule": (6, 6),
    "SchedulesController_2024_06_11_getSchedule": (5, 5),
    "SchedulesController_2024_06_11_getSchedules": (5, 5),
    "SchedulesController_2024_06_11_updateSchedule": (11, 9),
    "SelectedCalendarsController_addSelectedCalendar": (7, 7),
    "SelectedCalendarsController_deleteSelectedCalendar": (5, 5),
    "SlotsController_2024_04_15_deleteSelectedSlot": (7, 5),
    "SlotsController_2024_04_15_getAvailableSlots": (3, 3),
    "SlotsController_2024_04_15_reserveSlot": (8, 7),
    "SlotsController_2024_09_04_deleteReservedSlot": (7, 5),
    "SlotsController_2024_09_04_getAvailableSlots": (3, 3),
    "SlotsController_2024_09_04_getReservedSlot": (2, 2),
    "SlotsController_2024_09_04_reserveSlot": (8, 7),
    "SlotsController_2024_09_04_updateReservedSlot": (10, 9),
    "WebhooksController_createWebhook": (7, 7),
    "WebhooksController_deleteWebhook": (3, 3),
    "WebhooksController_getWebhook": (2, 2),
    "WebhooksController_getWebhooks": (2, 2),
    "WebhooksController_updateWebhook": (5, 5),
}
HOOK = {"subscriberUrl": "https://a.example.com/1", "triggers": ["BOOKING_CREATED"], "active": True}
HOOK_OF_TYPE = {**HOOK, "subscriberUrl": "https://a.example.com/2"}
SCHEDULE = {"name": "More", "timeZone": "Europe/Rome", "isDefault": False}
EVENT_TYPE = {"lengthInMinutes": 30, "title": "Intro", "slug": "intro"}
BESIDE = ("UPDATE api_keys SET last_used_at", "SELECT sequence, topics FROM event_log")
"""What goes on beside requests now and then: noting the use of keys, following the event log."""


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Feeds may be on this machine."""
    return settings.model_copy(update={"outbound_allow_private": True})


class Meter:
    """Asks as Ann and notes how many statements each operation took; of several calls the dearest."""

    def __init__(self, rest: ContractClient, caller: Caller) -> None:
        self.counts: dict[str, int] = {}
        self._rest = rest
        self._caller = caller

    async def __call__(self, method: str, path: str, version: str = VERSION, *, status: int = 0, **sent: Any) -> Any:
        """`data` of an answer that must be a success, or have this status."""
        with counted_statements() as seen:
            answer = await self._rest(method, path, self._caller, version=version, **sent)
        assert answer.status_code in ({status} if status else {200, 201}), (method, path, answer.text)
        name = self._rest.operation(method, path, version).operation_id
        counted = sum(not statement.startswith(BESIDE) for statement in seen)
        self.counts[name] = max(counted, self.counts.get(name, 0))
        return answer.json().get("data")


async def test_every_row_takes_a_known_number_of_statements(
    rest: ContractClient, desk: BookingDesk, ann: Caller, bob: Caller
) -> None:
    """All rows, each at least once."""
    ask, feed = Meter(rest, ann), FeedServer()
    await _settings_of_a_person(ask)
    await _webhooks(ask)
    async with feed.receiver:
        await _calendars(ask, feed)
    await _slots(ask, (await desk.event_type(ann)).id)
    await _bookings(ask, desk, ann, bob)
    await _old_bookings(ask, desk, ann)
    await ask("POST", "/v2/api-keys/refresh", json={})
    assert set(ask.counts) == {row.operation_id for row in OPERATIONS}
    column = raw.dialect() == "postgres"
    assert ask.counts == {name: counts[column] for name, counts in COUNTS.items()}


async def _settings_of_a_person(ask: Meter) -> None:
    await ask("GET", "/v2/me")
    await ask("PATCH", "/v2/me", json={"name": "Ann B."})
    schedules, version = "/v2/schedules", "2024-06-11"
    made = await ask("POST", schedules, version, json=SCHEDULE)
    await ask("GET", schedules, version)
    await ask("GET", f"{schedules}/default", version)
    await ask("GET", f"{schedules}/{made['id']}", version)
    await ask("PATCH", f"{schedules}/{made['id']}", version, json={"name": "Less"})
    await ask("DELETE", f"{schedules}/{made['id']}", version)
    types, version = "/v2/event-types", "2024-06-14"
    made = await ask("POST", types, version, json=EVENT_TYPE)
    await ask("GET", types, version)
    await ask("GET", f"{types}/{made['id']}", version)
    await ask("PATCH", f"{types}/{made['id']}", version, json={"title": "Hello"})
    await _event_type_webhooks(ask, f"{types}/{made['id']}/webhooks")
    await ask("DELETE", f"{types}/{made['id']}", version)


async def _event_type_webhooks(ask: Meter, path: str) -> None:
    made = await ask("POST", path, json=HOOK_OF_TYPE)
    await ask("GET", path)
    await ask("GET", f"{path}/{made['id']}")
    await ask("PATCH", f"{path}/{made['id']}", json={"active": False})
    await ask("DELETE", f"{path}/{made['id']}")
    await ask("POST", path, json=HOOK_OF_TYPE)
    await ask("DELETE", path)


async def _webhooks(ask: Meter) -> None:
    made = await ask("POST", "/v2/webhooks", json=HOOK)
    await ask("GET", "/v2/webhooks")
    await ask("GET", f"/v2/webhooks/{made['id']}")
    await ask("PATCH", f"/v2/webhooks/{made['id']}", json={"active": False})
    await ask("DELETE", f"/v2/webhooks/{made['id']}")


async def _calendars(ask: Meter, feed: FeedServer) -> None:
    made = await ask("POST", "/v2/calendars/ics-feed/save", json={"urls": [feed.url]})
    await ask("GET", "/v2/calendars/ics-feed/check")
    await ask("GET", "/v2/calendars")
    chosen = {"integration": made["type"], "externalId": feed.url, "credentialId": made["id"]}
    await ask("DELETE", "/v2/selected-calendars", params=chosen)
    await ask("POST", "/v2/selected-calendars", json=chosen)
    busy = {"calendarsToLoad[0][credentialId]": made["id"], "calendarsToLoad[0][externalId]": feed.url}
    window = {"loggedInUsersTz": "Europe/Berlin", "dateFrom": DAY["start"], "dateTo": DAY["end"]}
    await ask("GET", "/v2/calendars/busy-times", params={**busy, **window})
    # No calendar that can be written to is connected yet: the row's cost is that of looking.
    wanted = {"integration": "google_calendar", "externalId": "ann@example.com"}
    await ask("PUT", "/v2/destination-calendars", status=404, json=wanted)


async def _slots(ask: Meter, event_type_id: int) -> None:
    slots, version = "/v2/slots", "2024-09-04"
    await ask("GET", slots, version, params={**DAY, "eventTypeId": event_type_id})
    held = await ask("POST", f"{slots}/reservations", version, json={"eventTypeId": event_type_id, "slotStart": NINE})
    path = f"{slots}/reservations/{held['reservationUid']}"
    await ask("GET", path, version)
    await ask("PATCH", path, version, json={"eventTypeId": event_type_id, "slotStart": TEN})
    await ask("DELETE", path, version)
    await ask("GET", f"{slots}/available", COMPONENTS, params={**WINDOW, "eventTypeId": event_type_id})
    uid = await ask("POST", f"{slots}/reserve", COMPONENTS, json={**SLOT, "eventTypeId": event_type_id})
    await ask("DELETE", f"{slots}/selected-slot", COMPONENTS, params={"uid": uid})


async def _bookings(ask: Meter, desk: BookingDesk, ann: Caller, bob: Caller) -> None:
    path, event_type = "/v2/bookings", await desk.event_type(ann)
    made = await ask("POST", path, json=wish(event_type))
    await ask("GET", path)
    await ask("GET", f"{path}/{made['uid']}")
    await ask("GET", f"{path}/{made['uid']}/calendar-links")
    moved = await ask("POST", f"{path}/{made['uid']}/reschedule", json={"start": TEN})
    await ask("POST", f"{path}/{moved['uid']}/cancel", json={"cancellationReason": "Ill"})
    asked = await desk.event_type(ann, requires_confirmation=True)
    for start, decision in ((NINE, "confirm"), (TEN, "decline")):
        waiting = await desk.book(asked, start)
        await ask("POST", f"{path}/{waiting['uid']}/{decision}", json={})
    shared = await desk.book(await desk.team_event("ROUND_ROBIN", ann, bob), ELEVEN)
    other = bob if shared["hosts"][0]["username"] == "ann" else ann
    await ask("POST", f"{path}/{shared['uid']}/reassign", json={})
    holder = ann if other is bob else bob
    await ask("POST", f"{path}/{shared['uid']}/reassign/{holder.id}", json={"reason": "Ill"})
    await _began(made := await desk.book(event_type, "2050-09-06T07:00:00Z"))
    await ask("POST", f"{path}/{made['uid']}/mark-absent", json={"host": True})


async def _old_bookings(ask: Meter, desk: BookingDesk, ann: Caller) -> None:
    path, event_type = "/v2/bookings", await desk.event_type(ann)
    made = await ask("POST", path, COMPONENTS, json=body(event_type, 14))
    await ask("GET", path, COMPONENTS)
    await ask("GET", f"{path}/{made['uid']}", COMPONENTS)
    await ask("GET", f"{path}/{made['uid']}/reschedule", COMPONENTS)
    await ask("POST", f"{path}/{made['uid']}/cancel", COMPONENTS, json={"cancellationReason": "Ill"})
    series = await desk.event_type(ann, recurrence=WEEKLY)
    bodies = [body(series, 15, recurringEventId="series", recurringCount=1)]
    await ask("POST", f"{path}/recurring", COMPONENTS, json=bodies)
    await ask("POST", f"{path}/instant", COMPONENTS, json=body(await desk.team_event("ROUND_ROBIN", ann), 16))
    await _began(gone := await desk.book(event_type, "2050-09-07T07:00:00Z"))
    await ask("POST", f"{path}/{gone['uid']}/mark-no-show", COMPONENTS, json={"noShowHost": True})


async def _began(booking: dict[str, Any]) -> None:
    await Booking.filter(uid=booking["uid"]).update(start_s=1_700_000_000, end_s=1_700_001_800)
