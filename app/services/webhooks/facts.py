"""What messages about bookings are made of, read for many bookings by a fixed number of statements."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from app.context import Actor
from app.db import raw
from app.domain.booking_fields import BookingField, fields_from_json
from app.domain.default_fields import complete_form
from app.services.bookings.loading import load_views
from app.services.bookings.views import BookingView

_EVERYTHING = Actor(is_admin=True)
_MORE = """
SELECT b.id, u.time_format, u.locale, e.description, e.price, e.currency, e.requires_confirmation,
       e.seats_show_availability, e.recurrence, e.booking_fields, e.destination_calendar, e.hide_calendar_notes,
       e.hide_calendar_details, e.custom_reply_to_email, t.id AS team_id, t.name AS team_name
  FROM bookings b LEFT JOIN event_types e ON e.id = b.event_type_id
       LEFT JOIN event_types p ON p.id = e.parent_id
       LEFT JOIN teams t ON t.id = coalesce(e.team_id, p.team_id, b.team_id)
       LEFT JOIN users u ON u.id = b.user_id
 WHERE b.id = ANY($1::int[])
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingFacts:
    """A booking with every seat, and what its organizer, event type and team add; without them the defaults."""

    view: BookingView
    time_format: int = 12
    locale: str = "en"
    description: str | None = None
    price: int = 0
    currency: str = "usd"
    requires_confirmation: bool = False
    shows_seat_count: bool = True
    recurrence: Mapping[str, Any] | None = None
    form: tuple[BookingField, ...] = ()
    destination_calendar: Mapping[str, Any] | None = None
    hides_notes: bool = False
    hides_details: bool = False
    reply_to: str | None = None
    team_id: int | None = None
    team_name: str | None = None


async def load_facts(booking_ids: Collection[int]) -> dict[int, BookingFacts]:
    """The facts of these bookings by id; those that are gone are missing."""
    ids = sorted(set(booking_ids))
    if not ids:
        return {}
    views = await load_views(_EVERYTHING, "WHERE b.id = ANY($3::int[])", ids, whole=True)
    more = {row["id"]: row for row in await raw.rows(_MORE, ids)}
    return {view.id: _facts(view, more[view.id]) for view in views if view.id in more}


def _facts(view: BookingView, row: Any) -> BookingFacts:
    return BookingFacts(
        view=view,
        time_format=row["time_format"] or 12,
        locale=row["locale"] or "en",
        description=row["description"],
        price=row["price"] or 0,
        currency=row["currency"] or "usd",
        requires_confirmation=bool(row["requires_confirmation"]),
        shows_seat_count=row["seats_show_availability"] is None or bool(row["seats_show_availability"]),
        recurrence=raw.loads(row["recurrence"]),
        form=complete_form(fields_from_json(raw.loads(row["booking_fields"]) or [])),
        destination_calendar=raw.loads(row["destination_calendar"]),
        hides_notes=bool(row["hide_calendar_notes"]),
        hides_details=bool(row["hide_calendar_details"]),
        reply_to=row["custom_reply_to_email"],
        team_id=row["team_id"],
        team_name=row["team_name"],
    )
