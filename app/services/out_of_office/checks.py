"""What an out-of-office entry may say (AV-26, AV-27)."""

from datetime import date

from app.errors import ConflictError, InvalidInputError
from app.models import OutOfOffice
from app.services.checks import check_choice
from app.services.out_of_office.views import REASONS
from app.services.permissions import share_team


async def check_entry(
    user_id: int, start: date, end: date, reason: str, to_user_id: int | None, *, except_id: int | None = None
) -> None:
    """Raise what AV-27 names: order, self redirect, unknown stand-in, redirect loop, duplicate."""
    check_choice("reason", reason, REASONS)
    if start > end:
        raise InvalidInputError.at("start", "Start date must be before end date.", "order")
    if to_user_id is not None:
        await _check_redirect(user_id, start, end, to_user_id)
    same = OutOfOffice.filter(user_id=user_id, start_date=start, end_date=end)
    if await same.exclude(id=except_id or 0).exists():
        raise ConflictError("Ooo entry already exists.", path=("start",))


async def _check_redirect(user_id: int, start: date, end: date, to_user_id: int) -> None:
    if to_user_id == user_id:
        raise InvalidInputError.at("toUserId", "Cannot redirect to self.", "self")
    if not await share_team(user_id, to_user_id):
        raise InvalidInputError.at("toUserId", "Cannot redirect to this user.", "unknown_user")
    back = OutOfOffice.filter(user_id=to_user_id, to_user_id=user_id, start_date__lte=end, end_date__gte=start)
    if await back.exists():
        raise InvalidInputError.at("toUserId", "Booking redirect infinite not allowed.", "loop")
