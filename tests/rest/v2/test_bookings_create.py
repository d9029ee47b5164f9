"""Booking over REST 2024-08-13: ways to name the event type, every option, series, instant meetings (BK-1 to BK-9)."""

from typing import Any

import pytest

from app.auth.identity import settle
from app.models import Booking, EventType
from tests.contract.client import Caller, ContractClient
from tests.parts.statements import counted_statements
from tests.rest.v2.booking_desk import NINE, PATH, TEN, VERSION, YAN, ZOE, BookingDesk, wish

pytestmark = pytest.mark.usefixtures("app")
ZONED = {"name": "Zoe", "timeZone": "Europe/Rome", "language": "en", "absent": False}
NOTES = {"slug": "topic", "type": "text", "label": "Topic", "required": True}


async def test_a_regular_booking_has_exactly_the_documented_fields(desk: BookingDesk, ann: Caller) -> None:
    """VR-3, BK-22, BK-33: what did not happen is absent; the place is told twice."""
    event_type = await desk.event_type(ann)
    made = await desk.book(event_type)
    assert made == await desk.get(made["uid"])
    row = await Booking.get(uid=made["uid"])
    assert made.pop("createdAt") == made.pop("updatedAt")
    assert made == {
        "id": row.id, "uid": row.uid, "title": "Meeting between Ann and Zoe", "description": "",
        "hosts": [{"id": ann.id, "name": "Ann", "email": "ann@example.com", "username": "ann",
                   "timeZone": "Europe/Berlin"}],
        "status": "accepted", "start": "2050-09-05T07:00:00.000Z", "end": "2050-09-05T07:30:00.000Z", "duration": 30,
        "eventTypeId": event_type.id, "eventType": {"id": event_type.id, "slug": event_type.slug},
        "meetingUrl": "integrations:daily", "location": "integrations:daily", "absentHost": False, "metadata": {},
        "rating": None, "icsUid": f"{row.uid}@Cal.com", "attendees": [{**ZONED, "email": "zoe@example.com"}],
        "bookingFieldsResponses": {
            "name": "Zoe", "email": "zoe@example.com", "location": {"value": "integrations:daily", "optionValue": ""},
        },
    }  # fmt: skip
    assert row.creation_source == "API_V2"


async def test_every_option_at_once(desk: BookingDesk, ann: Caller) -> None:
    """BK-1: length, guests, location, metadata with its types, answers, language, phone."""
    event_type = await desk.event_type(
        ann, length_options=[30, 60], locations=[{"type": "phone"}], booking_fields=[{**NOTES, "name": "topic"}]
    )
    attendee = {**ZOE, "language": "it", "phoneNumber": "+37120993151"}
    made = await desk.book(
        event_type, attendee=attendee, guests=["gus@example.com"], lengthInMinutes=60, metadata={"n": 1, "ok": True},
        location={"type": "attendeePhone", "phone": "+37120993151"},
        bookingFieldsResponses={"topic": "Cats", "notes": "Hello", "other": [1]},
    )  # fmt: skip
    assert (made["duration"], made["end"]) == (60, "2050-09-05T08:00:00.000Z")
    assert made["metadata"] == {"n": 1, "ok": True}
    assert (made["location"], made["meetingUrl"]) == ("+37120993151", "+37120993151")
    assert (made["description"], made["guests"]) == ("Hello", ["gus@example.com"])
    assert made["attendees"] == [
        {**ZONED, "email": "zoe@example.com", "language": "it", "phoneNumber": "+37120993151"},
        {**ZONED, "name": "", "email": "gus@example.com"},
    ]
    assert made["bookingFieldsResponses"] == {
        "name": "Zoe", "email": "zoe@example.com", "attendeePhoneNumber": "+37120993151", "guests": ["gus@example.com"],
        "location": {"value": "phone", "optionValue": "+37120993151"}, "topic": "Cats", "notes": "Hello", "other": [1],
    }  # fmt: skip


OFFERED: list[dict[str, Any]] = [
    {"type": "inPerson", "address": "1 High Street"},
    {"type": "link", "link": "https://meet.example.com/ann"},
    {"type": "userPhone", "hostPhoneNumber": "+37120993151"},
    {"type": "attendeeInPerson"},
    {"type": "phone"},
    {"type": "somewhereElse"},
    {"type": "conferencing"},
    {"type": "integrations:zoom"},
]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({"type": "address"}, "1 High Street"),
        ({"type": "link"}, "https://meet.example.com/ann"),
        ({"type": "phone"}, "+37120993151"),
        ({"type": "attendeeAddress", "address": "2 Low Street"}, "2 Low Street"),
        ({"type": "attendeePhone", "phone": "+37120993151"}, "+37120993151"),
        ({"type": "attendeeDefined", "location": "The park"}, "The park"),
        ({"type": "organizersDefaultApp"}, "integrations:daily"),
        ({"type": "integration", "integration": "zoom"}, "integrations:zoom"),
        ("https://other.example.com", "https://other.example.com"),
        ("Under the bridge", "Under the bridge"),
        (None, "1 High Street"),
    ],
    ids=lambda value: value["type"] if isinstance(value, dict) else None,
)
async def test_every_kind_of_location(desk: BookingDesk, ann: Caller, given: Any, shown: str) -> None:
    """BK-7, BK-8, BK-33: a plain text is not held against the list; nothing asked for takes the first."""
    event_type = await desk.event_type(ann, locations=OFFERED)
    made = await desk.book(event_type, location=given)
    assert (made["location"], made["meetingUrl"]) == (shown, shown)


