"""Which occurrences of a series an operation touches."""

import pytest

from app.domain.denials import Denial
from app.domain.enums import BookingStatus
from app.domain.series import Occurrence, SeriesScope, cancel_scope, pending_occurrences, select_occurrences

ACCEPTED, PENDING, CANCELLED, REJECTED, _ = BookingStatus
SERIES = (
    Occurrence("d", 400, PENDING),
    Occurrence("a", 100, ACCEPTED),
    Occurrence("b", 200, ACCEPTED),
    Occurrence("c", 300, CANCELLED),
    Occurrence("e", 500, REJECTED),
    Occurrence("f", 600, ACCEPTED),
)


@pytest.mark.parametrize(
    ("scope", "named", "now", "uids"),
    [
        pytest.param(SeriesScope.ALL, None, 200, "bdf", id="LC-16 LC-17 all live ones from now on, now included"),
        pytest.param(SeriesScope.ALL, None, 700, "", id="LC-16 nothing left"),
        pytest.param(SeriesScope.THIS_AND_FOLLOWING, "b", 450, "bdf", id="LC-16 from the named one, past or not"),
        pytest.param(SeriesScope.THIS_AND_FOLLOWING, "c", 0, "df", id="LC-17 a dead one names, but is not touched"),
        pytest.param(SeriesScope.THIS, "b", 450, "b", id="LC-16 only that one"),
        pytest.param(SeriesScope.THIS, "e", 0, "", id="LC-17 only that one, and it is dead"),
    ],
)
def test_selection(scope: SeriesScope, named: str | None, now: int, uids: str) -> None:
    chosen = select_occurrences(SERIES, scope, now=now, named_uid=named)

    assert "".join(occurrence.uid for occurrence in chosen) == uids


def test_selection_needs_a_named_occurrence() -> None:
    with pytest.raises(KeyError):
        select_occurrences(SERIES, SeriesScope.THIS, now=0, named_uid="x")


@pytest.mark.parametrize(
    ("series_uid", "in_series", "following", "expected"),
    [
        pytest.param(True, True, False, SeriesScope.ALL, id="LC-16 recurring uid"),
        pytest.param(False, True, True, SeriesScope.THIS_AND_FOLLOWING, id="LC-16 individual uid with the flag"),
        pytest.param(False, True, False, SeriesScope.THIS, id="LC-16 individual uid alone"),
        pytest.param(False, False, False, SeriesScope.THIS, id="LC-16 no series"),
    ],
)
def test_scope(series_uid: bool, in_series: bool, following: bool, expected: SeriesScope) -> None:
    assert cancel_scope("u", is_series_uid=series_uid, in_series=in_series, following=following) is expected


@pytest.mark.parametrize(
    ("series_uid", "in_series", "beginning"),
    [
        pytest.param(
            True,
            True,
            "Cannot cancel subsequent bookings for recurring event - ",
            id="LC-16 recurring uid with the flag",
        ),
        pytest.param(
            False, False, "Booking with bookingUid=u is not part of a recurring booking.", id="LC-16 Do: checked first"
        ),
    ],
)
def test_refused_scope(series_uid: bool, in_series: bool, beginning: str) -> None:
    denial = cancel_scope("u", is_series_uid=series_uid, in_series=in_series, following=True)

    assert isinstance(denial, Denial)
    assert denial.message.startswith(beginning)


def test_lc_21_pending_occurrences_change_together() -> None:
    more = (Occurrence("z", 50, PENDING), *SERIES)

    assert [occurrence.uid for occurrence in pending_occurrences(more)] == ["z", "d"]
