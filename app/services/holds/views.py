"""What hold operations answer and refuse."""

from dataclasses import dataclass

from app.errors import SeatsFullError, SlotUnavailableError


@dataclass(frozen=True, slots=True)
class HoldView:
    """A hold; times are epoch seconds (UTC), `hold_minutes` is its whole life (RS-9)."""

    uid: str
    event_type_id: int
    start_s: int
    end_s: int
    expires_s: int
    hold_minutes: int
    host_ids: tuple[int, ...]
    is_seat: bool
    created_by_id: int | None

    @property
    def length_minutes(self) -> int:
        """How long the slot is."""
        return (self.end_s - self.start_s) // 60


class HoldUnavailableError(SlotUnavailableError):
    """The slot cannot be kept: it is booked, held by somebody else or outside of availability (RS-2, RS-3)."""

    status = 422


class HoldSeatsFullError(SeatsFullError):
    """No seat is left to keep at this start (RS-2)."""

    status = 422
