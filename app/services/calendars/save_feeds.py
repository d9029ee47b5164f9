"""Connect ICS feeds, and ask whether they can be read."""

import asyncio
from dataclasses import dataclass
from typing import Final

import orjson

from app.auth.vault import seal
from app.context import RequestContext
from app.db import raw
from app.db.unit_of_work import UnitOfWork, unit_of_work
from app.errors import FieldFault, InvalidInputError
from app.integrations.calendars.ics_feed import FeedError
from app.integrations.guard import Outbound
from app.services.bookings.locking import lock_hosts
from app.services.calendars.feeds import Feed, Loaded, feeds_of, load_feed, refresh_feed, tell_busy_changed, write_feed
from app.services.calendars.ids import ICS_SLUG, ICS_TYPE, owner_of, stored_id
from app.services.calendars.queries import connection_of
from app.services.calendars.views import ConnectionView

MAX_FEEDS: Final = 20
MAX_URL: Final = 2_000
_SCHEMES: Final = ("http://", "https://", "webcal://")


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveIcsFeeds:
    """All feeds of the caller, in place of those before; feeds are only read, whatever `read_only` says."""

    urls: tuple[str, ...]
    read_only: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIcsFeeds:
    """The caller's feeds, or the one behind this URL."""

    url: str | None = None


async def save_ics_feeds(ctx: RequestContext, command: SaveIcsFeeds) -> ConnectionView:
    """Fetch and read every feed, then keep them; busy times of new ones block from now on.

    Raises UnauthenticatedError, InvalidInputError with a fault for each feed that cannot be had.
    """
    user_id = ctx.require_user()
    urls = _checked(command.urls)
    zone = await raw.value("SELECT time_zone FROM users WHERE id = $1::int", user_id)
    feeds = [Feed(0, user_id, 0, stored_id(ICS_TYPE, url), url, zone) for url in urls]
    loaded = await _load_all(ctx, feeds)

    async def work(uow: UnitOfWork) -> None:
        await lock_hosts([user_id])
        credential_id = await _write_credential(ctx, user_id, command, urls)
        known = {feed.external_id: feed for feed in await feeds_of(ctx, user_id)}
        gone = [feed.external_id for name, feed in known.items() if name not in {each.external_id for each in feeds}]
        if gone:
            await _remove(credential_id, gone)
            tell_busy_changed(uow, user_id)
        for feed, found in zip(feeds, loaded, strict=True):
            kept = known.get(feed.external_id) or await _insert(ctx, feed, credential_id)
            await write_feed(uow, kept, found)

    await unit_of_work(ctx, work)
    connection = await connection_of(ctx, user_id, ICS_TYPE)
    assert connection is not None  # noqa: S101 written above
    return connection


async def check_ics_feeds(ctx: RequestContext, command: CheckIcsFeeds) -> ConnectionView:
    """Read the caller's feeds again; raises UnauthenticatedError, InvalidInputError without any or when one fails."""
    user_id = ctx.require_user()
    feeds = [feed for feed in await feeds_of(ctx, user_id) if command.url in (None, feed.url)]
    if not feeds:
        raise InvalidInputError("Credentials for Ics Feed not found.")
    async with Outbound(ctx.settings) as outbound:
        errors = await asyncio.gather(*(refresh_feed(ctx, outbound, feed) for feed in feeds))
    failed = next((error for error in errors if error), None)
    if failed is not None:
        raise InvalidInputError(failed)
    connection = await connection_of(ctx, user_id, ICS_TYPE)
    assert connection is not None  # noqa: S101 found above
    return connection


def _checked(urls: tuple[str, ...]) -> list[str]:
    distinct = list(dict.fromkeys(urls))
    if not 1 <= len(distinct) <= MAX_FEEDS:
        raise InvalidInputError.at("urls", f"Give 1 to {MAX_FEEDS} URLs.", "count")
    for url in distinct:
        if len(url) > MAX_URL or not url.lower().startswith(_SCHEMES):
            raise InvalidInputError.at("urls", "Each value in urls must be a URL address.", "url")
    return distinct


async def _load_all(ctx: RequestContext, feeds: list[Feed]) -> list[Loaded]:
    async with Outbound(ctx.settings) as outbound:
        found = await asyncio.gather(*(load_feed(ctx, outbound, feed) for feed in feeds), return_exceptions=True)
    faults = []
    for position, each in enumerate(found):
        if isinstance(each, FeedError):
            faults.append(FieldFault(("urls", str(position)), str(each), "feed"))
        elif isinstance(each, BaseException):
            raise each
    if faults:
        raise InvalidInputError("Could not add ICS feeds", faults)
    return [each for each in found if isinstance(each, Loaded)]


async def _write_credential(ctx: RequestContext, user_id: int, command: SaveIcsFeeds, urls: list[str]) -> int:
    key = orjson.dumps({"urls": urls, "skipWriting": command.read_only})
    key_id, sealed = seal(ctx.settings, key, owner_of(ICS_TYPE, user_id))
    now = ctx.now()
    known = await raw.value("SELECT id FROM credentials WHERE user_id = $1::int AND type = $2", user_id, ICS_TYPE)
    if known is not None:
        sql = "UPDATE credentials SET key_id = $2, sealed_key = $3, invalid = FALSE, updated_at = $4 WHERE id = $1::int"
        await raw.execute(sql, known, key_id, sealed, now)
        return int(known)
    made = await raw.value(
        "INSERT INTO credentials (type, app_slug, user_id, key_id, sealed_key, invalid, created_at, updated_at)"
        " VALUES ($1, $2, $3, $4, $5, FALSE, $6, $6) RETURNING id",
        *(ICS_TYPE, ICS_SLUG, user_id, key_id, sealed, now),
    )
    return int(made)


async def _remove(credential_id: int, external_ids: list[str]) -> None:
    for table in ("selected_calendars", "calendar_feeds"):
        await raw.execute(
            f"DELETE FROM {table} WHERE credential_id = $1::int AND external_id = ANY($2::text[])",  # noqa: S608 ours
            credential_id,
            external_ids,
        )


async def _insert(ctx: RequestContext, feed: Feed, credential_id: int) -> Feed:
    """A feed that was not there before; its calendar is selected at once."""
    feed_id = await raw.value(
        "INSERT INTO calendar_feeds (credential_id, external_id, next_fetch_at, failures, problems, busy_digest)"
        " VALUES ($1, $2, $3, 0, '[]', '') RETURNING id",
        *(credential_id, feed.external_id, ctx.now()),
    )
    await raw.execute(
        "INSERT INTO selected_calendars (user_id, credential_id, integration, external_id) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT DO NOTHING",
        *(feed.user_id, credential_id, ICS_TYPE, feed.external_id),
    )
    return Feed(int(feed_id), feed.user_id, credential_id, feed.external_id, feed.url, feed.zone)