async def test_the_old_name_of_the_location(desk: BookingDesk, ann: Caller) -> None:
    made = await desk.book(await desk.event_type(ann), meetingUrl="https://old.example.com")
    assert made["location"] == "https://old.example.com"


async def test_a_number_that_nobody_has_yet_is_a_phone(desk: BookingDesk, ann: Caller) -> None:
    """BK-2: it must parse internationally; the example of the documents has an area code that is not assigned."""
    event_type = await desk.event_type(ann)
    made = await desk.book(event_type, attendee={**ZOE, "phoneNumber": "+19876543210"})
    assert made["attendees"][0]["phoneNumber"] == "+19876543210"


async def test_a_booker_with_a_phone_alone(desk: BookingDesk, ann: Caller) -> None:
    """BK-25: their address is made of the number."""
    booker = {"name": "Zoe", "timeZone": "Europe/Rome", "phoneNumber": "+37120993151"}
    made = await desk.book(await desk.event_type(ann), attendee=booker)
    assert made["attendees"][0]["email"] == "37120993151@sms.cal.com"
    assert made["attendees"][0]["phoneNumber"] == "+37120993151"


async def test_event_types_are_named_by_id_or_by_slug_and_owner(desk: BookingDesk, ann: Caller, bob: Caller) -> None:
    """BK-1: an id goes before names, a user before a team."""
    personal = await desk.event_type(ann, slug="intro")
    team = await desk.world.team(await desk.user(bob), slug="crew")
    shared = await desk.team_event("ROUND_ROBIN", bob, team=team, slug="intro")
    attendee = {"attendee": ZOE, "eventTypeSlug": "intro"}
    named: list[tuple[dict[str, Any], EventType]] = [
        ({"username": "ann", "start": NINE}, personal),
        ({"teamSlug": "crew", "start": NINE}, shared),
        ({"username": "ann", "teamSlug": "crew", "start": TEN}, personal),
        ({"username": "nobody", "eventTypeId": shared.id, "start": TEN}, shared),
    ]
    for body, expected in named:
        made = await desk.post("", **attendee, **body)
        assert made["eventTypeId"] == expected.id


async def test_event_types_inside_an_organization(desk: BookingDesk, ann: Caller) -> None:
    user = await desk.user(ann)
    organization = await desk.world.team(user, slug="acme", is_organization=True)
    team = await desk.world.team(user, slug="crew", parent_id=organization.id)
    shared = await desk.team_event("ROUND_ROBIN", ann, team=team, slug="intro")
    body = {"attendee": ZOE, "start": NINE, "eventTypeSlug": "intro", "teamSlug": "crew"}
    made = await desk.post("", **body, organizationSlug="acme")
    assert made["eventTypeId"] == shared.id
    text = "Event type with slug intro belonging to team crew within organization other not found."
    assert await desk.refused("", **{**body, "start": TEN}, organizationSlug="other") == (404, text)


@pytest.mark.parametrize(
    ("named", "message"),
    [
        ({"eventTypeId": 999999}, "Event type with id 999999 not found."),
        ({"eventTypeSlug": "x", "username": "ann"}, "Event type with slug x belonging to user ann not found."),
        ({"eventTypeSlug": "x", "username": "nobody"}, "User with username nobody not found"),
        ({"eventTypeSlug": "x", "teamSlug": "nobody"}, "Team with slug nobody not found"),
    ],
)
async def test_what_is_not_there(desk: BookingDesk, ann: Caller, named: dict[str, Any], message: str) -> None:
    """BK-4."""
    assert ann.username == "ann"
    assert await desk.refused("", start=NINE, attendee=ZOE, **named) == (404, message)
    assert await Booking.all().count() == 0


async def test_a_series_is_answered_whole_and_read_by_its_own_uid(desk: BookingDesk, ann: Caller) -> None:
    """BK-39, BK-42: sorted by start, without phones; read by the uid of the series as a list."""
    recurrence = {"interval": 1, "occurrences": 3, "frequency": "weekly"}
    event_type = await desk.event_type(ann, recurrence=recurrence)
    made = await desk.book(event_type, attendee={**ZOE, "phoneNumber": "+37120993151"})
    assert [one["start"][:10] for one in made] == ["2050-09-05", "2050-09-12", "2050-09-19"]
    (series,) = {one["recurringBookingUid"] for one in made}
    assert all("phoneNumber" not in one["attendees"][0] for one in made)
    assert await desk.get(series) == made
    assert await desk.get(made[1]["uid"]) == made[1]


