"""Instants and clocks as webhook bodies write them (WH-5, WH-12)."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from app.domain.zones import offset_at


def seconds_text(epoch_s: int) -> str:
    """An instant to the second: `2026-05-04T07:00:00Z`, on every path (WH-12)."""
    return datetime.fromtimestamp(epoch_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def instant_text(instant: datetime | str) -> str:
    """As `seconds_text`, of an instant or its ISO text."""
    moment = datetime.fromisoformat(instant) if isinstance(instant, str) else instant
    return seconds_text(int(moment.timestamp()))


def created_text(instant: datetime) -> str:
    """An instant to the millisecond, as JavaScript writes it: `2026-05-01T09:30:00.538Z`."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def utc_offset(zone: str, epoch_s: int) -> int:
    """Minutes that the clocks of a zone are east of UTC at that instant (WH-5)."""
    return offset_at(ZoneInfo(zone), epoch_s) // 60


def clock_format(time_format: int) -> str:
    """How the organizer reads clock times."""
    return "HH:mm" if time_format == 24 else "h:mma"


def from_epoch(epoch_s: int) -> datetime:
    """Epoch seconds as an aware instant (UTC)."""
    return datetime.fromtimestamp(epoch_s, UTC)
