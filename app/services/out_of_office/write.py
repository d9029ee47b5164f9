"""Add, change and remove days away: three writes that share one shape."""

from dataclasses import dataclass
from datetime import date
from uuid import uuid4

from app.context import RequestContext
from app.db.unit_of_work import UnitOfWork, unit_of_work
from app.errors import NotFoundError
from app.events.outbox import EventType, OutboxEvent
from app.models import OutOfOffice
from app.services.checks import check_text
from app.services.out_of_office.checks import check_entry
from app.services.out_of_office.views import OutOfOfficeView
from app.services.permissions import may_manage_user
from app.services.schedules.access import owner_for
from app.services.unset import UNSET, Unset


@dataclass(frozen=True, slots=True)
class CreateOutOfOffice:
    """Days away of the caller, or of `user_id` whom the caller administers; both dates inclusive."""

    start: date
    end: date
    reason: str = "unspecified"
    notes: str | None = None
    to_user_id: int | None = None
    user_id: int | None = None


@dataclass(frozen=True, slots=True)
class UpdateOutOfOffice:
    """New values for an entry; what is UNSET stays."""

    id: int
    start: date | Unset = UNSET
    end: date | Unset = UNSET
    reason: str | Unset = UNSET
    notes: str | None | Unset = UNSET
    to_user_id: int | None | Unset = UNSET


@dataclass(frozen=True, slots=True)
class DeleteOutOfOffice:
    """The entry with this id."""

    id: int


async def create_out_of_office(ctx: RequestContext, command: CreateOutOfOffice) -> OutOfOfficeView:
    """Add days away; slots vanish at once and the change is recorded (AV-28 Do). Raises as AV-27 names."""
    user_id = await owner_for(ctx, command.user_id)
    notes = _notes(command.notes)
    await check_entry(user_id, command.start, command.end, command.reason, command.to_user_id)

    async def work(uow: UnitOfWork) -> OutOfOfficeView:
        row = await OutOfOffice.create(
            uuid=str(uuid4()),
            user_id=user_id,
            start_date=command.start,
            end_date=command.end,
            reason=command.reason,
            notes=notes,
            to_user_id=command.to_user_id,
        )
        return await _told(uow, row, "created")

    return await unit_of_work(ctx, work)


async def update_out_of_office(ctx: RequestContext, command: UpdateOutOfOffice) -> OutOfOfficeView:
    """Change an entry. Raises NotFoundError for an unknown or a stranger's one, else as AV-27 names."""
    row = await _owned(ctx, command.id)
    if command.start is not UNSET:
        row.start_date = command.start
    if command.end is not UNSET:
        row.end_date = command.end
    if command.reason is not UNSET:
        row.reason = command.reason
    if command.notes is not UNSET:
        row.notes = _notes(command.notes)  # type: ignore[assignment]  # a nullable TextField is typed str
    if command.to_user_id is not UNSET:
        row.to_user_id = command.to_user_id
    await check_entry(
        row.user_id,
        row.start_date,
        row.end_date,
        row.reason,
        row.to_user_id,
        except_id=row.id,
    )

    async def work(uow: UnitOfWork) -> OutOfOfficeView:
        await row.save()
        return await _told(uow, row, "updated")

    return await unit_of_work(ctx, work)


async def delete_out_of_office(ctx: RequestContext, command: DeleteOutOfOffice) -> OutOfOfficeView:
    """Remove an entry; its days are free again. Returns what it was."""
    row = await _owned(ctx, command.id)

    async def work(uow: UnitOfWork) -> OutOfOfficeView:
        view = await _told(uow, row, "deleted")
        await OutOfOffice.filter(id=row.id).delete()
        return view

    return await unit_of_work(ctx, work)


async def get_out_of_office(ctx: RequestContext, entry_id: int) -> OutOfOfficeView:
    """An entry of the caller, or of somebody the caller administers. Raises NotFoundError."""
    return OutOfOfficeView.of(await _owned(ctx, entry_id))


async def list_out_of_office(ctx: RequestContext, user_id: int | None = None) -> list[OutOfOfficeView]:
    """Entries of the caller, or of `user_id` whom the caller administers, latest first; at most 500."""
    owner = await owner_for(ctx, user_id)
    rows = await OutOfOffice.filter(user_id=owner).order_by("-start_date", "id").limit(500)
    return [OutOfOfficeView.of(row) for row in rows]


def _notes(text: str | None) -> str | None:
    return check_text("notes", text, most=2000) if text is not None else None


async def _owned(ctx: RequestContext, entry_id: int) -> OutOfOffice:
    ctx.require_user()
    row = await OutOfOffice.get_or_none(id=entry_id)
    if row is None or not await may_manage_user(ctx, row.user_id):
        raise NotFoundError(f"Ooo entry with id={entry_id} does not exist.", path=("id",))
    return row


async def _told(uow: UnitOfWork, row: OutOfOffice, change: str) -> OutOfOfficeView:
    user_id: int = row.user_id
    uow.bump_hosts([user_id])
    view = OutOfOfficeView.of(row)
    payload = {
        "change": change,
        "id": view.id,
        "uuid": view.uuid,
        "start": view.start_date.isoformat(),
        "end": view.end_date.isoformat(),
        "reason": view.reason,
        "notes": view.notes,
        "toUserId": view.to_user_id,
    }
    uow.record(
        OutboxEvent(
            type=EventType.OUT_OF_OFFICE_CHANGED,
            key=f"ooo:{view.uuid}",
            topics=(f"host:{user_id}",),
            payload=payload,
            user_id=user_id,
        )
    )
    return view
