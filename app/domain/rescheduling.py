"""The plan of a reschedule: what the successor booking keeps and what changes (LC-1 to LC-8, BK-20, BK-21)."""

from dataclasses import dataclass

from app.domain.confirmation import ConfirmationPolicy, StatusRequest, first_status
from app.domain.denials import Denial
from app.domain.enums import BookingStatus, SchedulingType
from app.domain.transitions import RescheduleFacts, check_reschedule


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginalBooking:
    """The booking to be moved; times are epoch seconds, `standing` is what LC-3 and LC-10 look at."""

    standing: RescheduleFacts
    start: int
    end: int
    organizer_id: int | None
    title: str
    ical_uid: str
    ical_sequence: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RescheduleRequest:
    """A wish to move a booking to `new_start` (epoch seconds), with the event type's rules.

    `by_organizer`: the authenticated caller is the original's organizer (LC-5). `price` is 0 when already paid.
    """

    original: OriginalBooking
    new_start: int
    policy: ConfirmationPolicy
    scheduling_type: SchedulingType | None = None
    same_round_robin_host: bool = False
    price: int = 0
    free_mail_booker: bool = False
    by_organizer: bool = False


@dataclass(frozen=True, slots=True)
class ReschedulePlan:
    """What the successor will be; `required_host_id` None leaves the choice of the host free."""

    start: int
    end: int
    status: BookingStatus
    required_host_id: int | None


@dataclass(frozen=True, slots=True)
class SuccessorIdentity:
    """Title and calendar identity of the successor; None asks the caller to make a new one."""

    title: str | None
    ical_uid: str | None
    ical_sequence: int


def plan_reschedule(request: RescheduleRequest) -> ReschedulePlan | Denial:
    """Plan the successor: own length kept (LC-4), status by the policy (LC-6), host by the event type (LC-8).

    Availability, notice and window of the new time are checked by the caller with the original ignored (LC-7, BT-5).
    """
    denial = check_reschedule(request.original.standing)
    if denial is not None:
        return denial
    length = request.original.end - request.original.start
    return ReschedulePlan(
        start=request.new_start,
        end=request.new_start + length,
        status=_successor_status(request),
        required_host_id=_required_host(request),
    )


def successor_identity(original: OriginalBooking, organizer_id: int) -> SuccessorIdentity:
    """Keep title and calendar event unless the organizer changes; the sequence grows by one (BK-20, BK-21, LC-8)."""
    if organizer_id == original.organizer_id:
        return SuccessorIdentity(original.title, original.ical_uid, original.ical_sequence + 1)
    return SuccessorIdentity(title=None, ical_uid=None, ical_sequence=0)


def _successor_status(request: RescheduleRequest) -> BookingStatus:
    return first_status(
        StatusRequest(
            policy=request.policy,
            start=request.new_start,
            now=request.original.standing.now,
            price=request.price,
            free_mail_booker=request.free_mail_booker,
            by_organizer=request.by_organizer,
        )
    )


def _required_host(request: RescheduleRequest) -> int | None:
    if request.scheduling_type is SchedulingType.ROUND_ROBIN and not request.same_round_robin_host:
        return None
    return request.original.organizer_id
