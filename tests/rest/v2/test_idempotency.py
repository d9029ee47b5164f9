"""`Idempotency-Key` on every POST row: one effect, the same answer, no other input, nobody else's answer (BK-18)."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from app.db.idempotency import OTHER_INPUT
from app.models import ApiKey, CalendarFeed, IdempotencyRecord
from app.rest.operation import AnyOperation, Auth
from app.rest.v2.operations import OPERATIONS
from app.settings import Settings
from tests.contract.client import Caller, ContractClient
from tests.rest.conftest import MakePerson
from tests.rest.v2.belongings import HOOK, Belongings, belongings
from tests.rest.v2.booking_desk import NINE, PATH, SUNDAY, TEN, YAN, BookingDesk, wish
from tests.rest.v2.test_bookings_2024_04_15 import WEEKLY, body
from tests.rest.v2.test_calendars import FeedServer
from tests.rest.v2.test_slots_2024_04_15 import SLOT
from tests.schema.api import nothing_written

ROWS: Mapping[str, AnyOperation] = {row.operation_id: row for row in OPERATIONS if row.method == "POST"}
NEVER_KEPT = {"ApiKeysController_refresh", "CalendarsController_createIcsFeed"}
"""A key is a secret, and ends the one it is asked with; feeds are fetched, and saving them twice is saving once."""
FREE = "2050-09-07T07:00:00Z"
PAST = "2020-09-07T07:00:00Z"


@dataclass(frozen=True, slots=True)
class Request:
    """A path and what is sent to it."""

    path: str
    given: Any


@dataclass(frozen=True, slots=True)
class Case:
    """A request that succeeds, one to the same row with another input, and one that is refused."""

    right: Request
    other: Request
    refused: Request


@dataclass(frozen=True, slots=True)
class World:
    """What cases are made of."""

    desk: BookingDesk
    ann: Caller
    cid: Caller
    theirs: Belongings


Make = Callable[[World], Awaitable[Case]]


def own(path: str, right: Any, other: Any, refused: Any) -> Make:
    """A row whose path names what Ann has, if anything."""

    async def make(world: World) -> Case:
        at = path.format(event_type=world.theirs.event_type)
        return Case(Request(at, right), Request(at, other), Request(at, refused))

    return make


def of_booking(deed: str, right: Any, other: Any, which: Callable[[Belongings], str]) -> Make:
    """A row about one of Ann's bookings; there is none with the uid that is refused."""

    async def make(world: World) -> Case:
        path = f"{PATH}/{which(world.theirs)}/{deed}"
        return Case(Request(path, right), Request(path, other), Request(f"{PATH}/nothing/{deed}", right))

    return make


async def _selected(world: World) -> Case:
    chosen = {
        "integration": "ics-feed_calendar",
        "externalId": world.theirs.feed,
        "credentialId": world.theirs.credential,
    }
    await world.desk.rest.ok("DELETE", "/v2/selected-calendars", world.ann, params=chosen)
    path = "/v2/selected-calendars"
    other = {**chosen, "externalId": "https://example.com/other.ics"}
    return Case(Request(path, chosen), Request(path, other), Request(path, {**chosen, "credentialId": 999_999}))


async def _reservation(world: World) -> Case:
    kept = {"eventTypeId": world.theirs.event_type, "slotStart": FREE}
    path = "/v2/slots/reservations"
    moved, past = {**kept, "slotStart": "2050-09-07T08:00:00Z"}, {**kept, "slotStart": PAST}
    return Case(Request(path, kept), Request(path, moved), Request(path, past))


async def _old_reservation(world: World) -> Case:
    kept = {**SLOT, "eventTypeId": (await world.desk.event_type(world.cid)).id}
    path = "/v2/slots/reserve"
    other = {"slotUtcStartDate": "2050-09-05T08:00:00Z", "slotUtcEndDate": "2050-09-05T08:30:00Z"}
    return Case(
        Request(path, kept), Request(path, {**kept, **other}), Request(path, {**kept, "slotUtcStartDate": PAST})
    )


async def _booking(world: World) -> Case:
    event_type = await world.desk.event_type(world.cid)
    return Case(
        Request(PATH, wish(event_type)),
        Request(PATH, wish(event_type, attendee=YAN)),
        Request(PATH, wish(event_type, SUNDAY)),
    )


async def _old_booking(world: World) -> Case:
    event_type = await world.desk.event_type(world.cid)
    past = {"start": PAST, "end": "2020-09-07T07:30:00Z"}
    right, other = body(event_type, 14), body(event_type, 15)
    return Case(Request(PATH, right), Request(PATH, other), Request(PATH, {**right, **past}))


async def _old_series(world: World) -> Case:
    path = f"{PATH}/recurring"
    event_type = await world.desk.event_type(world.cid, recurrence=WEEKLY)
    right = [body(event_type, 14, recurringEventId="series", recurringCount=1)]
    past = [{**right[0], "start": PAST, "end": "2020-09-07T07:30:00Z"}]
    return Case(Request(path, right), Request(path, right * 2), Request(path, past))


