"""The rows of feeds: read with their URLs, written with what came of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

import orjson

from app.auth.vault import SealBrokenError, unseal
from app.context import RequestContext
from app.db import raw
from app.db.unit_of_work import OutboxEvent, UnitOfWork, unit_of_work
from app.events.outbox import host_topic
from app.integrations.calendars.ics_feed import Asked, FeedError, Fetched, ReadFeed, fetch_feed, read_feed
from app.integrations.guard import Outbound
from app.services.calendars.ids import owner_of, stored_id

BUSY_CHANGED: Final = "calendar.busy-changed"
BEHIND: Final = timedelta(days=31)
AHEAD: Final = timedelta(days=731)
"""How far back and ahead a feed is read."""

READ_ANEW: Final = timedelta(days=7)
"""An unchanged file is read again after this time, for what has come into reach since."""

LONGEST_PAUSE: Final = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed with what is needed to ask for it; `zone` is its owner's."""

    id: int
    user_id: int
    credential_id: int
    external_id: str
    url: str | None
    zone: str
    etag: str | None = None
    last_modified: str | None = None
    expanded_at: datetime | None = None
    failures: int = 0
    busy_digest: str = ""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A file and what was read in it."""

    fetched: Fetched
    read: ReadFeed


_FEEDS: Final = """
    SELECT f.id, f.credential_id, f.external_id, f.etag, f.last_modified, f.expanded_at, f.failures, f.busy_digest,
           c.user_id, c.type, c.key_id, c.sealed_key, u.time_zone
      FROM calendar_feeds f JOIN credentials c ON c.id = f.credential_id JOIN users u ON u.id = c.user_id
"""


async def due_feeds(ctx: RequestContext, limit: int) -> list[Feed]:
    """Feeds whose time has come, the longest waiting first."""
    sql = f"{_FEEDS} WHERE f.next_fetch_at <= $1 AND NOT u.locked ORDER BY f.next_fetch_at, f.id LIMIT $2"
    return _feeds(ctx, await raw.rows(sql, ctx.now(), limit))


async def feeds_of(ctx: RequestContext, user_id: int) -> list[Feed]:
    """All feeds of a user."""
    return _feeds(ctx, await raw.rows(f"{_FEEDS} WHERE c.user_id = $1::int ORDER BY f.id", user_id))


def urls_of(ctx: RequestContext, row: Mapping[str, Any] | raw.Row) -> list[str]:
    """The URLs of a credential's row, in the order they were saved; none when they cannot be unsealed."""
    try:
        owner = owner_of(row["type"], row["user_id"])
        key = orjson.loads(unseal(ctx.settings, row["key_id"], row["sealed_key"], owner))
    except SealBrokenError:
        return []
    return [str(url) for url in key.get("urls", ())]


def _feeds(ctx: RequestContext, rows: Iterable[raw.Row]) -> list[Feed]:
    found = []
    for row in rows:
        urls = {stored_id(row["type"], url): url for url in urls_of(ctx, row)}
        found.append(
            Feed(
                id=row["id"],
                user_id=row["user_id"],
                credential_id=row["credential_id"],
                external_id=row["external_id"],
                url=urls.get(row["external_id"]),
                zone=row["time_zone"],
                etag=row["etag"],
                last_modified=row["last_modified"],
                expanded_at=raw.instant(row["expanded_at"]),
                failures=row["failures"],
                busy_digest=row["busy_digest"],
            )
        )
    return found


async def load_feed(ctx: RequestContext, outbound: Outbound, feed: Feed) -> Loaded | None:
    """Fetch and read; None when nothing has changed. Raises FeedError."""
    if feed.url is None:
        raise FeedError("The address of this feed cannot be read any more. Save it again.")
    now = ctx.now()
    known = feed.expanded_at is not None and now - feed.expanded_at < READ_ANEW
    fetched = await fetch_feed(
        outbound,
        feed.url,
        etag=feed.etag if known else None,
        last_modified=feed.last_modified if known else None,
    )
    if fetched is None:
        return None
    start, end = int((now - BEHIND).timestamp()), int((now + AHEAD).timestamp())
    own = await _own(feed.user_id, start)
    asked = Asked(start_s=start, end_s=end, zone=feed.zone, owner=feed.user_id, own=own)
    return Loaded(fetched, await read_feed(fetched.body, asked))


