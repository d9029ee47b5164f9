"""Scalars: exact forms in, UTC out, typed faults."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

import pytest

from schema import scalars
from schema.scalars import SCALAR_MAP, ScalarInputError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-01T09:30:00+01:00", datetime(2026, 3, 1, 8, 30, tzinfo=UTC)),
        ("2026-03-01T08:30Z", datetime(2026, 3, 1, 8, 30, tzinfo=UTC)),
        ("2026-03-01t08:30:00.250z", datetime(2026, 3, 1, 8, 30, 0, 250_000, tzinfo=UTC)),
        ("2026-03-01T00:00:00-12:00", datetime(2026, 3, 1, 12, tzinfo=UTC)),
    ],
)
def test_instants_are_read_as_utc(text: str, expected: datetime) -> None:
    assert scalars.parse_date_time(text) == expected
    assert scalars.parse_date_time(text).utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("parse", "value", "fault"),
    [
        (scalars.parse_date_time, "2026-03-01T09:30:00", "offset_missing"),
        (scalars.parse_date_time, "2026-03-01", "malformed"),
        (scalars.parse_date_time, "2026-03-01 09:30:00Z", "malformed"),
        (scalars.parse_date_time, "2026-02-30T09:30:00Z", "out_of_range"),
        (scalars.parse_date_time, "0001-01-01T00:00:00+14:00", "out_of_range"),
        (scalars.parse_date_time, 1_700_000_000, "not_a_string"),
        (scalars.parse_date_time, "٢٠٢٦-03-01T09:30:00Z", "malformed"),
        (scalars.parse_date, "2026-3-1", "malformed"),
        (scalars.parse_date, "2026-02-29", "out_of_range"),
        (scalars.parse_local_time, "9:30", "malformed"),
        (scalars.parse_local_time, "24:00", "out_of_range"),
        (scalars.parse_time_zone, "Mars/Phobos", "unknown"),
        (scalars.parse_time_zone, "+02:00", "unknown"),
        (scalars.parse_time_zone, "../etc/passwd", "unknown"),
        (scalars.parse_duration, "P1Y", "malformed"),
        (scalars.parse_duration, "P", "malformed"),
        (scalars.parse_duration, "PT", "malformed"),
        (scalars.parse_duration, "-PT5M", "malformed"),
        (scalars.parse_email, "anna", "malformed"),
        (scalars.parse_email, "Anna <anna@example.com>", "malformed"),
        (scalars.parse_phone_number, "0170 1234567", "malformed"),
        (scalars.parse_phone_number, "+999123456789", "impossible"),
        (scalars.parse_url, "javascript:alert(1)", "malformed"),
        (scalars.parse_url, "https://user:secret@example.com/", "malformed"),
        (scalars.parse_url, "https://" + "a" * 2050, "too_long"),
        (scalars.parse_locale, "deutsch", "malformed"),
        (scalars.parse_idempotency_key, "", "malformed"),
        (scalars.parse_idempotency_key, "a b", "malformed"),
        (scalars.parse_slots_version, "-1", "malformed"),
        (scalars.parse_slots_version, 12, "not_a_string"),
        (scalars.parse_event_cursor, "a b", "malformed"),
        (scalars.parse_json, "x" * 70_000, "too_long"),
    ],
)
def test_wrong_forms_are_refused_with_a_fault(parse: Any, value: Any, fault: str) -> None:
    with pytest.raises(ScalarInputError) as caught:
        parse(value)
    assert caught.value.extensions is not None
    assert caught.value.extensions["fault"]["code"] == fault


def test_good_values_keep_or_gain_their_official_form() -> None:
    assert scalars.parse_date("2024-02-29") == date(2024, 2, 29)
    assert scalars.parse_local_time("23:59:59") == time(23, 59, 59)
    assert scalars.parse_time_zone("europe/BERLIN") == "Europe/Berlin"
    assert scalars.parse_time_zone("Asia/Calcutta") == "Asia/Calcutta"
    assert scalars.parse_duration("P1DT2H30M") == timedelta(days=1, hours=2, minutes=30)
    assert scalars.parse_duration("P2W") == timedelta(weeks=2)
    assert scalars.parse_email(" Anna@EXAMPLE.com ") == "Anna@example.com"
    assert scalars.parse_phone_number("+491701234567") == "+491701234567"
    assert scalars.parse_url("https://example.com/a?b#c") == "https://example.com/a?b#c"
    assert scalars.parse_locale("pt_BR") == "pt-BR"
    assert scalars.parse_slots_version("1785000000000000") == 1_785_000_000_000_000
    value: Any = scalars.parse_json({"a": [1, None]})
    assert value == {"a": [1, None]}


def test_instants_are_served_in_utc_unless_they_carry_a_zone() -> None:
    berlin = timezone(timedelta(hours=1))
    assert scalars.serialize_date_time(datetime(2026, 3, 1, 8, 30, tzinfo=UTC)) == "2026-03-01T08:30:00Z"
    assert scalars.serialize_date_time(datetime(2026, 3, 1, 9, 30, tzinfo=berlin)) == "2026-03-01T09:30:00+01:00"
    with pytest.raises(ValueError, match="without an offset"):
        scalars.serialize_date_time(datetime(2026, 3, 1, 8, 30))  # noqa: DTZ001 the naive value is the case


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (timedelta(0), "PT0S"),
        (timedelta(minutes=30), "PT30M"),
        (timedelta(days=2), "P2D"),
        (timedelta(days=1, hours=2, seconds=5), "P1DT2H5S"),
    ],
)
def test_durations_round_trip(length: timedelta, text: str) -> None:
    assert scalars.serialize_duration(length) == text
    assert scalars.parse_duration(text) == length


def test_a_duration_that_has_no_form_is_not_served() -> None:
    with pytest.raises(ValueError, match="whole seconds"):
        scalars.serialize_duration(timedelta(seconds=-1))


def test_local_times_show_seconds_only_where_there_are_any() -> None:
    assert scalars.serialize_local_time(time(9, 30)) == "09:30"
    assert scalars.serialize_local_time(time(9, 30, 15)) == "09:30:15"


def test_every_scalar_says_its_form() -> None:
    for definition in SCALAR_MAP.values():
        assert definition.description
        assert definition.specified_by_url or re.search(r"`|[0-9]|served", definition.description)