async def _old_instant(world: World) -> Case:
    path = f"{PATH}/instant"
    event_type = await world.desk.team_event("ROUND_ROBIN", world.cid)
    right = body(event_type, 14)
    personal = body(await world.desk.event_type(world.cid), 14)
    return Case(Request(path, right), Request(path, body(event_type, 15)), Request(path, personal))


async def _reassigned(world: World) -> Case:
    path = await _shared(world, "reassign")
    other = {"reason": "Ill"}
    return Case(Request(path, {}), Request(path, other), Request(f"{PATH}/nothing/reassign", {}))


async def _reassigned_to(world: World) -> Case:
    path = await _shared(world, "reassign")
    booking = await world.desk.get(path.split("/")[3])
    holder = world.cid if booking["hosts"][0]["username"] == world.ann.username else world.ann
    to, nobody = f"{path}/{holder.id}", f"{path}/999999"
    return Case(Request(to, {"reason": "Ill"}), Request(to, {"reason": "Away"}), Request(nobody, {"reason": "Ill"}))


async def _shared(world: World, deed: str) -> str:
    event_type = await world.desk.team_event("ROUND_ROBIN", world.ann, world.cid)
    made = await world.desk.book(event_type, FREE)
    return f"{PATH}/{made['uid']}/{deed}"


async def _moved(world: World) -> Case:
    made = await world.desk.book(await world.desk.event_type(world.cid), NINE)
    path = f"{PATH}/{made['uid']}/reschedule"
    right, other = {"start": TEN}, {"start": FREE}
    return Case(Request(path, right), Request(path, other), Request(path, {"start": PAST}))


async def _feeds(world: World) -> Case:
    path = "/v2/calendars/ics-feed/save"
    right = {"urls": [world.theirs.feed]}
    return Case(Request(path, right), Request(path, {**right, "readOnly": False}), Request(path, {"urls": ["no"]}))


