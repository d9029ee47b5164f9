"""What the fronts see of days away."""

from dataclasses import dataclass
from datetime import date, datetime

from app.models import OutOfOffice

REASONS = ("unspecified", "vacation", "travel", "sick", "public_holiday")


@dataclass(frozen=True, slots=True)
class OutOfOfficeView:
    """An entry; the dates are calendar dates in the host's schedule zone, both inclusive (AV-22)."""

    id: int
    uuid: str
    user_id: int
    start_date: date
    end_date: date
    reason: str
    notes: str | None
    to_user_id: int | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, row: OutOfOffice) -> "OutOfOfficeView":
        """The view of a row."""
        return cls(**{name: getattr(row, name) for name in cls.__slots__})
