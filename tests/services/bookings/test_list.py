"""Lists of bookings (LC-27, LC-28, BK-38)."""

from datetime import timedelta
from typing import Any

import pytest

from app.db import raw
from app.errors import InvalidInputError, NotFoundError, UnauthenticatedError
from app.models import Membership, User
from app.services.bookings.cancel import CancelBooking, cancel_booking
from app.services.bookings.list_command import BookingListStatus, BookingSort, ListBookings
from app.services.bookings.queries import (
    get_booking_by_id,
    list_bookings,
)
from app.services.bookings.views import BookingParts, BookingView
from tests.parts.statements import counted_statements
from tests.services.bookings.desk import Desk
from tests.services.slots.world import at

WEEKLY = {"interval": 1, "occurrences": 2, "frequency": "weekly"}


async def listed(desk: Desk, user: User, **fields: Any) -> list[str]:
    """Local starts of what this person's list has, in its order."""
    page = await list_bookings(desk.as_user(user), ListBookings(**fields))
    return [view.start.strftime("%d %H:%M") for view in page.bookings]


async def busy_host(desk: Desk, number: int = 5) -> User:
    """A host with bookings on Monday, one an hour from 07:00Z."""
    host = await desk.person()
    event_type = await desk.event_type(host)
    for hour in range(number):
        await desk.book(event_type, f"2026-05-04T{7 + hour:02}:00", f"b{hour}@example.com")
        desk.clock.moment += timedelta(seconds=1)
    return host


async def test_what_is_visible(desk: Desk) -> None:
    """LC-27: own, attended, and those of administered teams; nothing of another tenant."""
    host, admin, member, stranger = [await desk.person() for _ in range(4)]
    team = await desk.team(admin, host, member)
    await desk.team(stranger)
    event_type = await desk.team_event("ROUND_ROBIN", host, team=team)
    view = await desk.booked(event_type, "2026-05-04T08:00", "ann@example.com")
    attendee = await desk.person(email="ann@example.com")
    seen = {user.id: await listed(desk, user) for user in (host, admin, attendee, member, stranger)}
    assert [user_id for user_id, starts in seen.items() if starts == ["04 08:00"]] == [host.id, admin.id, attendee.id]
    assert (await get_booking_by_id(desk.as_user(admin), view.id)).uid == view.uid
    for user in (member, stranger):
        with pytest.raises(NotFoundError):
            await get_booking_by_id(desk.as_user(user), view.id)
    with pytest.raises(UnauthenticatedError):
        await list_bookings(desk.ctx, ListBookings())


async def test_organization_administrators_see_their_people(desk: Desk) -> None:
    """LC-27, AU-12: bookings of teams inside the organization and of its people."""
    boss, host, personal = [await desk.person() for _ in range(3)]
    organization, team = await desk.team(boss), await desk.team(host)
    team.parent_id = organization.id
    await team.save()
    personal.organization_id = organization.id
    await personal.save()
    await desk.book(await desk.team_event("ROUND_ROBIN", host, team=team), "2026-05-04T08:00")
    await desk.book(await desk.event_type(personal), "2026-05-04T09:00")
    assert await listed(desk, boss) == ["04 08:00", "04 09:00"]
    await Membership.filter(user_id=boss.id).update(accepted=False)
    assert await listed(desk, boss) == []


async def test_administrators_see_one_month_back(desk: Desk) -> None:
    """LC-28: unless they filter by date; hosts see everything of their own."""
    host, admin = await desk.person(), await desk.person()
    event_type = await desk.team_event("ROUND_ROBIN", host, team=await desk.team(admin, host))
    await desk.book(event_type, "2026-05-04T08:00")
    desk.clock.moment += timedelta(days=60)
    assert (await listed(desk, host), await listed(desk, admin)) == (["04 08:00"], [])
    assert await listed(desk, admin, after_start=at("2026-01-01T00:00")) == ["04 08:00"]
    assert await listed(desk, admin, one_month_back=False) == ["04 08:00"]