SCHEDULE: dict[str, Any] = {"name": "Mornings", "timeZone": "Europe/Rome", "isDefault": False}
BACKWARDS = [{"days": ["Monday"], "startTime": "10:00", "endTime": "09:00"}]
EVENT_TYPE: dict[str, Any] = {"lengthInMinutes": 30, "title": "Intro", "slug": "intro"}
URL = "https://receiver.example.com/y"
NEW_HOOK = {**HOOK, "subscriberUrl": URL}
UNKNOWN_TRIGGER = {**NEW_HOOK, "triggers": ["NOPE"]}
CASES: Mapping[str, Make] = {
    "ApiKeysController_refresh": own("/v2/api-keys/refresh", {}, {"apiKeyDaysValid": 3}, {"apiKeyDaysValid": 0}),
    "SchedulesController_2024_06_11_createSchedule": own(
        "/v2/schedules", SCHEDULE, {**SCHEDULE, "name": "Other"}, {**SCHEDULE, "availability": BACKWARDS}
    ),
    "EventTypesController_2024_06_14_createEventType": own(
        "/v2/event-types", EVENT_TYPE, {**EVENT_TYPE, "slug": "other"}, {**EVENT_TYPE, "slug": "No Slug"}
    ),
    "CalendarsController_createIcsFeed": _feeds,
    "SelectedCalendarsController_addSelectedCalendar": _selected,
    "WebhooksController_createWebhook": own("/v2/webhooks", NEW_HOOK, {**NEW_HOOK, "active": False}, UNKNOWN_TRIGGER),
    "EventTypeWebhooksController_createEventTypeWebhook": own(
        "/v2/event-types/{event_type}/webhooks", NEW_HOOK, {**NEW_HOOK, "active": False}, UNKNOWN_TRIGGER
    ),
    "SlotsController_2024_09_04_reserveSlot": _reservation,
    "SlotsController_2024_04_15_reserveSlot": _old_reservation,
    "BookingsController_2024_08_13_createBooking": _booking,
    "BookingsController_2024_08_13_rescheduleBooking": _moved,
    "BookingsController_2024_08_13_cancelBooking": of_booking(
        "cancel", {"cancellationReason": "Ill"}, {"cancellationReason": "Away"}, lambda theirs: theirs.accepted
    ),
    "BookingsController_2024_08_13_markNoShow": of_booking(
        "mark-absent", {"host": True}, {"host": False}, lambda theirs: theirs.begun
    ),
    "BookingsController_2024_08_13_reassignBooking": _reassigned,
    "BookingsController_2024_08_13_reassignBookingToUser": _reassigned_to,
    "BookingsController_2024_08_13_confirmBooking": of_booking(
        "confirm", {}, {"reason": "Yes"}, lambda theirs: theirs.waiting
    ),
    "BookingsController_2024_08_13_declineBooking": of_booking(
        "decline", {"reason": "No"}, {"reason": "Never"}, lambda theirs: theirs.waiting
    ),
    "BookingsController_2024_04_15_createBooking": _old_booking,
    "BookingsController_2024_04_15_createRecurringBooking": _old_series,
    "BookingsController_2024_04_15_createInstantBooking": _old_instant,
    "BookingsController_2024_04_15_cancelBooking": of_booking(
        "cancel", {"cancellationReason": "Ill"}, {"cancellationReason": "Away"}, lambda theirs: theirs.accepted
    ),
    "BookingsController_2024_04_15_markNoShow": of_booking(
        "mark-no-show", {"noShowHost": True}, {"noShowHost": False}, lambda theirs: theirs.begun
    ),
}
WITHOUT_BODY = {"BookingsController_2024_08_13_confirmBooking", "BookingsController_2024_08_13_reassignBooking"}
"""Nothing is read of what is sent to them, so it is no other input."""
KEPT = sorted(set(CASES) - NEVER_KEPT)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Feeds may be on this machine."""
    return settings.model_copy(update={"outbound_allow_private": True})


@pytest.fixture
async def world(desk: BookingDesk, ann: Caller, person: MakePerson) -> AsyncIterator[World]:
    """Ann, what she has, and Cid, who works with her."""
    feed = FeedServer()
    async with feed.receiver:
        yield World(desk, ann, await person("cid"), await belongings(desk, ann, feed))


async def ask(
    rest: ContractClient, name: str, request: Request, caller: Caller | None, key: str = "a-key-of-mine"
) -> httpx.Response:
    """The answer to a keyed request, of a client that keeps no cookies."""
    rest.http.cookies.clear()
    version = max(ROWS[name].versions or ["2024-08-13"])
    headers = {"Idempotency-Key": key}
    return await rest("POST", request.path, caller, version=version, json=request.given, headers=headers)


def is_replay(answer: httpx.Response) -> bool:
    """Whether it says that it is the answer of an earlier request."""
    return bool(answer.headers.get("idempotency-replayed") == "true")


def test_every_row_is_here() -> None:
    assert sorted(CASES) == sorted(ROWS)
    assert {row.operation_id for row in ROWS.values() if row.secret} == NEVER_KEPT


@pytest.mark.parametrize("name", KEPT)
async def test_the_same_request_has_one_effect_and_one_answer(rest: ContractClient, world: World, name: str) -> None:
    case = await CASES[name](world)
    first = await ask(rest, name, case.right, world.ann)
    assert (first.status_code, is_replay(first)) == (ROWS[name].status, False), first.text
    async with nothing_written():
        for _ in range(2):
            again = await ask(rest, name, case.right, world.ann)
            assert (again.status_code, again.json(), is_replay(again)) == (first.status_code, first.json(), True)


@pytest.mark.parametrize("name", sorted(set(KEPT) - WITHOUT_BODY))
async def test_another_input_under_the_same_key_is_a_conflict(rest: ContractClient, world: World, name: str) -> None:
    case = await CASES[name](world)
    assert (await ask(rest, name, case.right, world.ann)).status_code == ROWS[name].status
    async with nothing_written():
        answer = await ask(rest, name, case.other, world.ann)
    assert (answer.status_code, answer.json()["error"]["message"]) == (409, OTHER_INPUT)


@pytest.mark.parametrize("name", KEPT)
async def test_a_refusal_is_not_kept(rest: ContractClient, world: World, name: str) -> None:
    """What failed leaves the key free for the request that is right."""
    case = await CASES[name](world)
    async with nothing_written():
        refused = await ask(rest, name, case.refused, world.ann)
    assert 400 <= refused.status_code < 500, refused.text
    answer = await ask(rest, name, case.right, world.ann)
    assert (answer.status_code, is_replay(answer)) == (ROWS[name].status, False), answer.text


@pytest.mark.parametrize("name", KEPT)
async def test_a_key_is_ones_own(rest: ContractClient, world: World, bob: Caller, name: str) -> None:
    """A stranger, and nobody, with Ann's key and request are answered for themselves."""
    case = await CASES[name](world)
    first = await ask(rest, name, case.right, world.ann)
    assert first.status_code == ROWS[name].status
    for caller in (bob, None):
        answer = await ask(rest, name, case.right, caller)
        assert not is_replay(answer)
        if caller is None and ROWS[name].auth is Auth.REQUIRED:
            assert answer.status_code == 401
        if answer.status_code < 300:
            assert answer.json() != first.json()
    again = await ask(rest, name, case.right, world.ann)
    assert (again.json(), is_replay(again)) == (first.json(), True)


async def test_a_new_key_is_never_kept(rest: ContractClient, world: World) -> None:
    """The old key has ended, so the same request is refused; nothing of the secret stays."""
    case = await CASES["ApiKeysController_refresh"](world)
    answer = await ask(rest, "ApiKeysController_refresh", case.right, world.ann)
    assert answer.status_code == 200
    assert (await ask(rest, "ApiKeysController_refresh", case.right, world.ann)).status_code == 401
    assert (await ApiKey.filter(user_id=world.ann.id).count(), await IdempotencyRecord.all().count()) == (1, 0)


async def test_feeds_saved_twice_are_saved_once(rest: ContractClient, world: World) -> None:
    """With the same key or without."""
    case = await CASES["CalendarsController_createIcsFeed"](world)
    answers = [await ask(rest, "CalendarsController_createIcsFeed", case.right, world.ann) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert (await CalendarFeed.all().count(), await IdempotencyRecord.all().count()) == (1, 0)
