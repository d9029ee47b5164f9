"""Give a hold back before it expires."""

from dataclasses import dataclass

from app.context import RequestContext
from app.db import raw
from app.db.unit_of_work import UnitOfWork, unit_of_work
from app.events.outbox import EventType
from app.services.holds.queries import find_hold
from app.services.holds.take import FREE_HOSTS, tell
from app.services.holds.views import HoldView
from app.services.slots.queries import now_s


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseHold:
    """The hold to give back."""

    uid: str


async def release_hold(ctx: RequestContext, command: ReleaseHold) -> HoldView | None:
    """Free a held slot, for anybody who knows its uid (RS-8); None when nothing was held: twice is no error."""
    if not command.uid:
        return None

    async def work(uow: UnitOfWork) -> HoldView | None:
        view = await find_hold(command.uid, now_s(ctx))
        # The row stays, marked, until it would have expired: its end is told once.
        if view is None or not await raw.execute(_MARK, command.uid):
            return None
        await raw.execute(FREE_HOSTS, command.uid)
        tell(uow, EventType.HOLD_RELEASED, view)
        return view

    return await unit_of_work(ctx, work)


_MARK = "UPDATE slot_holds SET released = TRUE WHERE uid = $1 AND NOT released"
