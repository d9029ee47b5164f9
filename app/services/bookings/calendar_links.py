"""Links that add a booking to somebody's calendar (EM-5)."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum, unique
from typing import Final
from urllib.parse import quote, urlencode
from uuid import uuid4
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from app.context import RequestContext
from app.db import raw
from app.domain.recurrence import recurrence_from_json
from app.domain.transitions import LIVE_STATUSES
from app.errors import InvalidStateError, NotFoundError
from app.services.bookings.loading import load_views
from app.services.bookings.repetition import Repetition, repetition
from app.services.bookings.views import BookingView

_GOOGLE: Final = "https://calendar.google.com/calendar/r/eventedit"
_OFFICE: Final = "https://outlook.office.com/calendar/0/deeplink/compose"
_OUTLOOK: Final = "https://outlook.live.com/calendar/0/deeplink/compose"
_PRODUCT: Final = "calcom/ics"

_RECURRENCE = """
SELECT e.recurrence, a.time_zone FROM event_types e, attendees a
 WHERE e.id = $1::int AND a.booking_id = $2::int AND a.kind = 'BOOKER' ORDER BY a.position LIMIT 1
"""
# The occurrences that there still are, this one included: a link must not add those that are past or gone.
_REST = """
SELECT start_s FROM bookings WHERE recurring_uid = $1 AND start_s >= $2::bigint
   AND status NOT IN ('CANCELLED', 'REJECTED') ORDER BY start_s
"""


@unique
class CalendarLinkKind(StrEnum):
    """Which calendar a link is for."""

    GOOGLE_CALENDAR = "googleCalendar"
    MICROSOFT_OFFICE = "microsoftOffice"
    MICROSOFT_OUTLOOK = "microsoftOutlook"
    ICS = "ics"


@dataclass(frozen=True, slots=True)
class CalendarLink:
    """One link with the name that people know the calendar by."""

    id: CalendarLinkKind
    label: str
    link: str


@dataclass(frozen=True, slots=True)
class CalendarLinksOf:
    """The booking with this uid."""

    uid: str


async def calendar_links(ctx: RequestContext, command: CalendarLinksOf) -> tuple[CalendarLink, ...]:
    """Links to Google, Office, Outlook and an ICS file, in this order (EM-5); for signed-in callers.

    Raises UnauthenticatedError, NotFoundError, InvalidStateError (400) when the event type is gone.
    """
    ctx.require_user()
    found = await load_views(ctx.actor, "WHERE b.uid = $3::text", command.uid)
    if not found:
        raise NotFoundError(f"Booking with uid {command.uid} not found", path=("uid",))
    booking = found[0]
    if booking.event_type_id is None:
        raise InvalidStateError(f"Booking with uid {command.uid} has no event type", path=("uid",))
    return links_of(booking, await _rest(booking), ctx.now())


def links_of(booking: BookingView, series: Repetition, now: datetime) -> tuple[CalendarLink, ...]:
    """The links of a booking; `series` is what is left of its series, `now` stamps the file."""
    kind = CalendarLinkKind
    return (
        CalendarLink(kind.GOOGLE_CALENDAR, "Google Calendar", _google(booking, series)),
        CalendarLink(kind.MICROSOFT_OFFICE, "Microsoft Office", _microsoft(_OFFICE, booking)),
        CalendarLink(kind.MICROSOFT_OUTLOOK, "Microsoft Outlook", _microsoft(_OUTLOOK, booking)),
        CalendarLink(kind.ICS, "ICS", f"data:text/calendar,{quote(_file(booking, series, now), safe='')}"),
    )


async def _rest(booking: BookingView) -> Repetition:
    alone = Repetition((booking.start_s,))
    if booking.recurring_uid is None or booking.booking_status not in LIVE_STATUSES:
        return alone
    row = await raw.row(_RECURRENCE, booking.event_type_id, booking.id)
    if row is None:
        return alone
    starts = tuple(each["start_s"] for each in await raw.rows(_REST, booking.recurring_uid, booking.start_s))
    return repetition(starts, recurrence_from_json(raw.loads(row["recurrence"])), ZoneInfo(row["time_zone"]))


def _place(booking: BookingView) -> str | None:
    """A link or place; the internal name of an app says nothing to a calendar."""
    if booking.meeting_url:
        return booking.meeting_url
    return None if (booking.location or "").startswith("integrations:") else booking.location or None


def _google(booking: BookingView, series: Repetition) -> str:
    """No parameter lists dates, so where no rule gives the rest of a series, this is the occurrence alone."""
    in_utc = not isinstance(series.zone, ZoneInfo)
    form = "%Y%m%dT%H%M%SZ" if in_utc else "%Y%m%dT%H%M%S"
    dates = "/".join(each.astimezone(series.zone).strftime(form) for each in (booking.start, booking.end))
    values = {"dates": dates, "text": booking.title, "details": booking.description or ""}
    if place := _place(booking):
        values["location"] = place
    if series.rule is not None:
        values["recur"] = f"RRULE:{series.rule}"
    if not in_utc:
        values["ctz"] = str(series.zone)
    return f"{_GOOGLE}?{urlencode(values)}"


def _microsoft(base: str, booking: BookingView) -> str:
    values = {
        "body": booking.description or "",
        "enddt": _iso(booking.end),
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "startdt": _iso(booking.start),
        "subject": booking.title,
    }
    if place := _place(booking):
        values["location"] = place
    return f"{base}?{urlencode(values, quote_via=quote)}"  # Outlook shows a `+` as it is


def _file(booking: BookingView, series: Repetition, now: datetime) -> bytes:
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("prodid", _PRODUCT)
    calendar.add("method", "PUBLISH")
    event = Event()
    event.add("uid", str(uuid4()))
    event.add("summary", booking.title)
    event.add("dtstamp", now.astimezone(UTC).replace(microsecond=0))
    zone = series.write(event)
    event.add("duration", booking.end - booking.start)
    if booking.description:
        event.add("description", booking.description)
    if place := _place(booking):
        event.add("location", place)
    if zone is not None:
        calendar.add_component(zone)
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
