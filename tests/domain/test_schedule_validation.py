"""Hours of a schedule as the API gives them."""

from datetime import date
from typing import Any

import pytest

from app.domain.facts import DateOverride, WeeklyRow
from app.domain.faults import Fault
from app.domain.schedule_validation import (
    DAYS,
    day_names,
    days_mask,
    format_clock,
    parse_clock,
    parse_date,
    read_overrides,
    read_weekly_rows,
)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        pytest.param("00:00", 0, id="AV-3 first minute"),
        pytest.param("09:05", 545, id="AV-3 two digits"),
        pytest.param("23:59", 1439, id="AV-3 last minute"),
        pytest.param("24:00", None, id="AV-3 no 24:00"),
        pytest.param("9:05", None, id="AV-3 one digit"),
        pytest.param("09:60", None, id="AV-3 no minute 60"),
        pytest.param("09:05\n", None, id="AV-3 trailing newline"),
        pytest.param("٠٩:٠٥", None, id="AV-3 other digits"),
        pytest.param(905, None, id="AV-3 number"),
    ],
)
def test_clock(text: object, minutes: int | None) -> None:
    assert parse_clock(text) == minutes


def test_av_3_midnight_reads_back_as_it_was_given() -> None:
    assert (format_clock(0), format_clock(545), format_clock(1439), format_clock(1440)) == (
        "00:00",
        "09:05",
        "23:59",
        "23:59",
    )


@pytest.mark.parametrize(
    ("text", "day"),
    [("2026-05-04", date(2026, 5, 4)), ("2026-02-29", None), ("20260504", None), ("2026-5-4", None), (None, None)],
)
def test_date(text: object, day: date | None) -> None:
    assert parse_date(text) == day


def test_av_1_weekdays_are_bits_from_sunday() -> None:
    assert days_mask(["Sunday"]) == 1
    assert days_mask(["Saturday", "Monday", "Monday"]) == 0b1000010
    assert days_mask([]) is None
    assert days_mask(["Someday"]) is None
    assert day_names(0b1111111) == DAYS


def row(start: str, end: str, *days: str) -> dict[str, Any]:
    return {"days": list(days or ("Monday",)), "startTime": start, "endTime": end}


def test_overlapping_and_touching_rows_are_allowed() -> None:
    rows = read_weekly_rows([row("09:00", "12:00"), row("12:00", "17:00"), row("11:00", "13:00")])

    assert rows == [WeeklyRow(2, 540, 720), WeeklyRow(2, 720, 1020), WeeklyRow(2, 660, 780)]


LATE = "endTime must be after startTime"


@pytest.mark.parametrize(
    ("given_row", "faults"),
    [
        pytest.param(row("17:00", "09:00"), [Fault("availability.0.endTime", LATE)], id="AV-4 Do: end before start"),
        pytest.param(row("09:00", "09:00"), [Fault("availability.0.endTime", LATE)], id="AV-4 AV-5 Do: empty row"),
        pytest.param(
            row("9", "24:00", "Someday"),
            [
                Fault("availability.0.days", "must name at least one weekday, e.g. Monday"),
                Fault("availability.0.startTime", "startTime must be a valid time in format HH:MM e.g. 08:00"),
                Fault("availability.0.endTime", "endTime must be a valid time in format HH:MM e.g. 08:00"),
            ],
            id="AV-3 everything wrong",
        ),
    ],
)
def test_wrong_rows(given_row: dict[str, Any], faults: list[Fault]) -> None:
    assert read_weekly_rows([given_row, row("09:00", "10:00")]) == faults


def override(day: str, start: str, end: str) -> dict[str, Any]:
    return {"date": day, "startTime": start, "endTime": end}


def test_av_5_equal_times_close_a_day() -> None:
    rows = read_overrides([override("2026-05-05", "00:00", "00:00"), override("2026-05-05", "07:00", "08:00")])

    assert rows == [DateOverride(date(2026, 5, 5), 0, 0), DateOverride(date(2026, 5, 5), 420, 480)]


def test_wrong_overrides() -> None:
    assert read_overrides([override("2026-05-05", "08:00", "07:00"), override("2026-02-30", "07:00", "08:00")]) == [
        Fault("overrides.0.endTime", LATE),
        Fault("overrides.1.date", "must be a valid date in format YYYY-MM-DD"),
    ]