@pytest.mark.parametrize(
    ("statuses", "starts"),
    [
        pytest.param({"upcoming"}, ["05 12:00", "07 12:00", "14 12:00"], id="LC-27-upcoming"),
        pytest.param({"recurring"}, ["07 12:00", "14 12:00"], id="LC-27-recurring"),
        pytest.param({"past"}, ["04 12:00", "04 08:00"], id="LC-27-past-descends"),
        pytest.param({"cancelled"}, ["06 12:00"], id="LC-27-cancelled"),
        pytest.param({"unconfirmed"}, ["05 12:00"], id="LC-27-unconfirmed"),
        pytest.param({"past", "cancelled"}, ["04 08:00", "04 12:00", "06 12:00"], id="LC-27-or-ed"),
        pytest.param(set(), ["04 08:00", "04 12:00", "05 12:00", "06 12:00", "07 12:00", "14 12:00"], id="LC-27-all"),
    ],
)
async def test_statuses(desk: Desk, statuses: set[str], starts: list[str]) -> None:
    """LC-27: the documented words."""
    host = await desk.person()
    plain, asking = await desk.event_type(host), await desk.event_type(host, requires_confirmation=True)
    for start in ("2026-05-04T08:00", "2026-05-04T12:00"):
        await desk.book(plain, start)
    await desk.book(asking, "2026-05-05T12:00")
    gone = await desk.booked(plain, "2026-05-06T12:00")
    await cancel_booking(desk.ctx, CancelBooking(uid=gone.uid))
    await desk.book(await desk.event_type(host, recurrence=WEEKLY), "2026-05-07T12:00")
    desk.clock.moment = at("2026-05-04T13:00")
    wanted = frozenset(BookingListStatus(status) for status in statuses)
    assert await listed(desk, host, statuses=wanted) == starts


async def test_filters(desk: Desk) -> None:
    """LC-27: each filter narrows, together they are AND-ed."""
    host = await desk.person()
    team = await desk.team(host)
    own, shared = await desk.event_type(host), await desk.team_event("ROUND_ROBIN", host, team=team)
    await desk.book(own, "2026-05-04T08:00", "ann@example.com")
    desk.clock.moment += timedelta(hours=1)
    middle = desk.clock.moment
    desk.clock.moment += timedelta(hours=1)
    second = await desk.booked(shared, "2026-05-05T08:00", "carl@example.com")
    first_only, second_only = ["04 08:00"], ["05 08:00"]
    cases: list[tuple[dict[str, Any], list[str]]] = [
        ({"attendee_email": "ANN@example.com"}, first_only),
        ({"attendee_name": "carl"}, second_only),
        ({"event_type_ids": (own.id,)}, first_only),
        ({"event_type_ids": (own.id, shared.id)}, first_only + second_only),
        ({"team_ids": (team.id,)}, second_only),
        ({"scope_team_id": team.id}, second_only),
        ({"scope_user_id": host.id}, first_only + second_only),
        ({"scope_user_id": host.id + 999}, []),
        ({"after_start": at("2026-05-05T00:00")}, second_only),
        ({"before_end": at("2026-05-05T00:00")}, first_only),
        ({"after_created": middle}, second_only),
        ({"before_created": middle}, first_only),
        ({"after_updated": middle}, second_only),
        ({"before_updated": middle}, first_only),
        ({"updated_since": second.updated_at}, second_only),
        ({"attendee_email": "ann@example.com", "team_ids": (team.id,)}, []),
    ]
    for fields, starts in cases:
        assert await listed(desk, host, **fields) == starts, fields


@pytest.mark.parametrize("sort", list(BookingSort))
@pytest.mark.parametrize("descending", [False, True], ids=["asc", "desc"])
async def test_orders_and_keyset_pages(desk: Desk, sort: BookingSort, descending: bool) -> None:
    """Pages of two, forwards and backwards, meet every booking once, in the order of the whole list."""
    host = await busy_host(desk)
    ctx = desk.as_user(host)
    order: dict[str, Any] = {"sort": sort, "descending": descending}
    whole = await list_bookings(ctx, ListBookings(**order))
    assert [view.start_s for view in whole.bookings] == sorted(
        (view.start_s for view in whole.bookings), reverse=descending
    )
    seen, place = [], None
    while True:
        page = await list_bookings(ctx, ListBookings(limit=2, after=place, **order))
        seen += [view.uid for view in page.bookings]
        assert page.has_previous is (place is not None)
        if not page.has_next:
            break
        place = page.key_of(page.bookings[-1])
    assert seen == [view.uid for view in whole.bookings]
    last = await list_bookings(ctx, ListBookings(limit=2, backward=True, **order))
    assert [view.uid for view in last.bookings] == seen[-2:]
    assert (last.has_next, last.has_previous) == (False, True)
    before = await list_bookings(
        ctx, ListBookings(limit=2, backward=True, before=last.key_of(last.bookings[0]), **order)
    )
    assert [view.uid for view in before.bookings] == seen[1:3]


