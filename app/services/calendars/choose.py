"""Which calendars block their user, and which one bookings are written into."""

from dataclasses import dataclass
from typing import Any, Final

from app.context import RequestContext
from app.db import raw
from app.db.unit_of_work import UnitOfWork, unit_of_work
from app.errors import InvalidInputError, NotFoundError
from app.services.bookings.locking import lock_hosts
from app.services.calendars.feeds import tell_busy_changed
from app.services.calendars.ids import ICS_TYPE, stored_id
from app.services.calendars.queries import NO_CREDENTIALS, chosen_view
from app.services.calendars.views import ChosenView

MAX_EXTERNAL_ID: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectCalendar:
    """A calendar of one of the caller's connections, by its id there (the URL of a feed)."""

    credential_id: int
    integration: str
    external_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetDestinationCalendar:
    """Where the caller's bookings are written; `credential_id` None: the oldest connection of that type."""

    integration: str
    external_id: str
    credential_id: int | None = None


async def select_calendar(ctx: RequestContext, command: SelectCalendar) -> ChosenView:
    """From now on the calendar's busy times block; twice is no error.

    Raises UnauthenticatedError, NotFoundError, InvalidInputError.
    """
    user_id = ctx.require_user()
    stored = _stored(command.integration, command.external_id)

    async def work(uow: UnitOfWork) -> Any:
        await lock_hosts([user_id])
        await _check(user_id, command, stored)
        added = await raw.execute(
            "INSERT INTO selected_calendars (user_id, credential_id, integration, external_id)"
            " VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
            *(user_id, command.credential_id, command.integration, stored),
        )
        if added:
            tell_busy_changed(uow, user_id)
        return await raw.row(_FIND, user_id, command.integration, stored)

    return chosen_view(await unit_of_work(ctx, work), command.external_id)


async def unselect_calendar(ctx: RequestContext, command: SelectCalendar) -> ChosenView:
    """The calendar blocks no more; raises UnauthenticatedError, NotFoundError when it was not selected."""
    user_id = ctx.require_user()
    stored = _stored(command.integration, command.external_id)

    async def work(uow: UnitOfWork) -> Any:
        await lock_hosts([user_id])
        row = await raw.row(_FIND, user_id, command.integration, stored)
        if row is None or row["credential_id"] != command.credential_id:
            raise NotFoundError("Selected calendar not found", path=("externalId",))
        await raw.execute("DELETE FROM selected_calendars WHERE id = $1::int", row["id"])
        tell_busy_changed(uow, user_id)
        return row

    return chosen_view(await unit_of_work(ctx, work), command.external_id)


async def set_destination_calendar(ctx: RequestContext, command: SetDestinationCalendar) -> ChosenView:
    """Choose where bookings are written; raises UnauthenticatedError, NotFoundError, InvalidInputError."""
    user_id = ctx.require_user()
    stored = _stored(command.integration, command.external_id)

    async def work(_: UnitOfWork) -> Any:
        await lock_hosts([user_id])
        credential_id = await _writable(user_id, command)
        await raw.execute("DELETE FROM destination_calendars WHERE user_id = $1::int", user_id)
        await raw.execute(
            "INSERT INTO destination_calendars (user_id, credential_id, integration, external_id)"
            " VALUES ($1, $2, $3, $4)",
            *(user_id, credential_id, command.integration, stored),
        )
        return await raw.row("SELECT * FROM destination_calendars WHERE user_id = $1::int", user_id)

    return chosen_view(await unit_of_work(ctx, work), command.external_id)


_FIND: Final = "SELECT * FROM selected_calendars WHERE user_id = $1::int AND integration = $2 AND external_id = $3"


def _stored(integration: str, external_id: str) -> str:
    stored = stored_id(integration, external_id)
    if not 1 <= len(stored) <= MAX_EXTERNAL_ID or not integration:
        message = f"externalId must have 1 to {MAX_EXTERNAL_ID} characters."
        raise InvalidInputError.at("externalId", message, "length")
    return stored


async def _check(user_id: int, command: SelectCalendar, stored: str) -> None:
    sql = "SELECT type FROM credentials WHERE id = $1::int AND user_id = $2::int"
    if await raw.value(sql, command.credential_id, user_id) != command.integration:
        raise NotFoundError(NO_CREDENTIALS, path=("credentialId",))
    if command.integration != ICS_TYPE:
        return
    feed = "SELECT id FROM calendar_feeds WHERE credential_id = $1::int AND external_id = $2"
    if await raw.value(feed, command.credential_id, stored) is None:
        raise NotFoundError(f"Could not find calendar {command.external_id}", path=("externalId",))


async def _writable(user_id: int, command: SetDestinationCalendar) -> int:
    """Feeds can only be read."""
    rows = await raw.rows(
        "SELECT id FROM credentials WHERE user_id = $1::int AND type = $2 ORDER BY id", user_id, command.integration
    )
    ids = [row["id"] for row in rows if command.credential_id in (None, row["id"])]
    if not ids or command.integration == ICS_TYPE:
        raise NotFoundError(f"Could not find calendar {command.external_id}", path=("externalId",))
    return int(ids[0])
