"""Links that add a booking to somebody's calendar (EM-5)."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum, unique
from typing import Final
from urllib.parse import quote, urlencode
from uuid import uuid4

from icalendar import Calendar, Event, vRecur

from app.context import RequestContext
from app.db import raw
from app.domain.recurrence import recurrence_from_json, rrule
from app.errors import InvalidStateError, NotFoundError
from app.services.bookings.loading import load_views
from app.services.bookings.views import BookingView

_GOOGLE: Final = "https://calendar.google.com/calendar/r/eventedit"
_OFFICE: Final = "https://outlook.office.com/calendar/0/deeplink/compose"
_OUTLOOK: Final = "https://outlook.live.com/calendar/0/deeplink/compose"
_PRODUCT: Final = "calcom/ics"

# How many occurrences there still are, this one included: the link must not add those that are past or gone.
_SERIES = """
SELECT e.recurrence, (SELECT count(*) FROM bookings o WHERE o.recurring_uid = $2::text AND o.start_s >= $3::bigint
                         AND o.status NOT IN ('CANCELLED', 'REJECTED')) AS count
  FROM event_types e WHERE e.id = $1::int
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
    return links_of(booking, await _rule(booking), ctx.now())


def links_of(booking: BookingView, rule: str | None, now: datetime) -> tuple[CalendarLink, ...]:
    """The links of a booking; `rule` is the recurrence rule of the rest of its series, `now` stamps the file."""
    kind = CalendarLinkKind
    return (
        CalendarLink(kind.GOOGLE_CALENDAR, "Google Calendar", _google(booking, rule)),
        CalendarLink(kind.MICROSOFT_OFFICE, "Microsoft Office", _microsoft(_OFFICE, booking)),
        CalendarLink(kind.MICROSOFT_OUTLOOK, "Microsoft Outlook", _microsoft(_OUTLOOK, booking)),
        CalendarLink(kind.ICS, "ICS", f"data:text/calendar,{quote(_file(booking, rule, now), safe='')}"),
    )


async def _rule(booking: BookingView) -> str | None:
    if booking.recurring_uid is None:
        return None
    row = await raw.row(_SERIES, booking.event_type_id, booking.recurring_uid, booking.start_s)
    recurrence = recurrence_from_json(raw.loads(row["recurrence"])) if row is not None else None
    return rrule(recurrence, row["count"]) if row is not None and recurrence and row["count"] > 1 else None


def _place(booking: BookingView) -> str | None:
    """A link or place; the internal name of an app says nothing to a calendar."""
    if booking.meeting_url:
        return booking.meeting_url
    return None if (booking.location or "").startswith("integrations:") else booking.location or None


def _google(booking: BookingView, rule: str | None) -> str:
    dates = "/".join(each.strftime("%Y%m%dT%H%M%SZ") for each in (booking.start, booking.end))
    values = {"dates": dates, "text": booking.title, "details": booking.description or ""}
    if place := _place(booking):
        values["location"] = place
    if rule is not None:
        values["recur"] = f"RRULE:{rule}"
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


def _file(booking: BookingView, rule: str | None, now: datetime) -> bytes:
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("prodid", _PRODUCT)
    calendar.add("method", "PUBLISH")
    event = Event()
    event.add("uid", str(uuid4()))
    event.add("summary", booking.title)
    event.add("dtstamp", now.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", booking.start)
    event.add("duration", booking.end - booking.start)
    if booking.description:
        event.add("description", booking.description)
    if place := _place(booking):
        event.add("location", place)
    if rule is not None:
        event.add("rrule", vRecur.from_ical(rule))
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
