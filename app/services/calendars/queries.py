"""What is connected, and when its calendars are taken."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from app.context import RequestContext
from app.db import raw
from app.errors import InvalidInputError, NotFoundError
from app.models import CalendarFeed, Credential
from app.services.calendars.feeds import urls_of
from app.services.calendars.ids import ICS_TYPE, stored_id
from app.services.calendars.views import BusyView, CalendarView, ChosenView, ConnectedView, ConnectionView
from app.services.slots.queries import check_year, zone_of

MAX_DAYS: Final = 366
NO_CREDENTIALS: Final = "Calendar credentials not found"


@dataclass(frozen=True, slots=True)
class CalendarRef:
    """A calendar of the caller: the credential and the calendar's id at its system."""

    credential_id: int
    external_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GetBusyTimes:
    """When these calendars are taken on dates of a zone (IANA name), both included; by default the coming month."""

    calendars: tuple[CalendarRef, ...]
    zone: str
    first: date | None = None
    last: date | None = None


async def list_calendars(ctx: RequestContext) -> ConnectedView:
    """The caller's connections with their calendars, and where bookings are written; raises UnauthenticatedError."""
    user_id = ctx.require_user()
    connections = await _connections(ctx, user_id)
    row = await raw.row("SELECT * FROM destination_calendars WHERE user_id = $1::int", user_id)
    return ConnectedView(tuple(connections), chosen_view(row) if row is not None else None)


async def connection_of(ctx: RequestContext, user_id: int, credential_type: str) -> ConnectionView | None:
    """The user's connection of this type."""
    return next((each for each in await _connections(ctx, user_id) if each.type == credential_type), None)


async def is_connected(user_id: int, integration: str, external_id: str) -> bool:
    """Whether the user has this calendar; of systems whose calendars are not listed here, a connection."""
    if integration != ICS_TYPE:
        return await Credential.filter(user_id=user_id, type=integration).exists()
    feeds = CalendarFeed.filter(credential__user_id=user_id, credential__type=integration)
    return await feeds.filter(external_id=stored_id(integration, external_id)).exists()


async def get_busy_times(ctx: RequestContext, command: GetBusyTimes) -> list[BusyView]:
    """Busy times as they were read last, in time order.

    Raises UnauthenticatedError, NotFoundError for another's credential, InvalidInputError (zone, dates).
    """
    user_id = ctx.require_user()
    start, end = _window(ctx, command)
    connections = {each.id: each for each in await _connections(ctx, user_id)}
    found: dict[BusyView, None] = {}
    for ref in command.calendars:
        connection = connections.get(ref.credential_id)
        if connection is None:
            raise NotFoundError(NO_CREDENTIALS, path=("calendars",))
        rows = await raw.rows(_BUSY, ref.credential_id, stored_id(connection.type, ref.external_id), start, end)
        found.update(dict.fromkeys(BusyView(row["start_s"], row["end_s"], connection.app_slug) for row in rows))
    return sorted(found, key=lambda busy: (busy.start_s, busy.end_s))


_BUSY: Final = """
    SELECT b.start_s, b.end_s FROM calendar_busy b JOIN calendar_feeds f ON f.id = b.feed_id
     WHERE f.credential_id = $1::int AND f.external_id = $2::text
       AND b.end_s > $3::bigint AND b.start_s < $4::bigint
     ORDER BY b.start_s"""


def _window(ctx: RequestContext, command: GetBusyTimes) -> tuple[int, int]:
    zone = zone_of(command.zone)
    for path, day in (("dateFrom", command.first), ("dateTo", command.last)):
        if day is not None:
            check_year(path, day)
    first = command.first or ctx.now().astimezone(zone).date()
    last = command.last or first + timedelta(days=31)
    if not 0 <= (last - first).days <= MAX_DAYS:
        raise InvalidInputError.at("dateTo", f"The dates may span {MAX_DAYS} days at most.", "window")
    start = datetime.combine(first, time(), zone)
    end = datetime.combine(last + timedelta(days=1), time(), zone)
    return int(start.timestamp()), int(end.timestamp())


async def _connections(ctx: RequestContext, user_id: int) -> list[ConnectionView]:
    credentials = await raw.rows("SELECT * FROM credentials WHERE user_id = $1::int ORDER BY id", user_id)
    if not credentials:
        return []
    sql = (
        "SELECT f.*, EXISTS (SELECT 1 FROM selected_calendars s WHERE s.user_id = $1::int"
        " AND s.credential_id = f.credential_id AND s.external_id = f.external_id) AS is_selected"
        " FROM calendar_feeds f JOIN credentials c ON c.id = f.credential_id WHERE c.user_id = $1::int ORDER BY f.id"
    )
    feeds = await raw.rows(sql, user_id)
    return [
        _connection(ctx, row, [feed for feed in feeds if feed["credential_id"] == row["id"]]) for row in credentials
    ]


def _connection(ctx: RequestContext, row: Any, feeds: list[Any]) -> ConnectionView:
    urls = {stored_id(ICS_TYPE, url): url for url in urls_of(ctx, row)} if row["type"] == ICS_TYPE else {}
    return ConnectionView(
        id=row["id"],
        type=row["type"],
        app_slug=row["app_slug"],
        user_id=row["user_id"],
        team_id=row["team_id"],
        invalid=bool(row["invalid"]),
        calendars=tuple(_calendar(row["type"], feed, urls) for feed in feeds),
    )


def _calendar(integration: str, feed: Any, urls: dict[str, str]) -> CalendarView:
    external_id = urls.get(feed["external_id"], feed["external_id"])
    return CalendarView(
        credential_id=feed["credential_id"],
        integration=integration,
        external_id=external_id,
        name=feed["name"] or "Calendar feed",
        read_only=True,
        is_selected=bool(feed["is_selected"]),
        error=feed["error"],
        problems=tuple(raw.loads(feed["problems"]) or ()),
        fetched_at=raw.instant(feed["fetched_at"]),
    )


def chosen_view(row: Any, external_id: str | None = None) -> ChosenView:
    """The view of a selected or destination calendar; `external_id` as the caller says it."""
    return ChosenView(
        id=row["id"],
        user_id=row["user_id"],
        credential_id=row["credential_id"],
        integration=row["integration"],
        external_id=external_id or row["external_id"],
    )
