"""Get a key by e-mail and password, for people who have none at hand."""

from dataclasses import dataclass
from datetime import timedelta

from app.auth import passwords
from app.context import RequestContext
from app.db.unit_of_work import UnitOfWork, unit_of_work
from app.errors import UnauthenticatedError
from app.models import User
from app.services.api_keys.create import add_key
from app.services.api_keys.views import ApiKeyView, CreatedApiKey

SIGN_IN_DAYS = 30


@dataclass(frozen=True, slots=True)
class SignIn:
    """Credentials of a person."""

    email: str
    password: str


async def sign_in(ctx: RequestContext, command: SignIn) -> CreatedApiKey:
    """Make a key valid for 30 days. The same error for an unknown address and a wrong password."""
    user = await User.filter(email=command.email.strip().lower(), locked=False).first()
    stored = user.password_hash if user is not None else None
    right = await passwords.verify_password(ctx.settings, stored, command.password)
    if user is None or not right:
        raise UnauthenticatedError("Wrong e-mail or password.")
    user_id = user.id

    async def work(uow: UnitOfWork) -> CreatedApiKey:
        expires_at = ctx.now() + timedelta(days=SIGN_IN_DAYS)
        secret, row = await add_key(ctx.settings, user_id, note="Signed in", expires_at=expires_at, now=ctx.now())
        return CreatedApiKey(ApiKeyView.of(row), secret)

    return await unit_of_work(ctx, work)
