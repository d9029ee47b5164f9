"""Why a start is offered or not, and who may know."""

from datetime import date

import pytest

from app.domain.outcomes import RuleCode
from app.errors import InvalidInputError, NotFoundError
from app.models import OutOfOffice
from app.services.slots.explain_slot import ExplainSlot, explain_slot
from app.services.slots.refs import EventTypeRef
from app.services.slots.views import SlotExplanation
from tests.services.slots.world import MON_FRI, World, at


def asking(event_type_id: int, start: str, **options: object) -> ExplainSlot:
    """Why this start?"""
    return ExplainSlot(ref=EventTypeRef(id=event_type_id), start=at(start), **options)  # type: ignore[arg-type]


def refusals(view: SlotExplanation) -> list[tuple[int | None, str, RuleCode]]:
    """What refuses: host, rule, code."""
    found = [*view.outcomes, *(outcome for host in view.hosts for outcome in host.outcomes)]
    return [(outcome.host_id, outcome.rule_id, outcome.code) for outcome in found if not outcome.allows]


async def test_a_free_start(world: World) -> None:
    host = await world.person("UTC", [(MON_FRI, 540, 600)])
    event = await world.event_type(host)
    view = await explain_slot(world.as_user(host), asking(event.id, "2026-05-04T09:00"))
    assert (view.bookable, view.listed) == (True, True)
    assert refusals(view) == []
    assert [(each.user_id, each.available) for each in view.hosts] == [(host.id, True)]
    assert [at_s - view.start_s for at_s in view.next_starts[:2]] == [1_800, 86_400]


async def test_bk12_a_start_off_the_grid_is_bookable_and_unlisted(world: World) -> None:
    host = await world.person("UTC", [(MON_FRI, 540, 600)])
    event = await world.event_type(host)
    view = await explain_slot(world.as_user(host), asking(event.id, "2026-05-04T09:10"))
    assert (view.bookable, view.listed) == (True, False)
    assert refusals(view) == [(None, "SL-5", RuleCode.OFF_GRID)]


async def test_each_host_has_a_reason(world: World) -> None:
    busy, away, free = [await world.person("UTC", [(MON_FRI, 540, 600)]) for _ in range(3)]
    event = await world.team_event("ROUND_ROBIN", busy, away, free)
    await world.booking(event, [busy], "2026-05-04T09:00")
    await OutOfOffice.create(uuid="1", user=away, start_date=date(2026, 5, 4), end_date=date(2026, 5, 4))
    view = await explain_slot(world.as_user(free), asking(event.id, "2026-05-04T09:00"))
    assert view.bookable
    assert {each.user_id: each.available for each in view.hosts} == {busy.id: False, away.id: False, free.id: True}
    assert {(host, code) for host, _, code in refusals(view)} == {
        (busy.id, RuleCode.BUSY),
        (away.id, RuleCode.OUT_OF_OFFICE),
    }
    only = await explain_slot(world.as_user(free), asking(event.id, "2026-05-04T09:00", host_id=busy.id))
    assert [each.user_id for each in only.hosts] == [busy.id]


async def test_strangers_learn_nothing_about_hosts(world: World) -> None:
    """A caller of another tenant and nobody at all see the same: that it is taken, not by what."""
    host, mate, stranger = [await world.person("UTC", [(MON_FRI, 540, 600)]) for _ in range(3)]
    team = await world.team(host, mate)
    await world.team(stranger)
    event = await world.team_event("ROUND_ROBIN", host, team=team)
    await world.booking(event, [host], "2026-05-04T09:00")
    command = asking(event.id, "2026-05-04T09:00")
    for ctx in (world.ctx, world.as_user(stranger)):
        view = await explain_slot(ctx, command)
        assert (view.bookable, view.listed, view.hosts) == (False, False, ())
        assert all(outcome.host_id is None for outcome in view.outcomes)
        assert [code for _, _, code in refusals(view)] == [RuleCode.OFF_GRID, RuleCode.NO_HOST_AVAILABLE]
        assert await explain_slot(ctx, asking(event.id, "2026-05-04T09:00", host_id=host.id)) == view
    assert [each.user_id for each in (await explain_slot(world.as_user(mate), command)).hosts] == [host.id]


async def test_notice_and_windows_are_told_to_everybody(world: World) -> None:
    event = await world.event_type(await world.person("UTC"), minimum_notice=600)
    world.clock.moment = at("2026-05-04T08:00")
    view = await explain_slot(world.ctx, asking(event.id, "2026-05-04T09:00"))
    assert (None, "BT-32", RuleCode.NOTICE_TOO_SHORT) in refusals(view)
    assert not view.bookable


async def test_what_cannot_be_explained(world: World) -> None:
    event = await world.event_type(await world.person())
    with pytest.raises(NotFoundError):
        await explain_slot(world.ctx, asking(event.id + 99, "2026-05-04T09:00"))
    with pytest.raises(InvalidInputError):
        await explain_slot(world.ctx, asking(event.id, "2026-05-04T09:00", duration=45))
    naive = ExplainSlot(ref=EventTypeRef(id=event.id), start=at("2026-05-04T09:00").replace(tzinfo=None))
    with pytest.raises(InvalidInputError):
        await explain_slot(world.ctx, naive)
