"""Every row of API v2: with another tenant's ids it answers 403 or 404, to nobody 401, and writes nothing."""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from app.rest.operation import AnyOperation, Auth
from app.rest.v2.operations import OPERATIONS
from tests.contract.client import Caller, ContractClient
from tests.rest.v2.belongings import HOOK, Belongings, belongings
from tests.rest.v2.booking_desk import BookingDesk
from tests.rest.v2.test_calendars import FeedServer
from tests.schema.api import nothing_written

Given = Callable[[Belongings], Any]


@dataclass(frozen=True, slots=True)
class Attempt:
    """How a row is asked about what somebody else has: its input, and the booking that its path names."""

    given: Given = lambda _: None
    booking: Callable[[Belongings], str] = lambda theirs: theirs.waiting
    refusals: frozenset[int] = frozenset({403, 404})


def fixed(value: Any, **more: Any) -> Attempt:
    """An input that names nothing itself: the path does."""
    return Attempt(lambda _: value, **more)


def _accepted(theirs: Belongings) -> str:
    return theirs.accepted


def _begun(theirs: Belongings) -> str:
    return theirs.begun


def _calendar(theirs: Belongings) -> Any:
    return {"integration": "ics-feed_calendar", "externalId": theirs.feed, "credentialId": theirs.credential}


_NOTHING = Attempt()
_LC_21 = frozenset({401})
_PATCHED_HOOK = fixed({"active": False, "subscriberUrl": "https://evil.example.com"})
NAMING: Mapping[str, Attempt] = {
    "MeController_updateMe": Attempt(lambda theirs: {"defaultScheduleId": theirs.schedule}),
    "SchedulesController_2024_06_11_getSchedule": _NOTHING,
    "SchedulesController_2024_06_11_updateSchedule": fixed({"name": "Mine"}),
    "SchedulesController_2024_06_11_deleteSchedule": _NOTHING,
    "EventTypesController_2024_06_14_createEventType": Attempt(
        lambda theirs: {"lengthInMinutes": 30, "title": "Mine", "slug": "mine", "scheduleId": theirs.schedule}
    ),
    "EventTypesController_2024_06_14_getEventTypeById": _NOTHING,
    "EventTypesController_2024_06_14_updateEventType": fixed({"title": "Mine"}),
    "EventTypesController_2024_06_14_deleteEventType": _NOTHING,
    "CalendarsController_getBusyTimes": Attempt(
        lambda theirs: {
            "loggedInUsersTz": "UTC", "dateFrom": "2026-11-01", "dateTo": "2026-11-30",
            "credentialId": theirs.credential, "externalId": theirs.feed,
        }
    ),
    "SelectedCalendarsController_addSelectedCalendar": Attempt(_calendar),
    "SelectedCalendarsController_deleteSelectedCalendar": Attempt(_calendar),
    "DestinationCalendarsController_updateDestinationCalendars": Attempt(
        lambda theirs: {"integration": "google_calendar", "externalId": theirs.feed}
    ),
    "WebhooksController_getWebhook": _NOTHING,
    "WebhooksController_updateWebhook": _PATCHED_HOOK,
    "WebhooksController_deleteWebhook": _NOTHING,
    "EventTypeWebhooksController_createEventTypeWebhook": fixed(HOOK),
    "EventTypeWebhooksController_getEventTypeWebhooks": _NOTHING,
    "EventTypeWebhooksController_getEventTypeWebhook": _NOTHING,
    "EventTypeWebhooksController_updateEventTypeWebhook": _PATCHED_HOOK,
    "EventTypeWebhooksController_deleteEventTypeWebhook": _NOTHING,
    "EventTypeWebhooksController_deleteAllEventTypeWebhooks": _NOTHING,
    "BookingsController_2024_08_13_markNoShow": fixed({"host": True}, booking=_begun),
    "BookingsController_2024_08_13_reassignBooking": fixed({}, booking=_accepted),
    "BookingsController_2024_08_13_reassignBookingToUser": fixed({}, booking=_accepted),
    "BookingsController_2024_08_13_confirmBooking": fixed({}, refusals=_LC_21),
    "BookingsController_2024_08_13_declineBooking": fixed({"reason": "Mine"}, refusals=_LC_21),
    "BookingsController_2024_04_15_markNoShow": fixed({"noShowHost": True}, booking=_begun),
}  # fmt: skip
"""Rows that name something of somebody, in their path or input, and need its owner's rights."""

