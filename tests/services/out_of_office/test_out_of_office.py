"""Days away: AV-22 to AV-28."""

from datetime import date
from typing import Any

import pytest

from app.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from app.models import OutboxEntry, OutOfOffice, User
from app.services.out_of_office.write import (
    CreateOutOfOffice,
    DeleteOutOfOffice,
    UpdateOutOfOffice,
    create_out_of_office,
    delete_out_of_office,
    list_out_of_office,
    update_out_of_office,
)
from tests.services.slots.world import World

MAY_5, MAY_7 = date(2026, 5, 5), date(2026, 5, 7)


def away(**fields: Any) -> CreateOutOfOffice:
    """Days to add."""
    return CreateOutOfOffice(**{"start": MAY_5, "end": MAY_7, **fields})


async def test_av_28_days_away_move_the_version_and_are_told(world: World) -> None:
    user, mate = await world.person(), await world.person()
    await world.team(user, mate)
    before = (await User.get(id=user.id)).slots_changed_at
    view = await create_out_of_office(world.as_user(user), away(reason="vacation", to_user_id=mate.id, notes=" Sea "))
    assert (view.reason, view.to_user_id, view.notes) == ("vacation", mate.id, "Sea")
    assert (await User.get(id=user.id)).slots_changed_at > before
    entry = await OutboxEntry.get()
    assert (entry.type, entry.payload["change"], entry.payload["start"]) == (
        "out-of-office.changed",
        "created",
        "2026-05-05",
    )


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"end": date(2026, 5, 4)}, "Start date must be before end date."),
        ({"reason": "bored"}, "Must be one of unspecified, vacation, travel, sick, public_holiday."),
    ],
    ids=["AV-27 order", "AV-26 reason"],
)
async def test_wrong_entries_are_refused(world: World, fields: dict[str, Any], message: str) -> None:
    user = await world.person()
    with pytest.raises(InvalidInputError) as refused:
        await create_out_of_office(world.as_user(user), away(**fields))
    assert refused.value.message == message
    assert await OutOfOffice.all().count() == 0


async def test_av_27_stand_ins_are_team_mates_and_never_loop(world: World) -> None:
    user, mate, stranger = await world.person(), await world.person(), await world.person()
    await world.team(user, mate)
    for to_user_id, message in ((user.id, "Cannot redirect to self."), (stranger.id, "Cannot redirect to this user.")):
        with pytest.raises(InvalidInputError) as refused:
            await create_out_of_office(world.as_user(user), away(to_user_id=to_user_id))
        assert refused.value.message == message
    await create_out_of_office(world.as_user(user), away(to_user_id=mate.id))
    with pytest.raises(InvalidInputError, match=r"Booking redirect infinite not allowed\."):
        await create_out_of_office(world.as_user(mate), away(to_user_id=user.id))


async def test_av_27_the_same_interval_twice_is_a_conflict(world: World) -> None:
    ctx = world.as_user(await world.person())
    await create_out_of_office(ctx, away())
    with pytest.raises(ConflictError, match=r"Ooo entry already exists\."):
        await create_out_of_office(ctx, away())
    assert len(await list_out_of_office(ctx)) == 1


async def test_entries_can_be_changed_and_removed_by_their_owner_only(world: World) -> None:
    user, stranger = await world.person(), await world.person()
    ctx = world.as_user(user)
    made = await create_out_of_office(ctx, away())
    for attempt in (
        update_out_of_office(world.as_user(stranger), UpdateOutOfOffice(made.id, notes="Mine")),
        delete_out_of_office(world.as_user(stranger), DeleteOutOfOffice(made.id)),
    ):
        with pytest.raises(NotFoundError):
            await attempt
    with pytest.raises(ForbiddenError):
        await create_out_of_office(world.as_user(stranger), away(user_id=user.id))
    changed = await update_out_of_office(ctx, UpdateOutOfOffice(made.id, end=MAY_5))
    assert (changed.end_date, changed.notes) == (MAY_5, None)
    await delete_out_of_office(ctx, DeleteOutOfOffice(made.id))
    assert await OutOfOffice.all().count() == 0
    assert [entry.payload["change"] for entry in await OutboxEntry.all().order_by("id")] == [
        "created",
        "updated",
        "deleted",
    ]
