"""What the core refuses, as errors that callers can branch on (BK-10)."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Final, NoReturn

from app.domain.booking_answers import AnswerFault
from app.domain.denials import Denial, DenialCode
from app.domain.enums import LimitPeriod
from app.domain.facts import EventTypeRules, Span
from app.domain.faults import Fault
from app.domain.outcomes import Refusal, RuleCode, RuleOutcome
from app.errors import (
    AlreadySignedUpError,
    FieldFault,
    HostUnavailableError,
    InvalidInputError,
    InvalidStateError,
    LimitReachedError,
    NotFoundError,
    PolicyViolationError,
    SeatsFullError,
    SlotgraphError,
    SlotUnavailableError,
    UnauthenticatedError,
    UnavailableReason,
)

PERSON_UNAVAILABLE: Final = "User either already has booking at this time or is not available"
TEAM_UNAVAILABLE: Final = "One of the hosts either already has booking at this time or is not available"
OUT_OF_BOUNDS: Final = 'The event type can\'t be booked at the "start" time provided.'
IN_THE_PAST: Final = "Attempting to book a meeting in the past."
NO_SEATS: Final = "No more seats left at this seated booking."

FOR_EVER: Final = 100_000_000_000  # the year 5138, beyond any date a booking can have
_DAY: Final = 86_400
_POLICIES: Final = {
    RuleCode.IN_THE_PAST: (IN_THE_PAST, "past"),
    RuleCode.NOTICE_TOO_SHORT: (
        f"{OUT_OF_BOUNDS} This could be because it is too soon (violating minimum booking notice).",
        "minimum_notice",
    ),
    RuleCode.OUTSIDE_BOOKING_WINDOW: (
        f"{OUT_OF_BOUNDS} This could be because it is outside of the event's booking window.",
        "booking_window",
    ),
}
_INVALID_STATES: Final = frozenset(
    {
        DenialCode.CANCELLED_CANNOT_BE_RESCHEDULED,
        DenialCode.ALREADY_RESCHEDULED,
        DenialCode.ALREADY_CANCELLED,
        DenialCode.ALREADY_REJECTED,
        DenialCode.ALREADY_ACCEPTED,
        DenialCode.NOT_PENDING,
        DenialCode.OWNER_MISSING,
        DenialCode.NOT_STARTED,
    }
)
_DENIED_POLICIES: Final = {
    DenialCode.RESCHEDULING_DISABLED: ("rescheduling_disabled", "LC-10"),
    DenialCode.PAST_BOOKING: ("past_booking", "LC-10"),
    DenialCode.CANCELLING_DISABLED: ("cancelling_disabled", "LC-14"),
}
_FIELDS: Final = {
    DenialCode.LENGTH_NOT_SELECTABLE: "lengthInMinutes",
    DenialCode.LENGTH_NOT_OFFERED: "lengthInMinutes",
    DenialCode.LOCATION_NOT_OFFERED: "location",
    DenialCode.NOT_RECURRING: "recurrenceCount",
    DenialCode.RECURRENCE_COUNT_TOO_HIGH: "recurrenceCount",
    DenialCode.RECURRENCE_COUNT_TOO_LOW: "recurrenceCount",
    DenialCode.REASON_REQUIRED: "reason",
    DenialCode.SERIES_UID_WITH_FOLLOWING: "scope",
    DenialCode.NOT_PART_OF_SERIES: "scope",
    DenialCode.SEATS_WITH_RECURRENCE: "eventType",
}


def error_of_denial(denial: Denial, *, seat_missing_is_input: bool = False) -> SlotgraphError:
    """The error for a rule that forbids an operation; `seat_missing_is_input` for cancelling a seat (LC-18)."""
    code = denial.code
    if code is DenialCode.ORIGINAL_NOT_FOUND or (code is DenialCode.SEAT_NOT_FOUND and not seat_missing_is_input):
        return NotFoundError(denial.message)
    if code in {DenialCode.SEAT_NOT_FOUND, DenialCode.SEAT_OF_OTHER_BOOKING}:
        return InvalidInputError.at("seatUid", denial.message, code.value)
    if code in _INVALID_STATES:
        return InvalidStateError(denial.message)
    if code in _DENIED_POLICIES:
        policy, rule = _DENIED_POLICIES[code]
        return PolicyViolationError(denial.message, policy=policy, rule=rule)
    if code in {DenialCode.NO_SEATS_LEFT, DenialCode.NOT_ENOUGH_SEATS}:
        return SeatsFullError(denial.message)
    if code is DenialCode.ALREADY_SIGNED_UP:
        return AlreadySignedUpError(denial.message)
    if code is DenialCode.NOT_A_HOST:
        return UnauthenticatedError(denial.message)
    return InvalidInputError.at(_FIELDS.get(code, "uid"), denial.message, code.value)


def deny(denial: Denial | None, *, seat_missing_is_input: bool = False) -> None:
    """Raise the error of a denial, if there is one."""
    if denial is not None:
        raise error_of_denial(denial, seat_missing_is_input=seat_missing_is_input)


def refuse_faults(faults: Iterable[Fault]) -> None:
    """Raise InvalidInputError when the core found faults in an input."""
    found = [FieldFault(tuple(fault.field.split(".")), fault.reason) for fault in faults]
    if found:
        raise InvalidInputError(found[0].message, found)


def refuse_answers(faults: Iterable[AnswerFault]) -> NoReturn:
    """Raise InvalidInputError for wrong answers to booking fields, worded as documented (BK-31)."""
    found = [FieldFault(("bookingFieldsResponses", fault.slug), fault.message, fault.code) for fault in faults]
    raise InvalidInputError(", ".join(fault.message for fault in found), found)


def policy_error(refusal: Refusal) -> PolicyViolationError:
    """The error for a start in the past, too soon or outside the booking window (BK-10)."""
    message, policy = _POLICIES[refusal.code]
    return PolicyViolationError(message, policy=policy, rule=refusal.rule_ids[0], path=("start",))


def is_policy(refusal: Refusal) -> bool:
    """Whether the time itself is refused, whoever the hosts are (BK-11 step 8)."""
    return refusal.code in _POLICIES


def limit_error(refusal: Refusal, rules: EventTypeRules) -> LimitReachedError:
    """The error for a used-up limit, saying when it frees (BT-22)."""
    outcome = next((o for o in refusal.hosts.values() if o.code is refusal.code), None)
    span = outcome.span if outcome is not None else None
    counts = refusal.code is RuleCode.BOOKING_LIMIT_REACHED
    limits = dict(rules.count_limits if counts else rules.duration_limits)
    period = _period_of(span, limits)
    frees_at = datetime.fromtimestamp(span[1], UTC) if span else None
    return LimitReachedError(refusal.code.value, period=period.value, limit=limits.get(period, 0), frees_at=frees_at)


def _period_of(span: tuple[int, int] | None, limits: Mapping[LimitPeriod, int]) -> LimitPeriod:
    if span is None:
        return next(iter(limits), LimitPeriod.DAY)
    days = (span[1] - span[0]) / _DAY
    bounds = ((LimitPeriod.DAY, 2), (LimitPeriod.WEEK, 8), (LimitPeriod.MONTH, 32))
    return next((period for period, most in bounds if days < most), LimitPeriod.YEAR)


def is_limit(refusal: Refusal) -> bool:
    """Whether a limit of the event type is used up."""
    return refusal.code in {RuleCode.BOOKING_LIMIT_REACHED, RuleCode.DURATION_LIMIT_REACHED}


def reasons_of(outcomes: Iterable[RuleOutcome], *, insider: bool = True) -> tuple[UnavailableReason, ...]:
    """The rules that remove a start, for the error; listing rules do not count.

    An outsider reads which rules, each once, and neither whose nor what else is in their calendar.
    """
    removing = (outcome for outcome in outcomes if not outcome.allows and not outcome.listing_only)
    reasons = (_reason(outcome, outcome.span if insider else None, insider=insider) for outcome in removing)
    return tuple(dict.fromkeys(reasons))


def _reason(outcome: RuleOutcome, span: Span | None, *, insider: bool) -> UnavailableReason:
    starts_at, ends_at = (_bound(second) for second in span or (FOR_EVER, FOR_EVER))
    return UnavailableReason(
        rule=outcome.rule_id,
        code=outcome.code.value,
        message=outcome.detail,
        host_id=outcome.host_id if insider else None,
        starts_at=starts_at,
        ends_at=ends_at,
    )


def _bound(second: int) -> datetime | None:
    """The instant; None for a bound beyond the years a date can name."""
    return datetime.fromtimestamp(second, UTC) if abs(second) < FOR_EVER else None


def unavailable_class(refusal: Refusal | None) -> type[SlotUnavailableError]:
    """A fixed host who is not free has an error of its own (TM-13)."""
    fixed = refusal is not None and refusal.code is RuleCode.FIXED_HOST_UNAVAILABLE
    return HostUnavailableError if fixed else SlotUnavailableError


def unavailable_message(*, team: bool) -> str:
    """The documented text, which differs for personal and team event types (BK-10)."""
    return TEAM_UNAVAILABLE if team else PERSON_UNAVAILABLE
