"""What a schedule may hold (AV-3 to AV-5)."""

from collections.abc import Sequence

from app.errors import FieldFault, InvalidInputError
from app.services.schedules.views import Hours, Override

DAY = 24 * 60
MAX_ROWS = 100
MAX_OVERRIDES = 1000


def check_hours(rows: Sequence[Hours]) -> None:
    """Weekly rows: known days, times in order. Raises InvalidInputError naming each wrong row."""
    if len(rows) > MAX_ROWS:
        raise InvalidInputError.at("availability", f"At most {MAX_ROWS} rows.", "length")
    faults = [fault for index, row in enumerate(rows) if (fault := _hours_fault(index, row))]
    if faults:
        raise InvalidInputError(faults[0].message, faults)


def check_overrides(overrides: Sequence[Override]) -> None:
    """Date rows: times in order, equal times allowed (AV-5). Raises InvalidInputError naming each wrong one."""
    if len(overrides) > MAX_OVERRIDES:
        raise InvalidInputError.at("overrides", f"At most {MAX_OVERRIDES} overrides.", "length")
    faults = [
        FieldFault(("overrides", str(index), "endTime"), "endTime must not be before startTime.", "order")
        for index, item in enumerate(overrides)
        if not 0 <= item.start <= item.end <= DAY
    ]
    if faults:
        raise InvalidInputError(faults[0].message, faults)


def _hours_fault(index: int, row: Hours) -> FieldFault | None:
    if not row.days or not all(0 <= day <= 6 for day in row.days):
        return FieldFault(("availability", str(index), "days"), "At least one week day is needed.", "days")
    if not 0 <= row.start < row.end <= DAY:
        # AV-4 Do: refuse what would silently yield nothing.
        return FieldFault(("availability", str(index), "endTime"), "endTime must be after startTime.", "order")
    return None