async def test_offset_pages_and_totals(desk: Desk) -> None:
    """LC-27: take and skip; the total only when asked for."""
    host = await busy_host(desk)
    page = await list_bookings(desk.as_user(host), ListBookings(limit=2, skip=3, with_total=True))
    assert ([view.start.hour for view in page.bookings], page.total, page.has_next) == ([10, 11], 5, False)
    assert (await list_bookings(desk.as_user(host), ListBookings(limit=2))).total is None
    for wrong in (ListBookings(limit=0), ListBookings(limit=251), ListBookings(skip=-1)):
        with pytest.raises(InvalidInputError):
            await list_bookings(desk.as_user(host), wrong)


async def test_seats_in_lists_are_private(desk: Desk) -> None:
    """BK-38: an attendee's list shows their own seat only."""
    host = await desk.person()
    event_type = await desk.event_type(host, seats_per_slot=3)
    for email in ("ann@example.com", "carl@example.com"):
        await desk.book(event_type, "2026-05-04T08:00", email)
    carl = await desk.person(email="carl@example.com")
    mine = (await list_bookings(desk.as_user(carl), ListBookings())).bookings[0]
    assert [person.email for person in mine.attendees] == ["carl@example.com"]
    assert len((await list_bookings(desk.as_user(host), ListBookings())).bookings[0].attendees) == 2
    bare = (await list_bookings(desk.as_user(carl), ListBookings(parts=BookingParts.NONE))).bookings
    assert (bare[0].attendees, bare[0].hosts) == ((), ())


async def test_slim_lists(desk: Desk) -> None:
    """A slim list has the first fields of the whole one and nothing of the rest."""
    host = await busy_host(desk, 1)
    whole = (await list_bookings(desk.as_user(host), ListBookings())).bookings[0]
    slim = (await list_bookings(desk.as_user(host), ListBookings(slim=True))).bookings[0]
    core = BookingView._fields.index("viewer_manages") + 1
    assert slim[:core] == whole[:core]
    assert (slim.hosts, slim.attendees) == (whole.hosts, whole.attendees)
    assert set(slim[core:-2]) == {None}


@pytest.mark.parametrize(
    ("fields", "statements"),
    [
        pytest.param({}, 1, id="P10-whole"),
        pytest.param({"with_total": True}, 2, id="P10-total"),
        pytest.param({"parts": BookingParts.NONE}, 1, id="P10-bare"),
    ],
)
async def test_statements_of_a_list(desk: Desk, fields: dict[str, Any], statements: int) -> None:
    """P10: one, whatever the size, and one to count."""
    host = await busy_host(desk)
    with counted_statements() as seen:
        assert len((await list_bookings(desk.as_user(host), ListBookings(**fields))).bookings) == 5
    assert len(seen) == statements


async def test_whoever_may_see_more_gets_it_first_or_last(desk: Desk) -> None:
    """BK-38: what is kept of a booking is told apart by who asked, in either order."""
    host = await desk.person()
    carl = await desk.person(email="carl@example.com")
    event_type = await desk.event_type(host, seats_per_slot=3)
    for email in ("ann@example.com", "carl@example.com"):
        await desk.book(event_type, "2026-05-04T08:00", email)
    for who, many in ((carl, 1), (host, 2), (carl, 1)):
        assert len((await list_bookings(desk.as_user(who), ListBookings())).bookings[0].attendees) == many


@pytest.mark.parametrize(
    ("change", "field", "now"),
    [
        ("UPDATE bookings SET title = 'Other'", "title", "Other"),
        ("UPDATE event_types SET slug = 'other'", "event_type_slug", "other"),
        ("UPDATE users SET name = 'Other'", "organizer_name", "Other"),
    ],
)
async def test_a_list_shows_bookings_as_they_are(desk: Desk, change: str, field: str, now: str) -> None:
    """However often it was shown before."""
    host = await desk.person()
    await desk.book(await desk.event_type(host), "2026-05-04T08:00")
    for _ in range(2):
        shown = (await list_bookings(desk.as_user(host), ListBookings())).bookings[0]
        assert getattr(shown, field) != now
    await raw.execute(change)
    shown = (await list_bookings(desk.as_user(host), ListBookings())).bookings[0]
    assert getattr(shown, field) == now
    await raw.execute("UPDATE attendees SET name = 'Someone else', absent = TRUE")
    person = (await list_bookings(desk.as_user(host), ListBookings())).bookings[0].attendees[0]
    assert (person.name, person.absent) == ("Someone else", True)
