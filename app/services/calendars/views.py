"""What operations on calendars answer."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CalendarView:
    """One calendar of a connection; `problems` are series of a feed that could not be read."""

    credential_id: int
    integration: str
    external_id: str
    name: str
    read_only: bool
    is_selected: bool
    error: str | None
    problems: tuple[str, ...]
    fetched_at: datetime | None


@dataclass(frozen=True, slots=True)
class ConnectionView:
    """Access to another system with its calendars."""

    id: int
    type: str
    app_slug: str
    user_id: int
    team_id: int | None
    invalid: bool
    calendars: tuple[CalendarView, ...]


@dataclass(frozen=True, slots=True)
class ChosenView:
    """A calendar that was selected, or that bookings are written into."""

    id: int
    user_id: int
    credential_id: int
    integration: str
    external_id: str


@dataclass(frozen=True, slots=True)
class ConnectedView:
    """Everything that is connected, and where bookings go."""

    connections: tuple[ConnectionView, ...]
    destination: ChosenView | None


@dataclass(frozen=True, slots=True)
class BusyView:
    """A stretch of time that is taken: epoch seconds, half open."""

    start_s: int
    end_s: int
    source: str
