"""Uids are short, distinct and repeatable."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.uids import ALPHABET, booking_uid, ical_uid, is_booking_uid, shorten

NAMES = st.tuples(st.text(), st.integers(), st.integers(), st.text(min_size=1))


@given(NAMES)
def test_bk_20_uid_has_22_base58_characters(name: tuple[str, int, int, str]) -> None:
    uid = booking_uid(*name)

    assert len(uid) == 22
    assert set(uid) <= set(ALPHABET)
    assert is_booking_uid(uid)


@given(st.uuids())
def test_bk_20_short_form_loses_nothing(value: UUID) -> None:
    number = 0
    for letter in shorten(value):
        number = number * 58 + ALPHABET.index(letter)

    assert number == value.int


def test_bk_20_same_moment_and_organizer_differ_by_nonce() -> None:
    uids = {booking_uid("ann", 1_778_000_000, 1_777_000_000, str(nonce)) for nonce in range(10_000)}

    assert len(uids) == 10_000


def test_bk_20_same_arguments_give_the_same_uid() -> None:
    assert booking_uid("ann", 1, 2, "n") == booking_uid("ann", 1, 2, "n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("1" * 22, True, id="BK-20 smallest"),
        pytest.param("0" * 22, False, id="BK-20 zero is no digit"),
        pytest.param("1" * 21, False, id="BK-20 too short"),
        pytest.param("1" * 22 + "\n", False, id="BK-20 trailing newline"),
    ],
)
def test_form_of_a_uid(text: str, expected: bool) -> None:
    assert is_booking_uid(text) is expected


def test_bk_20_calendar_uid() -> None:
    assert ical_uid("abc") == "abc@Cal.com"
