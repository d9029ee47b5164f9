"""Read schedules."""

from collections import defaultdict
from collections.abc import Sequence

from app.context import RequestContext
from app.models import Schedule, ScheduleOverride, ScheduleRow, User
from app.services.schedules.access import owned_schedule, owner_for
from app.services.schedules.views import ScheduleView


async def get_schedule(ctx: RequestContext, schedule_id: int) -> ScheduleView:
    """One schedule of the caller or of somebody the caller administers. Raises NotFoundError, ForbiddenError."""
    return (await load_views([await owned_schedule(ctx, schedule_id)]))[0]


async def list_schedules(ctx: RequestContext, user_id: int | None = None) -> list[ScheduleView]:
    """All schedules of the caller (or of `user_id` whom the caller administers), oldest first. Four statements."""
    owner = await owner_for(ctx, user_id)
    return await load_views(await Schedule.filter(user_id=owner).order_by("id"))


async def get_default_schedule(ctx: RequestContext) -> ScheduleView | None:
    """The caller's default schedule, or None (AV-19)."""
    user = await User.get(id=ctx.require_user())
    row = await Schedule.filter(id=user.default_schedule_id or 0).first()
    return (await load_views([row]))[0] if row is not None else None


async def load_view(schedule_id: int) -> ScheduleView:
    """The view of a schedule known to exist."""
    return (await load_views([await Schedule.get(id=schedule_id)]))[0]


async def load_views(schedules: Sequence[Schedule]) -> list[ScheduleView]:
    """Views of schedule rows in the given order. Three statements for any number."""
    if not schedules:
        return []
    ids = [row.id for row in schedules]
    rows: dict[int, list[ScheduleRow]] = defaultdict(list)
    for row in await ScheduleRow.filter(schedule_id__in=ids).order_by("id"):
        rows[row.schedule_id].append(row)
    overrides: dict[int, list[ScheduleOverride]] = defaultdict(list)
    for item in await ScheduleOverride.filter(schedule_id__in=ids).order_by("date", "id"):
        overrides[item.schedule_id].append(item)
    owners = {row.user_id for row in schedules}
    defaults = dict(await User.filter(id__in=list(owners)).values_list("id", "default_schedule_id"))
    return [ScheduleView.of(row, rows[row.id], overrides[row.id], defaults[row.user_id]) for row in schedules]


async def schedules_by_id(ids: Sequence[int]) -> dict[int, ScheduleView]:
    """Schedules by id, for loaders whose caller already checked access."""
    views = await load_views(await Schedule.filter(id__in=list(set(ids))))
    return {view.id: view for view in views}