async def test_a_shorter_series_even_of_one_is_a_list(desk: BookingDesk, ann: Caller) -> None:
    event_type = await desk.event_type(ann, recurrence={"interval": 1, "occurrences": 3, "frequency": "weekly"})
    (made,) = await desk.book(event_type, recurrenceCount=1)
    assert await desk.get(made["recurringBookingUid"]) == [made]


async def test_an_instant_meeting_awaits_its_host(desk: BookingDesk, ann: Caller) -> None:
    """BK-44: nobody holds it yet."""
    event_type = await desk.team_event("ROUND_ROBIN", ann)
    made = await desk.book(event_type, instant=True)
    assert (made["status"], made["title"]) == ("awaiting_host", "Instant Meeting with Zoe")
    assert made["hosts"] == [dict.fromkeys(("id", "name", "email", "username", "timeZone"), "unknown")]
    personal = await desk.event_type(ann)
    message = "Instant bookings are only supported for team event types, not individual user event types."
    assert await desk.not_booked(personal, instant=True) == (400, message)


async def test_co_hosts_are_attendees(desk: BookingDesk, ann: Caller, bob: Caller) -> None:
    """BK-22: `hosts` names the organizer alone."""
    made = await desk.book(await desk.team_event("COLLECTIVE", ann, bob))
    assert [host["username"] for host in made["hosts"]] == ["ann"]
    assert [person["email"] for person in made["attendees"]] == ["zoe@example.com", "bob@example.com"]


async def test_a_booking_that_needs_confirmation_is_pending_and_made_once(desk: BookingDesk, ann: Caller) -> None:
    """BK-15, BK-18."""
    event_type = await desk.event_type(ann, requires_confirmation=True)
    made = await desk.book(event_type)
    assert made["status"] == "pending"
    assert await desk.book(event_type) == made
    assert await Booking.all().count() == 1


async def test_offsets_and_times_without_one(desk: BookingDesk, ann: Caller) -> None:
    """BK-1: a start without an offset is in UTC."""
    event_type = await desk.event_type(ann)
    assert (await desk.book(event_type, "2050-09-05T07:00:00"))["start"] == "2050-09-05T07:00:00.000Z"
    assert (await desk.book(event_type, "2050-09-05T10:00:00+02:00"))["start"] == "2050-09-05T08:00:00.000Z"


@pytest.mark.parametrize("token", ["cal_wrong", "nonsense"])
async def test_a_wrong_credential_is_ignored(desk: BookingDesk, ann: Caller, token: str) -> None:
    """AU-7: booking, moving and cancelling go on as nobody."""
    headers = {"Authorization": f"Bearer {token}"}
    body = wish(await desk.event_type(ann))
    made = await desk.rest.ok("POST", PATH, version=VERSION, json=body, headers=headers)
    path = f"{PATH}/{made['uid']}"
    moved = await desk.rest.ok("POST", f"{path}/reschedule", version=VERSION, json={"start": TEN}, headers=headers)
    path = f"{PATH}/{moved['uid']}"
    gone = await desk.rest.ok("POST", f"{path}/cancel", version=VERSION, json={}, headers=headers)
    assert gone["status"] == "cancelled"
    assert (await desk.rest.refused("GET", PATH, version=VERSION, headers=headers))[0] == 401


async def test_a_key_makes_a_booking_once(rest: ContractClient, desk: BookingDesk, ann: Caller) -> None:
    """BK-18: the same key and input give the same answer; another input is refused."""
    event_type = await desk.event_type(ann)
    headers = {"Idempotency-Key": "k1"}
    first = await rest("POST", PATH, version=VERSION, json=wish(event_type), headers=headers)
    again = await rest("POST", PATH, version=VERSION, json=wish(event_type), headers=headers)
    assert first.json()["data"] == again.json()["data"]
    assert ("idempotency-replayed" in first.headers, again.headers.get("idempotency-replayed")) == (False, "true")
    status, _ = await rest.refused("POST", PATH, version=VERSION, json=wish(event_type, TEN), headers=headers)
    assert (status, await Booking.all().count()) == (409, 1)


async def test_a_booking_takes_four_statements_and_one_to_know_the_caller(desk: BookingDesk, ann: Caller) -> None:
    event_type = await desk.event_type(ann)
    await desk.book(event_type, NINE, ann, attendee=YAN)
    await settle()  # that the key was used is noted once in a while
    with counted_statements() as seen:
        await desk.book(event_type, TEN, ann)
    limit = 5 if "postgres" in desk.world.settings.database_url else 10
    assert len(seen) <= limit, "\n".join(seen)
