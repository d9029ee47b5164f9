"""Remove an event type."""

from dataclasses import dataclass

from app.context import RequestContext
from app.db.unit_of_work import UnitOfWork, unit_of_work
from app.models import EventType
from app.services.event_types.access import editable
from app.services.event_types.create import tell
from app.services.event_types.queries import load_views
from app.services.event_types.views import EventTypeView


@dataclass(frozen=True, slots=True)
class DeleteEventType:
    """The event type with this id."""

    id: int


async def delete_event_type(ctx: RequestContext, command: DeleteEventType) -> EventTypeView:
    """Remove an event type, a managed one with its children; bookings stay and go on blocking. Returns what it was."""
    row = await editable(ctx, command.id)

    async def work(uow: UnitOfWork) -> EventTypeView:
        view = (await load_views([row]))[0]
        await tell(uow, row, "deleted")
        uow.bump_hosts(sorted(host.user_id for host in view.hosts))
        await EventType.filter(parent_id=row.id).delete()
        await EventType.filter(id=row.id).delete()
        return view

    return await unit_of_work(ctx, work)
