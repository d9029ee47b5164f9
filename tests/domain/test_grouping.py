"""Dates and text of starts: SL-11, SL-15."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.grouping import group_by_date, render_by_date, render_instants
from tests.domain.slot_facts import BERLIN, KOLKATA, LOS_ANGELES, NEW_YORK, at

AUCKLAND = ZoneInfo("Pacific/Auckland")
ZONES = st.sampled_from(sorted(available_timezones())).map(ZoneInfo)


@pytest.mark.parametrize(
    ("start", "zone", "date", "text"),
    [
        pytest.param("2026-05-05T07:00Z", BERLIN, "2026-05-05", "2026-05-05T09:00:00.000+02:00", id="SL-15-zone"),
        pytest.param("2026-05-05T07:00Z", None, "2026-05-05", "2026-05-05T07:00:00.000Z", id="SL-15-no-zone"),
        pytest.param(
            "2026-05-05T07:00Z", ZoneInfo("UTC"), "2026-05-05", "2026-05-05T07:00:00.000+00:00", id="SL-15-UTC"
        ),
        pytest.param("2026-05-04T14:30Z", AUCKLAND, "2026-05-05", "2026-05-05T02:30:00.000+12:00", id="SL-15-east"),
        pytest.param("2026-05-05T02:15Z", LOS_ANGELES, "2026-05-04", "2026-05-04T19:15:00.000-07:00", id="SL-15-west"),
        pytest.param("2026-05-05T02:15Z", KOLKATA, "2026-05-05", "2026-05-05T07:45:00.000+05:30", id="SL-15-half-hour"),
        pytest.param(
            "2026-05-05T02:15Z",
            ZoneInfo("America/St_Johns"),
            "2026-05-04",
            "2026-05-04T23:45:00.000-02:30",
            id="SL-15-half-hour-west",
        ),
    ],
)
def test_a_start_as_text(start: str, zone: ZoneInfo | None, date: str, text: str) -> None:
    assert render_by_date([at(start)], zone) == {date: [text]}
    assert render_instants([at(start)], zone) == [text]


def test_seconds_of_an_end_or_of_an_odd_start_are_kept() -> None:
    """BK-12"""
    assert render_instants([at("2026-05-05T07:00Z"), at("2026-05-05T07:00:07Z")], BERLIN) == [
        "2026-05-05T09:00:00.000+02:00",
        "2026-05-05T09:00:07.000+02:00",
    ]


def test_the_repeated_hour_keeps_its_two_offsets() -> None:
    """SL-15"""
    starts = [at("2026-11-01T05:30Z"), at("2026-11-01T06:30Z")]
    assert render_by_date(starts, NEW_YORK) == {
        "2026-11-01": ["2026-11-01T01:30:00.000-04:00", "2026-11-01T01:30:00.000-05:00"]
    }


def test_only_dates_with_slots_appear() -> None:
    """SL-11"""
    starts = [at("2026-05-04T21:30Z"), at("2026-05-04T22:00Z"), at("2026-05-08T08:00Z")]
    assert group_by_date(starts, BERLIN) == {
        "2026-05-04": starts[:1],
        "2026-05-05": starts[1:2],
        "2026-05-08": starts[2:],
    }


def test_nothing_is_nothing() -> None:
    assert render_by_date([], BERLIN) == {}
    assert group_by_date([], BERLIN) == {}
    assert render_instants([], None) == []


@given(ZONES, st.lists(st.integers(1_700_000_000 // 60, 1_860_000_000 // 60), max_size=40, unique=True))
def test_text_and_date_are_those_of_the_standard_library(zone: ZoneInfo, minutes: list[int]) -> None:
    """SL-11, SL-15"""
    starts = sorted(minute * 60 for minute in minutes)
    local = [datetime.fromtimestamp(start, UTC).astimezone(zone) for start in starts]
    expected: dict[str, list[str]] = {}
    for moment in local:
        expected.setdefault(f"{moment:%Y-%m-%d}", []).append(moment.isoformat(timespec="milliseconds"))
    assert render_by_date(starts, zone) == expected
    assert render_instants(starts, zone) == [text for texts in expected.values() for text in texts]
