"""The vectors of section 14 and the rules of busy times, end to end through the database."""

from datetime import date
from typing import Any

import pytest

from app.errors import InvalidInputError, NotFoundError, PolicyViolationError
from app.models import OutOfOffice, TravelSchedule, User
from app.services.slots.get_slots import GetManySlots, GetSlots, get_many, get_slots
from app.services.slots.refs import EventTypeRef
from app.services.slots.views import SlotsView
from tests.services.slots.world import EVERY_DAY, MON_FRI, World, at


async def slots(
    world: World, event_type_id: int, first: str, last: str, zone: str | None = None, **options: object
) -> SlotsView:
    """Free slots from the first to the last instant."""
    command = GetSlots(ref=EventTypeRef(id=event_type_id), start=at(first), end=at(last), zone=zone, **options)  # type: ignore[arg-type]
    return await get_slots(world.ctx, command)


def clock_times(view: SlotsView) -> dict[str, list[str]]:
    """Starts as HH:MM by date."""
    return {day: [text[11:16] for text in texts] for day, texts in view.days.items()}


MAY_4 = ("2026-05-04T00:00", "2026-05-04T23:59:59")


async def test_v1_notice_cuts_the_morning(world: World) -> None:
    host = await world.person()
    event = await world.event_type(host, length_minutes=60, minimum_notice=120)
    world.clock.moment = at("2026-05-04T06:00")
    view = await slots(world, event.id, *MAY_4, "Europe/Berlin")
    assert view.days == {"2026-05-04": [f"2026-05-04T{hour}:00:00.000+02:00" for hour in range(10, 17)]}


async def test_v2_notice_is_rounded_up_to_the_grid(world: World) -> None:
    host = await world.person()
    event = await world.event_type(host, length_minutes=60, minimum_notice=120)
    world.clock.moment = at("2026-05-04T06:10:30")
    view = await slots(world, event.id, *MAY_4, "Europe/Berlin")
    assert clock_times(view) == {"2026-05-04": [f"{hour}:00" for hour in range(11, 17)]}


async def test_v3_dates_are_the_bookers(world: World) -> None:
    event = await world.event_type(await world.person(), length_minutes=60)
    view = await slots(world, event.id, "2026-05-04T00:00", "2026-05-05T23:59:59", "America/Los_Angeles")
    times = [f"0{hour}:00" for hour in range(8)]
    assert clock_times(view) == {"2026-05-04": times, "2026-05-05": times}
    assert view.days["2026-05-04"][0] == "2026-05-04T00:00:00.000-07:00"


async def test_v4_across_the_spring_change(world: World) -> None:
    world.clock.moment = at("2026-03-01T00:00")
    host = await world.person("Europe/London", [(EVERY_DAY, 540, 1020)])
    event = await world.event_type(host, length_minutes=120)
    view = await slots(world, event.id, "2026-03-28T00:00", "2026-03-29T23:59:59", "Europe/London")
    times = ["09:00", "11:00", "13:00", "15:00"]
    assert clock_times(view) == {"2026-03-28": times, "2026-03-29": times}
    assert [texts[0][-6:] for texts in view.days.values()] == ["+00:00", "+01:00"]


async def test_v5_round_robin_with_a_fixed_host(world: World) -> None:
    fixed = await world.person("UTC", [(MON_FRI, 540, 720), (MON_FRI, 780, 1020)])
    a = await world.person("UTC", [(MON_FRI, 540, 660)])
    b = await world.person("UTC", [(MON_FRI, 630, 1020)])
    event = await world.team_event("ROUND_ROBIN", a, b, length_minutes=60)
    await world.host(event, fixed, is_fixed=True)
    view = await slots(world, event.id, *MAY_4)
    assert clock_times(view) == {"2026-05-04": ["09:00", "10:00", "11:00", "13:00", "14:00", "15:00", "16:00"]}


async def test_v6_collective_is_the_common_time(world: World) -> None:
    hosts = [await world.person(), await world.person("America/New_York")]
    event = await world.team_event("COLLECTIVE", *hosts)
    view = await slots(world, event.id, *MAY_4)
    assert clock_times(view) == {"2026-05-04": ["13:00", "13:30", "14:00", "14:30"]}


async def test_v7_slots_on_the_bookers_next_day(world: World) -> None:
    event = await world.event_type(await world.person("America/Los_Angeles", [(MON_FRI, 900, 1020)]), length_minutes=60)
    view = await slots(world, event.id, "2026-05-08T00:00", "2026-05-09T23:59:59", "Asia/Tokyo")
    assert clock_times(view) == {"2026-05-09": ["07:00", "08:00"]}