LISTS: Mapping[str, Attempt] = {
    "MeController_getMe": _NOTHING,
    "SchedulesController_2024_06_11_getSchedules": _NOTHING,
    "SchedulesController_2024_06_11_getDefaultSchedule": _NOTHING,
    "CalendarsController_getCalendars": _NOTHING,
    "WebhooksController_getWebhooks": _NOTHING,
    "BookingsController_2024_08_13_getBookings": Attempt(lambda theirs: {"eventTypeIds": str(theirs.event_type)}),
    "BookingsController_2024_04_15_getBookings": Attempt(lambda _: {"filters[status]": "upcoming"}),
}
"""Rows that answer one's own things, also when asked for another's."""

UNWRITABLE = "DestinationCalendarsController_updateDestinationCalendars"
"""404 for the owner too: a feed cannot be written, and nothing else can be connected yet."""

OWN = {
    "ApiKeysController_refresh": "exchanges the key it is called with",
    "SchedulesController_2024_06_11_createSchedule": "names nothing",
    "CalendarsController_createIcsFeed": "names nothing of this installation",
    "CalendarsController_checkIcsFeed": "reads one's own feeds",
    "WebhooksController_createWebhook": "names nothing",
}
"""Rows that name nothing of anybody else."""

_BOOKS = "anybody may book (BK-1, AU-7)"
_UID = "the uid of a booking is the right of who booked (AU-7, LC-27)"
_HOLDS = "anybody may keep a slot, its uid is the right to it (AU-7, RS-8)"
SIGNED_IN = {"BookingsController_2024_08_13_getCalendarLinks": "what the public booking says, as links (EM-5)"}
"""Rows that anybody may ask who is signed in."""

PUBLIC = {
    "EventTypesController_2024_06_14_getEventTypes": "event types by name are public (VR-4, AU-7)",
    "SlotsController_2024_09_04_getAvailableSlots": "free times are public (SL-15)",
    "SlotsController_2024_04_15_getAvailableSlots": "free times are public (VR-8)",
    "SlotsController_2024_09_04_reserveSlot": _HOLDS,
    "SlotsController_2024_09_04_getReservedSlot": _HOLDS,
    "SlotsController_2024_09_04_updateReservedSlot": _HOLDS,
    "SlotsController_2024_09_04_deleteReservedSlot": _HOLDS,
    "SlotsController_2024_04_15_reserveSlot": _HOLDS,
    "SlotsController_2024_04_15_deleteSelectedSlot": _HOLDS,
    "BookingsController_2024_08_13_createBooking": _BOOKS,
    "BookingsController_2024_04_15_createBooking": _BOOKS,
    "BookingsController_2024_04_15_createRecurringBooking": _BOOKS,
    "BookingsController_2024_04_15_createInstantBooking": _BOOKS,
    "BookingsController_2024_08_13_getBooking": _UID,
    "BookingsController_2024_08_13_rescheduleBooking": _UID,
    "BookingsController_2024_08_13_cancelBooking": _UID,
    "BookingsController_2024_04_15_cancelBooking": _UID,
    "BookingsController_2024_04_15_getBooking": _UID,
    "BookingsController_2024_04_15_getBookingForReschedule": _UID,
}
"""Rows that the documents open to everybody, each with its reason."""


