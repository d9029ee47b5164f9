"""Make an API key."""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from app.auth.api_keys import generate_key, hash_key
from app.context import RequestContext
from app.db.unit_of_work import UnitOfWork, unit_of_work
from app.errors import InvalidInputError
from app.models import ApiKey
from app.services.api_keys.views import ApiKeyView, CreatedApiKey
from app.services.checks import check_text
from app.services.permissions import Role, require_team_role
from app.settings import Settings


@dataclass(frozen=True, slots=True)
class CreateApiKey:
    """A key for the caller, optionally tied to a team (AU-1); `expires_at` None = never expires."""

    note: str | None = None
    expires_at: datetime | None = None
    team_id: int | None = None


async def create_api_key(ctx: RequestContext, command: CreateApiKey) -> CreatedApiKey:
    """Make a key and show its secret once; only its hash is kept. A team's key needs an admin of the team."""
    user_id = ctx.require_user()
    note = check_text("note", command.note, most=200) if command.note is not None else None
    if command.expires_at is not None and command.expires_at <= ctx.now():
        raise InvalidInputError.at("expiresAt", "Must be in the future.", "past")
    if command.team_id is not None:
        await require_team_role(ctx, command.team_id, Role.ADMIN)

    async def work(uow: UnitOfWork) -> CreatedApiKey:
        secret, row = await add_key(
            ctx.settings, user_id, note=note, expires_at=command.expires_at, team_id=command.team_id, now=ctx.now()
        )
        return CreatedApiKey(ApiKeyView.of(row), secret)

    return await unit_of_work(ctx, work)


async def add_key(
    settings: Settings,
    user_id: int,
    *,
    note: str | None,
    expires_at: datetime | None,
    now: datetime,
    team_id: int | None = None,
    secret: str | None = None,
) -> tuple[str, ApiKey]:
    """Insert a key inside a running transaction; the secret and its row."""
    secret = secret or generate_key(settings.api_key_prefix)
    row = await ApiKey.create(
        id=str(uuid4()),
        user_id=user_id,
        team_id=team_id,
        hashed_key=hash_key(secret, settings.api_key_prefix),
        note=note,
        expires_at=expires_at,
        created_at=now,
    )
    return secret, row