async def test_v8_overrides_and_absence(world: World) -> None:
    host = await world.person()
    event = await world.team_event("COLLECTIVE", host, length_minutes=60)
    await world.override(host, date(2026, 5, 4), 14 * 60, 16 * 60)
    await OutOfOffice.create(uuid="1", user=host, start_date=date(2026, 5, 5), end_date=date(2026, 5, 5))
    view = await slots(world, event.id, "2026-05-04T00:00", "2026-05-06T23:59:59")
    assert clock_times(view) == {
        "2026-05-04": ["12:00", "13:00"],
        "2026-05-06": [f"{hour:02}:00" for hour in range(7, 15)],
    }


async def test_v9_a_slot_ends_within_the_window(world: World) -> None:
    event = await world.event_type(await world.person(), length_minutes=60)
    view = await slots(world, event.id, "2026-05-04T00:00", "2026-05-04T12:30")
    assert clock_times(view) == {"2026-05-04": ["07:00", "08:00", "09:00", "10:00", "11:00"]}


async def test_v10_buffers_of_both_event_types(world: World) -> None:
    """BT-8: T before 5 and after 20, E before 10 and after 15 block 11:40 to 13:00."""
    host = await world.person("UTC")
    other = await world.event_type(host, before_buffer=5, after_buffer=20)
    event = await world.event_type(host, before_buffer=10, after_buffer=15)
    await world.booking(other, [host], "2026-05-04T12:00")
    view = await slots(world, event.id, *MAY_4)
    morning = ["09:00", "09:30", "10:00", "10:30", "11:00"]
    afternoon = [f"{hour}:{minute:02}" for hour in (13, 14, 15, 16) for minute in (0, 30)]
    assert clock_times(view) == {"2026-05-04": morning + afternoon}


async def test_v11_overlapping_rows_are_one_range(world: World) -> None:
    host = await world.person("UTC", [(MON_FRI, 540, 720), (MON_FRI, 660, 840)])
    event = await world.event_type(host, length_minutes=240)
    assert clock_times(await slots(world, event.id, *MAY_4)) == {"2026-05-04": ["09:00"]}


async def test_v12_quarter_hour_zone(world: World) -> None:
    event = await world.event_type(await world.person("Asia/Kathmandu", [(MON_FRI, 540, 720)]), length_minutes=60)
    view = await slots(world, event.id, *MAY_4, "Asia/Kathmandu")
    assert view.days == {"2026-05-04": [f"2026-05-04T{hour}:00:00.000+05:45" for hour in ("09", "10", "11")]}


async def test_av16_schedule_of_event_type_then_host_then_default_then_first_then_built_in(world: World) -> None:
    host = await world.person("UTC", [(MON_FRI, 540, 600)])
    per_host = await world.schedule(host, "UTC", [(MON_FRI, 660, 720)])
    common = await world.schedule(host, "UTC", [(MON_FRI, 780, 840)])
    event = await world.event_type(host, length_minutes=60)

    async def times() -> list[str]:
        return clock_times(await slots(world, event.id, *MAY_4))["2026-05-04"]

    assert await times() == ["09:00"]
    await event.hosts.all().update(schedule_id=per_host.id)  # type: ignore[attr-defined]
    assert await times() == ["11:00"]
    event.schedule_id = common.id
    await event.save()
    assert await times() == ["13:00"]
    event.schedule_id = None
    await event.save()
    await event.hosts.all().update(schedule_id=None)  # type: ignore[attr-defined]
    await User.filter(id=host.id).update(default_schedule_id=None)
    assert await times() == ["09:00"]
    nobody = await world.event_type(await world.person("UTC", None), length_minutes=240)
    assert clock_times(await slots(world, nobody.id, *MAY_4)) == {"2026-05-04": ["09:00", "13:00"]}


async def test_av21_travel_moves_the_default_schedule_only(world: World) -> None:
    host = await world.person("UTC", [(MON_FRI, 540, 600)])
    await TravelSchedule.create(user=host, time_zone="America/New_York", start_date=date(2026, 5, 4), end_date=None)
    event = await world.event_type(host, length_minutes=60)
    assert clock_times(await slots(world, event.id, *MAY_4)) == {"2026-05-04": ["13:00"]}
    event.schedule_id = (await world.schedule(host, "UTC", [(MON_FRI, 540, 600)])).id
    await event.save()
    assert clock_times(await slots(world, event.id, *MAY_4)) == {"2026-05-04": ["09:00"]}