@pytest.fixture
async def theirs(desk: BookingDesk, ann: Caller) -> AsyncIterator[Belongings]:
    """What Ann has."""
    feed = FeedServer()
    async with feed.receiver:
        yield await belongings(desk, ann, feed)


async def ask(
    rest: ContractClient, row: AnyOperation, theirs: Belongings, attempt: Attempt, caller: Caller | None = None
) -> tuple[int, str]:
    """Status and text of a row asked about what Ann has."""
    given = attempt.given(theirs)
    sent = {"params": given} if row.reads_query else {"json": given}
    path, version = theirs.path(row.path, attempt.booking(theirs)), max(row.versions or ["2024-08-13"])
    answer = await rest(row.method, path, caller, version=version, **sent)
    return answer.status_code, answer.text


def test_every_row_is_here() -> None:
    """In one of the lists; what is open to everybody lets everybody in, nothing else does."""
    lists = [*NAMING, *LISTS, *OWN, *SIGNED_IN, *PUBLIC]
    assert sorted(lists) == sorted(row.operation_id for row in OPERATIONS)
    assert {row.operation_id for row in OPERATIONS if row.auth is not Auth.REQUIRED} == set(PUBLIC)


async def test_another_tenant_gets_nothing_and_changes_nothing(
    rest: ContractClient, theirs: Belongings, bob: Caller
) -> None:
    """By a stranger 403 or 404 (LC-21: 401), by nobody 401."""
    wrong = []
    for row in OPERATIONS:
        attempt = NAMING.get(row.operation_id)
        if attempt is not None:
            async with nothing_written():
                status, text = await ask(rest, row, theirs, attempt, bob)
                by_nobody, _ = await ask(rest, row, theirs, attempt)
            if status not in attempt.refusals or by_nobody != 401:
                wrong.append((row.method, row.path, status, by_nobody, text))
    assert wrong == []


async def test_lists_show_ones_own(rest: ContractClient, theirs: Belongings, bob: Caller) -> None:
    """Nothing of Ann's is in what Bob reads, whatever he asks for."""
    ids = (theirs.waiting, theirs.accepted, theirs.begun, theirs.webhook, theirs.feed, theirs.owner.email)
    for row in OPERATIONS:
        attempt = LISTS.get(row.operation_id)
        if attempt is not None:
            async with nothing_written():
                status, text = await ask(rest, row, theirs, attempt, bob)
                assert (await ask(rest, row, theirs, attempt))[0] == 401, row.path
            assert status == 200, (row.path, text)
            assert [each for each in ids if each in text] == [], (row.path, text)


async def test_the_owner_is_not_refused(rest: ContractClient, theirs: Belongings) -> None:
    """The same requests by Ann, deletions last: the refusals above are about rights and not about the requests."""
    wrong = []
    for row in sorted(OPERATIONS, key=lambda row: (row.method == "DELETE", -len(row.path))):
        attempt = NAMING.get(row.operation_id)
        if attempt is not None and row.operation_id != UNWRITABLE:
            status, text = await ask(rest, row, theirs, attempt, theirs.owner)
            if status in {401, 403, 404}:
                wrong.append((row.method, row.path, status, text))
    assert wrong == []


async def test_times_of_reservations_need_rights(rest: ContractClient, theirs: Belongings, bob: Caller) -> None:
    """RS-2, RS-8: how long a slot is kept is up to its hosts, though anybody may keep one."""
    longer = {"eventTypeId": theirs.event_type, "slotStart": "2050-09-06T08:00:00Z", "reservationDuration": 30}
    held = f"/v2/slots/reservations/{theirs.reservation}"
    async with nothing_written():
        for caller, refused in ((bob, 403), (None, 401)):
            made = await rest("POST", "/v2/slots/reservations", caller, version="2024-09-04", json=longer)
            changed = await rest("PATCH", held, caller, version="2024-09-04", json=longer)
            assert (made.status_code, changed.status_code) == (refused, refused), (made.text, changed.text)
