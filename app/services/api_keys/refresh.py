"""Exchange the key in use for a new one (AU-2)."""

from dataclasses import dataclass
from datetime import timedelta

from app.context import RequestContext
from app.db.unit_of_work import UnitOfWork, unit_of_work
from app.errors import InvalidInputError, UnauthenticatedError
from app.models import ApiKey
from app.services.api_keys.create import add_key
from app.services.api_keys.views import ApiKeyView, CreatedApiKey

DEFAULT_DAYS = 30
MAX_DAYS = 36_500


@dataclass(frozen=True, slots=True)
class RefreshApiKey:
    """How long the new key is valid: a number of days, or for ever; not both. Neither means 30 days."""

    days_valid: int | None = None
    never_expires: bool = False


async def refresh_api_key(ctx: RequestContext, command: RefreshApiKey) -> CreatedApiKey:
    """Revoke the key this request was made with and make its successor, shown once."""
    user_id = ctx.require_user()
    if command.days_valid is not None and command.never_expires:
        raise InvalidInputError.at("daysValid", "Give either a number of days or never expires, not both.", "exclusive")
    days = DEFAULT_DAYS if command.days_valid is None else command.days_valid
    if days < 1:
        raise InvalidInputError.at("daysValid", "Must not be less than 1.", "range")
    if days > MAX_DAYS:
        raise InvalidInputError.at("daysValid", f"Must not be greater than {MAX_DAYS}.", "range")
    expires_at = None if command.never_expires else ctx.now() + timedelta(days=days)

    async def work(uow: UnitOfWork) -> CreatedApiKey:
        old = await ApiKey.filter(id=ctx.actor.api_key_id or "", user_id=user_id).first()
        if old is None:
            raise UnauthenticatedError("Send the API key that is to be refreshed.")
        await old.delete()
        uow.hint(f"api-key:{old.id}")
        secret, row = await add_key(
            ctx.settings,
            user_id,
            note=old.note,
            expires_at=expires_at,
            team_id=old.team_id,
            now=ctx.now(),
        )
        return CreatedApiKey(ApiKeyView.of(row), secret)

    return await unit_of_work(ctx, work)