@pytest.mark.parametrize("status", ["CANCELLED", "REJECTED", "AWAITING_HOST", "PENDING"])
async def test_bt4_only_accepted_bookings_block(world: World, status: str) -> None:
    host = await world.person("UTC", [(MON_FRI, 540, 600)])
    event = await world.event_type(host)
    await world.booking(event, [host], "2026-05-04T09:00", status=status)
    assert clock_times(await slots(world, event.id, *MAY_4)) == {"2026-05-04": ["09:00", "09:30"]}


async def test_bt1_a_host_is_busy_where_he_is_a_guest(world: World) -> None:
    host, other = await world.person("UTC", [(MON_FRI, 540, 600)]), await world.person("UTC")
    event = await world.event_type(host)
    elsewhere = await world.event_type(other)
    await world.booking(elsewhere, [other], "2026-05-04T09:00", attendees={host.email.upper(): "GUEST"})
    assert clock_times(await slots(world, event.id, *MAY_4)) == {"2026-05-04": ["09:30"]}


async def test_bt2_pending_blocks_its_own_event_type_only(world: World) -> None:
    host = await world.person("UTC", [(MON_FRI, 540, 600)])
    event = await world.event_type(host, requires_confirmation=True, pending_blocks=True)
    other = await world.event_type(host)
    await world.booking(event, [host], "2026-05-04T09:00", status="PENDING", pending_blocks=True)
    assert clock_times(await slots(world, event.id, *MAY_4)) == {"2026-05-04": ["09:30"]}
    assert clock_times(await slots(world, other.id, *MAY_4)) == {"2026-05-04": ["09:00", "09:30"]}


async def test_bt3_pending_blocks_its_own_host_only(world: World) -> None:
    hosts = [await world.person("UTC", [(MON_FRI, 540, 600)]) for _ in range(2)]
    event = await world.team_event("ROUND_ROBIN", *hosts, requires_confirmation=True, pending_blocks=True)
    await world.booking(event, [hosts[0]], "2026-05-04T09:00", status="PENDING", pending_blocks=True)
    assert clock_times(await slots(world, event.id, *MAY_4)) == {"2026-05-04": ["09:00", "09:30"]}


async def test_bt5_the_booking_being_moved_does_not_block(world: World) -> None:
    host = await world.person("UTC", [(MON_FRI, 540, 600)])
    event = await world.event_type(host, booking_limits={"day": 1})
    booking = await world.booking(event, [host], "2026-05-04T09:00")
    assert clock_times(await slots(world, event.id, *MAY_4)) == {}
    view = await slots(world, event.id, *MAY_4, moved_uid=booking.uid)
    assert clock_times(view) == {"2026-05-04": ["09:00", "09:30"]}


@pytest.mark.parametrize(
    ("start", "buffers", "free"),
    [
        ("2026-05-03T20:00", {"after_buffer": 12 * 60 + 31}, ["10:00", "11:00"]),
        ("2026-05-04T20:00", {"before_buffer": 8 * 60 + 1}, ["09:00", "10:00"]),
    ],
)
async def test_bt10_buffers_reach_in_from_outside_of_the_window(
    world: World, start: str, buffers: dict[str, int], free: list[str]
) -> None:
    """A booking of half an hour whose buffer ends a minute inside, far beyond what the peer looks at."""
    host = await world.person("UTC", [(MON_FRI, 540, 720)])
    event = await world.event_type(host, length_minutes=60)
    await world.booking(await world.event_type(host, **buffers), [host], start)
    assert clock_times(await slots(world, event.id, "2026-05-04T09:00", "2026-05-04T12:00")) == {"2026-05-04": free}


async def test_bt17_a_full_day_is_closed_in_the_schedules_zone(world: World) -> None:
    """Worked example: two bookings are both of local 05-05, one of them starting on 05-04 UTC."""
    host = await world.person("Europe/Berlin", [(EVERY_DAY, 0, 1439)])
    event = await world.event_type(host, length_minutes=60, booking_limits={"day": 2})
    await world.booking(event, [host], "2026-05-04T22:30")
    await world.booking(event, [host], "2026-05-05T08:00")
    view = await slots(world, event.id, "2026-05-03T22:00", "2026-05-06T21:59:59", "Europe/Berlin")
    assert [(day, len(texts)) for day, texts in view.days.items()] == [("2026-05-04", 24), ("2026-05-06", 24)]


