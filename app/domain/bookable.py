"""Deciding on one start, on the grid or not (BK-12)."""

from app.domain.facts import SlotQuery
from app.domain.outcomes import Bookable, Refusal


def check_start(query: SlotQuery, start_s: int, length_minutes: int, *, against_holds: bool = False) -> Bookable | Refusal:
    """Say who is free for `[start_s, start_s + length)`, or why it cannot be booked.

    Bookings ignore reservations (RS-7); taking a reservation does not: pass `against_holds` for it (RS-3).
    """
    raise NotImplementedError
