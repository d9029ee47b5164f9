"""Bodies and queries of the old shape; what is not known is ignored, as its clients rely on."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, RootModel

from app.domain.languages import DEFAULT_LANGUAGE, is_language
from app.rest.v2.bookings_inputs import Instant
from app.rest.v2.constraints import ARRAY, OBJECT, STRING, Constraint, Told
from app.rest.v2.inputs import Body, Email, Int, Query, QueryInts, QuerySkip, QueryTake, TimeZone
from app.rest.v2.validation import wrong
from app.services.bookings.queries import BookingListStatus
from app.services.slots.refs import EventTypeRef

DEFAULT_LIMIT = 10
_APART = frozenset({"name", "email", "guests", "rescheduleReason"})
"""Answers that are not booking fields here: they have places of their own."""


def _responses(value: Any) -> Any:
    if not isinstance(value, Mapping):
        raise wrong(OBJECT)
    for name in ("email", "attendeePhoneNumber", "rescheduleReason"):
        if not isinstance(value.get(name), str | None):
            raise wrong(Constraint(STRING.name, STRING.about(name)))
    guests = value.get("guests")
    if guests is not None and not (isinstance(guests, list) and all(isinstance(guest, str) for guest in guests)):
        raise wrong(Constraint(ARRAY.name, "guests must be an array of strings"))
    return dict(value)


class BookingInput(Body):
    """A wish to book, or with `rescheduleUid` to move a booking."""

    start: Instant
    end: Instant | None = None
    event_type_id: Int | None = None
    event_type_slug: str | None = None
    user: Annotated[str | list[str], Told((STRING,))] | None = None
    time_zone: TimeZone
    language: str | None = None
    responses: Annotated[dict[str, Any], BeforeValidator(_responses), Told((OBJECT,))]
    metadata: dict[str, Any] | None = None
    reschedule_uid: str | None = None
    rescheduled_by: str | None = None
    booking_uid: str | None = None
    seat_reference_uid: str | None = None
    location_url: str | None = None
    org_slug: str | None = None
    is_dry_run: Annotated[bool | None, Field(alias="_isDryRun")] = None

    @property
    def event_type(self) -> EventTypeRef:
        """What to book: an id, a person's slug, or a group of people, for whom clients send the id 0 (TM-24)."""
        names = self.user.split("+") if isinstance(self.user, str) else self.user or []
        if self.event_type_id:
            return EventTypeRef(id=self.event_type_id)
        organization = self.org_slug or None
        if len(names) > 1:
            return EventTypeRef(usernames=tuple(names), organization_slug=organization)
        return EventTypeRef(
            slug=self.event_type_slug, username=names[0] if names else None, organization_slug=organization
        )

    @property
    def name(self) -> str:
        """Of whom books; some send its two parts."""
        given = self.responses.get("name")
        if isinstance(given, Mapping):
            return " ".join(str(given[part]) for part in ("firstName", "lastName") if given.get(part))
        return given if isinstance(given, str) else ""

    @property
    def known_language(self) -> str:
        """The booker's language, if mails are written in it."""
        return self.language if self.language and is_language(self.language) else DEFAULT_LANGUAGE

    @property
    def answers(self) -> dict[str, Any]:
        """Answers to booking fields by slug."""
        return {slug: value for slug, value in self.responses.items() if slug not in _APART and value is not None}


class RecurringInput(RootModel[list[BookingInput]]):
    """Every occurrence of a series; the first one counts, the others follow from the event type."""

    root: Annotated[list[BookingInput], Field(min_length=1)]


class CancelInput(Body):
    """What to cancel, and why."""

    cancellation_reason: str | None = None
    all_remaining_bookings: bool | None = None
    seat_reference_uid: str | None = None


class NoShowAttendee(Body):
    """Whether an attendee was absent."""

    email: Email
    no_show: bool


class NoShowInput(Body):
    """Who did not come."""

    no_show_host: bool | None = None
    attendees: list[NoShowAttendee] | None = None


class Filters(Query):
    """Which bookings."""

    status: BookingListStatus | None = None
    event_type_ids: QueryInts | None = None
    team_ids: QueryInts | None = None


class BookingsQuery(Query):
    """A page; `cursor` is how many bookings come before it."""

    filters: Filters = Filters()
    limit: QueryTake = DEFAULT_LIMIT
    cursor: QuerySkip = 0