async def test_bt16_limits_count_the_bookings_of_all_hosts(world: World) -> None:
    hosts = [await world.person("UTC", [(MON_FRI, 540, 600)]) for _ in range(2)]
    event = await world.team_event("ROUND_ROBIN", *hosts, booking_limits={"month": 2})
    for day, host in enumerate(hosts):
        await world.booking(event, [host], f"2026-05-2{day}T12:00")
    assert clock_times(await slots(world, event.id, *MAY_4)) == {}
    assert clock_times(await slots(world, event.id, "2026-06-01T00:00", "2026-06-01T23:59:59")) != {}


async def test_bt21_a_duration_limit_counts_the_chosen_length(world: World) -> None:
    host = await world.person("UTC", [(MON_FRI, 540, 780)])
    event = await world.event_type(
        host, length_minutes=60, length_options=[60, 90], slot_interval=60, duration_limits={"day": 120}
    )
    for hour in ("09:00", "09:30"):
        await world.booking(event, [host], f"2026-05-04T{hour}")
    assert clock_times(await slots(world, event.id, *MAY_4)) == {"2026-05-04": ["10:00", "11:00", "12:00"]}
    assert clock_times(await slots(world, event.id, *MAY_4, duration=90)) == {}


async def test_bt12_seats_remain_until_they_are_taken(world: World) -> None:
    host = await world.person("UTC", [(MON_FRI, 540, 600)])
    event = await world.event_type(host, seats_per_slot=2)
    other = await world.event_type(host)
    people = {"a@example.com": "BOOKER", host.email: "HOST"}
    booking = await world.booking(event, [host], "2026-05-04T09:00", attendees=people)
    view = await slots(world, event.id, *MAY_4)
    assert clock_times(view) == {"2026-05-04": ["09:00", "09:30"]}
    assert {
        start % 3600 // 60: (seat.taken, seat.remaining, seat.booking_uid) for start, seat in view.seats.items()
    } == {
        0: (1, 1, booking.uid),
        30: (0, 2, None),
    }
    assert clock_times(await slots(world, other.id, *MAY_4)) == {"2026-05-04": ["09:30"]}


async def test_rs6_a_held_seat_counts(world: World) -> None:
    host = await world.person("UTC", [(MON_FRI, 540, 570)])
    event = await world.event_type(host, seats_per_slot=2)
    hold = await world.hold(event, host, "2026-05-04T09:00", "2026-05-01T00:05", is_seat=True)
    view = await slots(world, event.id, *MAY_4)
    assert [seat.taken for seat in view.seats.values()] == [1]
    view = await slots(world, event.id, *MAY_4, own_hold_uid=hold.uid)
    assert [seat.taken for seat in view.seats.values()] == [0]


async def test_rs5_a_hold_of_any_event_type_hides_its_slot_until_it_expires(world: World) -> None:
    host = await world.person("UTC", [(MON_FRI, 540, 600)])
    event, other = await world.event_type(host), await world.event_type(host)
    hold = await world.hold(other, host, "2026-05-04T09:00", "2026-05-01T00:05")
    assert clock_times(await slots(world, event.id, *MAY_4)) == {"2026-05-04": ["09:30"]}
    view = await slots(world, event.id, *MAY_4, own_hold_uid=hold.uid)
    assert clock_times(view) == {"2026-05-04": ["09:00", "09:30"]}
    world.clock.moment = at("2026-05-01T00:05")
    assert clock_times(await slots(world, event.id, *MAY_4)) == {"2026-05-04": ["09:00", "09:30"]}


async def test_event_types_are_found_by_slug_hidden_ones_too(world: World) -> None:
    """BK-13."""
    host = await world.person("UTC", [(MON_FRI, 540, 600)])
    team = await world.team(host)
    event = await world.event_type(host, slug="mine", hidden=True)
    shared = await world.team_event("COLLECTIVE", host, team=team, slug="ours")
    refs = (
        EventTypeRef(username=host.username.upper(), slug="mine"),
        EventTypeRef(team_slug=team.slug, slug="ours"),
        EventTypeRef(id=event.id),
    )
    views = await get_many(world.ctx, GetManySlots(refs=refs, start=at(MAY_4[0]), end=at(MAY_4[1])))
    assert [view.event_type_id for view in views] == [event.id, shared.id, event.id]
    assert {tuple(view.starts) for view in views} == {tuple(views[0].starts)}


