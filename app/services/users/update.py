"""Change one's own profile."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.context import RequestContext
from app.db.unit_of_work import ConstraintError, UnitOfWork, unit_of_work
from app.domain.languages import LANGUAGES
from app.errors import ConflictError, NotFoundError
from app.events.outbox import EventType, OutboxEvent
from app.models import Schedule, User
from app.services.checks import (
    check_choice,
    check_colour,
    check_email,
    check_slug,
    check_stored_metadata,
    check_text,
    check_url,
    check_zone,
)
from app.services.unset import UNSET, Unset, given
from app.services.users.views import UserView

WEEK_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class UpdateProfile:
    """New values for the caller's own profile; what is UNSET stays."""

    email: str | Unset = UNSET
    username: str | Unset = UNSET
    name: str | None | Unset = UNSET
    bio: str | None | Unset = UNSET
    avatar_url: str | None | Unset = UNSET
    time_zone: str | Unset = UNSET
    week_start: str | Unset = UNSET
    time_format: int | Unset = UNSET
    locale: str | Unset = UNSET
    theme: str | None | Unset = UNSET
    brand_color: str | None | Unset = UNSET
    dark_brand_color: str | None | Unset = UNSET
    allow_dynamic_booking: bool | Unset = UNSET
    default_schedule_id: int | Unset = UNSET
    metadata: dict[str, Any] | Unset = UNSET


async def update_profile(ctx: RequestContext, command: UpdateProfile) -> UserView:
    """Change the caller's profile. Raises InvalidInputError, ConflictError (taken name), NotFoundError (schedule)."""
    user_id = ctx.require_user()
    values = {name: _check(name, value) for name, value in given(command).items()}

    async def work(uow: UnitOfWork) -> UserView:
        user = await User.get(id=user_id)
        await _check_default_schedule(user_id, values)
        if values.get("email", user.email) != user.email:
            user.email_verified_at = None  # nobody has vouched for the new one
        user.update_from_dict(values)
        if values:
            await user.save()
            uow.bump_hosts([user_id])
            uow.record(_event(user))
        return UserView.of(user)

    try:
        return await unit_of_work(ctx, work)
    except ConstraintError as error:
        field = "username" if "username" in error.name else "email"
        raise ConflictError(f"This {field} is already taken.", path=(field,)) from error


def _event(user: User) -> OutboxEvent:
    return OutboxEvent(
        type=EventType.USER_CHANGED,
        key=f"user:{user.id}",
        topics=(f"host:{user.id}",),
        payload={"id": user.id},
        user_id=user.id,
    )


async def _check_default_schedule(user_id: int, values: dict[str, Any]) -> None:
    wanted = values.get("default_schedule_id")
    if wanted is not None and not await Schedule.filter(id=wanted, user_id=user_id).exists():
        raise NotFoundError(
            f"User with ID={user_id} does not own schedule with ID={wanted}.", path=("defaultScheduleId",)
        )


def _check(name: str, value: Any) -> Any:
    check = _CHECKS.get(name)
    return value if value is None or check is None else check(value)


_CHECKS: Mapping[str, Callable[[Any], Any]] = {
    "email": lambda value: check_email("email", value),
    "username": lambda value: check_slug("username", value.lower()),
    "name": lambda value: check_text("name", value, most=200),
    "bio": lambda value: check_text("bio", value, most=5000),
    "avatar_url": lambda value: check_url("avatarUrl", value),
    "time_zone": lambda value: check_zone("timeZone", value),
    "week_start": lambda value: check_choice("weekStart", value, WEEK_DAYS),
    "time_format": lambda value: int(check_choice("timeFormat", str(value), ("12", "24"))),
    "locale": lambda value: check_choice("locale", value, LANGUAGES),
    "theme": lambda value: check_choice("theme", value, ("light", "dark")),
    "brand_color": lambda value: check_colour("brandColor", value),
    "dark_brand_color": lambda value: check_colour("darkBrandColor", value),
    "metadata": check_stored_metadata,
}