async def _own(user_id: int, since_s: int) -> tuple[tuple[str, int], ...]:
    """Bookings that the user hosts: copies of them in a feed do not block, the bookings do as long as they stand.

    BT-5, BT-11. A copy that was moved to another time blocks like any event.
    """
    return tuple((row["ical_uid"], row["start_s"]) for row in await raw.rows(_HOSTED, user_id, since_s))


_HOSTED: Final = """
    SELECT b.ical_uid, b.start_s FROM booking_hosts h JOIN bookings b ON b.id = h.booking_id
     WHERE h.host_id = $1::int AND h.end_s > $2::bigint"""


async def refresh_feed(ctx: RequestContext, outbound: Outbound, feed: Feed) -> str | None:
    """Read a feed again and keep what came of it; the text of what went wrong, busy times stay as they were then."""
    try:
        loaded = await load_feed(ctx, outbound, feed)
    except FeedError as error:
        await _failed(ctx, feed, str(error))
        return str(error)

    async def work(uow: UnitOfWork) -> None:
        await write_feed(uow, feed, loaded)

    await unit_of_work(ctx, work)
    return None


async def _failed(ctx: RequestContext, feed: Feed, message: str) -> None:
    pause = min(ctx.settings.calendar_refresh * 2 ** min(feed.failures, 10), LONGEST_PAUSE)
    sql = (
        "UPDATE calendar_feeds SET failures = failures + 1, error = $2, fetched_at = $3, next_fetch_at = $4"
        " WHERE id = $1::int"
    )

    async def work(_: UnitOfWork) -> None:
        await raw.execute(sql, feed.id, message, ctx.now(), ctx.now() + pause)

    await unit_of_work(ctx, work)


async def write_feed(uow: UnitOfWork, feed: Feed, loaded: Loaded | None) -> None:
    """Keep what a feed says; its user's slots move when busy times have changed. `loaded` None: as before."""
    now = uow.ctx.now()
    due = now + uow.ctx.settings.calendar_refresh
    if loaded is None:
        sql = "UPDATE calendar_feeds SET failures = 0, error = NULL, fetched_at = $2, next_fetch_at = $3 WHERE id = $1"
        await raw.execute(sql, feed.id, now, due)
        return
    spans = loaded.read.spans
    digest = sha256(orjson.dumps(spans)).hexdigest()
    changed = await raw.execute(
        "UPDATE calendar_feeds SET failures = 0, error = $2, fetched_at = $3, next_fetch_at = $4, expanded_at = $3,"
        " name = $5, etag = $6, last_modified = $7, problems = $8::jsonb, busy_digest = $9 WHERE id = $1::int",
        feed.id,
        loaded.read.note,
        now,
        due,
        loaded.read.name,
        loaded.fetched.etag,
        loaded.fetched.last_modified,
        raw.dumps(loaded.read.problems),
        digest,
    )
    if changed and digest != feed.busy_digest:
        await _write_spans(uow, feed, spans)


async def _write_spans(uow: UnitOfWork, feed: Feed, spans: Sequence[tuple[int, int]]) -> None:
    await raw.execute("DELETE FROM calendar_busy WHERE feed_id = $1::int", feed.id)
    insert = "INSERT INTO calendar_busy (feed_id, start_s, end_s) VALUES ($1, $2, $3)"
    await raw.execute_many(insert, [(feed.id, start, end) for start, end in spans])
    tell_busy_changed(uow, feed.user_id)


def tell_busy_changed(uow: UnitOfWork, user_id: int) -> None:
    """The slots of this user have moved because of a calendar."""
    uow.bump_hosts([user_id])
    payload = {"userId": user_id}
    key, topics = f"calendars:{user_id}", (host_topic(user_id),)
    uow.record(OutboxEvent(type=BUSY_CHANGED, key=key, topics=topics, payload=payload, user_id=user_id))
