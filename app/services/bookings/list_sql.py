"""The WHERE, ORDER BY and LIMIT of a list of bookings (LC-27, LC-28)."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from app.context import Actor
from app.services.bookings.list_command import BookingListStatus, BookingSort, ListBookings, PageKey
from app.services.bookings.loading_sql import ADMINISTERED
from app.services.bookings.views import from_us

ADMIN_VIEW: Final = timedelta(days=31)
_COLUMNS: Final = {
    BookingSort.START: "b.start_s",
    BookingSort.END: "b.end_s",
    BookingSort.CREATED: "b.created_at",
    BookingSort.UPDATED: "b.updated_at",
}
_LIVE: Final = "b.status NOT IN ('CANCELLED', 'REJECTED')"
_STATUSES: Final = {
    BookingListStatus.UPCOMING: (
        "(b.end_s >= {now} AND " + _LIVE + " AND (b.recurring_uid IS NULL OR b.status = 'ACCEPTED'))"
    ),
    BookingListStatus.RECURRING: "(b.end_s >= {now} AND " + _LIVE + " AND b.recurring_uid IS NOT NULL)",
    BookingListStatus.PAST: "(b.end_s <= {now} AND " + _LIVE + ")",
    BookingListStatus.CANCELLED: "b.status IN ('CANCELLED', 'REJECTED')",
    BookingListStatus.UNCONFIRMED: "(b.end_s >= {now} AND b.status = 'PENDING')",
}


@dataclass(slots=True)
class Conditions:
    """Conditions and their parameters; `$1` and `$2` are the caller's (see `select_bookings`)."""

    params: list[Any] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def put(self, value: Any, kind: str) -> str:
        """A new parameter; how it is written."""
        self.params.append(value)
        return f"${len(self.params) + 2}::{kind}"

    def add(self, text: str, value: Any, kind: str) -> None:
        """A condition with one parameter, which stands as `{}`; left out when there is nothing to compare."""
        if value is not None and value != ():
            self.texts.append(text.format(self.put(list(value) if isinstance(value, tuple) else value, kind)))

    @property
    def where(self) -> str:
        """All conditions."""
        return " AND ".join(self.texts) or "TRUE"


def conditions_of(actor: Actor, command: ListBookings, now: datetime) -> Conditions:
    """Which bookings the list is about, whatever the page."""
    found = Conditions()
    found.texts.append(f"b.id IN ({_visible(found, actor, command, now)})")
    _scopes(found, command)
    _statuses(found, command, int(now.timestamp()))
    _people(found, command)
    _dates(found, command)
    return found


def _visible(found: Conditions, actor: Actor, command: ListBookings, now: datetime) -> str:
    """Own, attended, of administered teams and, for organizations, of their people (LC-27)."""
    cut = found.put(int((now - ADMIN_VIEW).timestamp()) if _cuts(command) else 0, "bigint")
    email = found.put((actor.email or "").lower(), "text")
    return " UNION ".join(
        (
            "SELECT h.booking_id FROM booking_hosts h WHERE h.host_id = $1",
            "SELECT o.id FROM bookings o WHERE o.user_id = $1",
            f"SELECT a.booking_id FROM attendees a WHERE lower(a.email) = {email}",
            f"SELECT o.id FROM bookings o WHERE o.team_id IN ({ADMINISTERED}) AND o.start_s >= {cut}",
            "SELECT o.id FROM bookings o JOIN users p ON p.id = o.user_id"
            f" WHERE p.organization_id IN ({ADMINISTERED}) AND o.start_s >= {cut}",
        )
    )


def _cuts(command: ListBookings) -> bool:
    """LC-28: without a date filter, administrators see one month back."""
    dates = (command.after_start, command.before_end, command.after_created, command.before_created)
    more = (command.after_updated, command.before_updated, command.updated_since)
    return command.one_month_back and not any((*dates, *more))


def _scopes(found: Conditions, command: ListBookings) -> None:
    found.add(
        "(b.user_id = {0} OR EXISTS (SELECT 1 FROM booking_hosts h WHERE h.booking_id = b.id AND h.host_id = {0}))",
        command.scope_user_id,
        "int",
    )
    found.add("b.team_id = {}", command.scope_team_id, "int")
    found.add("b.event_type_id = ANY({})", command.event_type_ids, "int[]")
    found.add("b.team_id = ANY({})", command.team_ids, "int[]")


def _statuses(found: Conditions, command: ListBookings, now_s: int) -> None:
    if not command.statuses:
        return
    texts = [_STATUSES[status] for status in sorted(command.statuses)]
    now = found.put(now_s, "bigint") if any("{now}" in text for text in texts) else ""
    found.texts.append(f"({' OR '.join(text.format(now=now) for text in texts)})")


def _people(found: Conditions, command: ListBookings) -> None:
    someone = "EXISTS (SELECT 1 FROM attendees a WHERE a.booking_id = b.id AND lower(a.{}) = {{}})"
    email, name = command.attendee_email, command.attendee_name
    found.add(someone.format("email"), email.strip().lower() if email else None, "text")
    found.add(someone.format("name"), name.strip().lower() if name else None, "text")


def _dates(found: Conditions, command: ListBookings) -> None:
    found.add("b.start_s >= {}", _seconds(command.after_start), "bigint")
    found.add("b.end_s <= {}", _seconds(command.before_end), "bigint")
    found.add("b.created_at >= {}", command.after_created, "timestamptz")
    found.add("b.created_at <= {}", command.before_created, "timestamptz")
    found.add("b.updated_at >= {}", command.after_updated, "timestamptz")
    found.add("b.updated_at <= {}", command.before_updated, "timestamptz")
    found.add("b.updated_at >= {}", command.updated_since, "timestamptz")


def _seconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())


def order_of(command: ListBookings) -> tuple[BookingSort, bool]:
    """What the list is sorted by, and whether downwards: a lone past or cancelled list is, by default (LC-27)."""
    if command.sort is not None:
        return command.sort, command.descending
    backwards = ({BookingListStatus.PAST}, {BookingListStatus.CANCELLED})
    return BookingSort.START, command.statuses in backwards


def page_of(found: Conditions, command: ListBookings) -> str:
    """The rest of the statement for one page and one row more, which tells whether another page follows.

    The page is found by itself: what belongs to a booking is looked up for those that are shown only.
    """
    sort, descending = order_of(command)
    column = _COLUMNS[sort]
    for key, onwards in ((command.after, True), (command.before, False)):
        if key is not None:
            sign = ">" if onwards is not descending else "<"
            value, number = _key(found, sort, key)
            found.texts.append(f"({column}, b.id) {sign} ({value}, {number})")
    direction = "DESC" if descending is not command.backward else "ASC"
    limit = found.put(command.limit + 1, "int")
    offset = f" OFFSET {found.put(command.skip, 'int')}" if command.skip else ""
    order = f"ORDER BY {column} {direction}, b.id {direction}"
    # By an expression no index is sorted by: a plan made while there were few bookings would go through all of
    # everybody's in this order, and look each of them up among the caller's.
    by = f"ORDER BY coalesce({column}, {column}) {direction}, b.id {direction}"
    page = f"SELECT b.id FROM bookings b WHERE {found.where} {by} LIMIT {limit}{offset}"
    return f"WHERE b.id IN ({page}) {order}"


def _key(found: Conditions, sort: BookingSort, key: PageKey) -> tuple[str, str]:
    if sort in {BookingSort.CREATED, BookingSort.UPDATED}:
        return found.put(from_us(key.value), "timestamptz"), found.put(key.id, "int")
    return found.put(key.value, "bigint"), found.put(key.id, "int")