async def test_what_does_not_exist_is_not_found(world: World) -> None:
    host = await world.person()
    team = await world.team(host)
    event = await world.team_event("COLLECTIVE", host, team=team, slug="ours")
    wrong = [
        EventTypeRef(id=event.id + 1000),
        EventTypeRef(username=host.username, slug="ours"),
        EventTypeRef(username=host.username, slug="ours", organization_slug="elsewhere"),
        EventTypeRef(team_slug=team.slug, slug="other"),
        EventTypeRef(usernames=(host.username, "nobody-of-that-name")),
    ]
    for ref in wrong:
        with pytest.raises(NotFoundError):
            await get_slots(world.ctx, GetSlots(ref=ref, start=at(MAY_4[0]), end=at(MAY_4[1])))


async def test_tm24_a_group_meets_when_all_are_free(world: World) -> None:
    first, second = await world.person("UTC", [(MON_FRI, 540, 660)]), await world.person("UTC", [(MON_FRI, 600, 720)])
    event = await world.event_type(second)
    await world.booking(event, [second], "2026-05-04T10:30")
    ref = EventTypeRef(usernames=(second.username, first.username))
    command = GetSlots(ref=ref, start=at(MAY_4[0]), end=at(MAY_4[1]), duration=15)
    view = await get_slots(world.ctx, command)
    assert clock_times(view) == {"2026-05-04": ["10:00", "10:15"]}
    assert view.event_type_id is None
    await User.filter(id=first.id).update(allow_dynamic_booking=False)
    with pytest.raises(PolicyViolationError, match="do not allow dynamic booking"):
        await get_slots(world.ctx, command)


async def test_a_managed_template_has_no_slots(world: World) -> None:
    host = await world.person()
    event = await world.event_type(None, team=await world.team(host), scheduling_type="MANAGED")
    assert (await slots(world, event.id, *MAY_4)).starts == []


@pytest.mark.parametrize(
    ("first", "last", "options", "path"),
    [
        ("2026-05-04T00:00", "2026-05-04T00:00", {}, ("window", "end")),
        ("2026-05-04T00:00", "2027-05-06T00:00", {}, ("window", "end")),
        ("2026-05-04T00:00", "2026-05-05T00:00", {"zone": "Mars/Olympus"}, ("timeZone",)),
        ("2026-05-04T00:00", "2026-05-05T00:00", {"duration": 45}, ("duration",)),
    ],
)
async def test_wrong_questions(world: World, first: str, last: str, options: dict[str, str], path: tuple[str]) -> None:
    """SL-1: a duration that is not offered is refused."""
    event = await world.event_type(await world.person(), length_options=[15, 30])
    with pytest.raises(InvalidInputError) as caught:
        await slots(world, event.id, first, last, **options)
    assert caught.value.path == path


@pytest.mark.parametrize(
    "ref",
    [
        EventTypeRef(),
        EventTypeRef(id=1, slug="a", username="b"),
        EventTypeRef(slug="a"),
        EventTypeRef(usernames=("a",)),
    ],
)
async def test_a_ref_uses_exactly_one_way(world: World, ref: EventTypeRef) -> None:
    with pytest.raises(InvalidInputError):
        await get_slots(world.ctx, GetSlots(ref=ref, start=at(MAY_4[0]), end=at(MAY_4[1])))


async def test_organizations_keep_names_apart(world: World) -> None:
    """The same username and team slug, outside of an organization and inside."""
    organization = await world.team(await world.person(), is_organization=True)
    outside = await world.person("UTC", [(MON_FRI, 540, 600)], username="same")
    inside = await world.person("UTC", [(MON_FRI, 600, 660)], username="same", organization_id=organization.id)
    for host, parent in ((outside, None), (inside, organization)):
        await world.event_type(host, slug="call", length_minutes=60)
        team = await world.team(host, slug="crew", parent=parent)
        await world.team_event("COLLECTIVE", host, team=team, slug="call", length_minutes=60)
    places = (None, organization.slug.upper())
    refs = [EventTypeRef(username="Same", slug="call", organization_slug=place) for place in places]
    refs += [EventTypeRef(team_slug="CREW", slug="call", organization_slug=place) for place in places]
    window: dict[str, Any] = {"start": at(MAY_4[0]), "end": at(MAY_4[1])}
    one_by_one = [await get_slots(world.ctx, GetSlots(ref=ref, **window)) for ref in refs]
    many = await get_many(world.ctx, GetManySlots(refs=tuple(refs), **window))
    for views in (one_by_one, many):
        assert [view.texts[0][11:13] for view in views] == ["09", "10", "09", "10"]
