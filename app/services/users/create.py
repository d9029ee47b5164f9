"""Make a person."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from app.auth import passwords
from app.context import RequestContext
from app.db.unit_of_work import ConstraintError, UnitOfWork, unit_of_work
from app.errors import ConflictError, InvalidInputError
from app.models import Schedule, User
from app.services.api_keys.create import add_key
from app.services.checks import check_email, check_slug, check_text, check_zone
from app.services.schedules.create import add_schedule
from app.services.schedules.views import WORKING_HOURS
from app.services.users.views import SignedUp, UserView

Made = TypeVar("Made")
MIN_PASSWORD = 8
MAX_PASSWORD = 1000  # argon2 reads all of it


@dataclass(frozen=True, slots=True)
class CreateUser:
    """A person to make; without a password they can only use API keys made for them."""

    email: str
    username: str
    name: str | None = None
    password: str | None = None
    time_zone: str = "Europe/London"
    locale: str = "en"
    is_admin: bool = False


async def sign_up(ctx: RequestContext, command: CreateUser) -> SignedUp:
    """Make a person with the default schedule Mon-Fri 09:00-17:00 and a first API key, shown once.

    Raises ConflictError for a taken e-mail or username, InvalidInputError for a wrong field.
    """
    if command.password is None:
        raise InvalidInputError.at("password", "A password is needed to sign up.", "required")
    if command.is_admin:
        raise InvalidInputError.at("isAdmin", "An administrator is made on the command line.", "forbidden")
    values = await _checked(ctx, command)

    async def work(uow: UnitOfWork) -> SignedUp:
        user = await _insert(uow, values)
        secret, _ = await add_key(ctx.settings, user.id, note="First key", expires_at=None, now=ctx.now())
        return SignedUp(UserView.of(user), secret)

    return await _saved(ctx, work)


async def create_user(ctx: RequestContext, command: CreateUser) -> UserView:
    """Make a person as the operator of this installation (command line, demo data), who vouches for the address."""
    values = {**await _checked(ctx, command), "email_verified_at": ctx.now()}

    async def work(uow: UnitOfWork) -> UserView:
        return UserView.of(await _insert(uow, values))

    return await _saved(ctx, work)


async def _checked(ctx: RequestContext, command: CreateUser) -> dict[str, Any]:
    email = check_email("email", command.email)
    username = check_slug("username", command.username.lower())
    name = check_text("name", command.name, most=200) if command.name is not None else None
    zone = check_zone("timeZone", command.time_zone)
    hashed = None
    if command.password is not None:
        if not MIN_PASSWORD <= len(command.password) <= MAX_PASSWORD:
            raise InvalidInputError.at("password", f"Use {MIN_PASSWORD} to {MAX_PASSWORD} characters.", "length")
        hashed = await passwords.hash_password(ctx.settings, command.password)
    return {
        "email": email,
        "username": username,
        "name": name,
        "time_zone": zone,
        "locale": check_text("locale", command.locale, least=2, most=10),
        "password_hash": hashed,
        "is_admin": command.is_admin,
    }


async def _insert(uow: UnitOfWork, values: dict[str, Any]) -> User:
    user = await User.create(**values)
    schedule: Schedule = await add_schedule(user.id, "Working Hours", user.time_zone, WORKING_HOURS, ())
    user.default_schedule_id = schedule.id
    await user.save(update_fields=["default_schedule_id"])
    return user


async def _saved(ctx: RequestContext, work: Callable[[UnitOfWork], Awaitable[Made]]) -> Made:
    try:
        return await unit_of_work(ctx, work)
    except ConstraintError as error:
        field = "username" if "username" in error.name else "email"
        raise ConflictError(f"This {field} is already taken.", path=(field,)) from error
