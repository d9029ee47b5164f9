"""Why a start is offered or not, from the very functions that decide it."""

from app.domain.bookable import time_outcomes
from app.domain.facts import HostFacts, SeatFacts, SlotQuery
from app.domain.host_check import HostCheck, taken_seats
from app.domain.hosts import split_hosts
from app.domain.occupancy import is_full
from app.domain.outcomes import RuleCode, RuleOutcome
from app.domain.slots import first_of_dates, open_starts


def explain_start(query: SlotQuery, start_s: int, host_id: int | None = None) -> list[RuleOutcome]:
    """Every rule that speaks about this start, in the order of deciding; all hosts, or only `host_id`.

    The start can be booked when no rule refuses it that is not `listing_only`: for a round robin, none of the
    event type's, of the fixed hosts' and of at least one other host's. Whether it lies on the grid is said of the
    query's window.
    """
    outcomes = list(time_outcomes(query, start_s))
    hosts = tuple(host for host in query.hosts if host_id in (None, host.user_id))
    seat: SeatFacts | None = None
    if query.rules.seats_per_slot:
        seat, taken = taken_seats(query, start_s, with_holds=False)
        outcomes.append(_seats_outcome(query, taken))
    if not any(split_hosts(query.rules, hosts)):
        outcomes.append(RuleOutcome("BK-13", RuleCode.NO_HOSTS, False, "Nobody hosts this event type."))
    outcomes += _host_outcomes(query, start_s, hosts, seat)
    return outcomes + _grid_outcomes(query, start_s)


def _host_outcomes(
    query: SlotQuery, start_s: int, hosts: tuple[HostFacts, ...], seat: SeatFacts | None
) -> list[RuleOutcome]:
    if seat is None:
        check = HostCheck(query, start_s, start_s + query.length_minutes * 60)
        return [outcome for host in hosts for outcome in check.outcomes(host)]
    # BK-35: a start that joins a seated booking is not asked about its hosts' availability, only about limits.
    check = HostCheck(query, seat.start_s, seat.end_s)
    joined = [host for host in hosts if host.user_id in seat.host_ids]
    return [outcome for host in joined for outcome in check.limit_outcomes(host)]


def _seats_outcome(query: SlotQuery, taken: int) -> RuleOutcome:
    detail = f"{taken} of {query.rules.seats_per_slot} seats taken."
    return RuleOutcome("BT-13", RuleCode.SEATS_FULL, not is_full(query.rules, taken), detail)


def _grid_outcomes(query: SlotQuery, start_s: int) -> list[RuleOutcome]:
    """Whether the start is among those laid out, and the one shown of its date."""
    starts = open_starts(query, (query.start_s, query.end_s))
    listed = start_s in starts
    detail = "Lies on the grid of free starts." if listed else "Is not among the starts laid over the free time."
    outcomes = [RuleOutcome("SL-5", RuleCode.OFF_GRID, listed, detail, listing_only=True)]
    if query.rules.first_slot_only:
        first = start_s in first_of_dates(starts, query.booker_zone)
        detail = "Only the first slot of a date is listed."
        outcomes.append(RuleOutcome("SL-12", RuleCode.NOT_FIRST_OF_DAY, first, detail, listing_only=True))
    return outcomes
