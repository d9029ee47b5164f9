"""Which length a booking gets."""

import pytest

from app.domain.denials import Denial, DenialCode
from app.domain.lengths import booking_length


@pytest.mark.parametrize(
    ("options", "requested", "expected"),
    [
        pytest.param((), None, 30, id="BK-6 fixed"),
        pytest.param((15, 30), None, 30, id="BK-6 default of several"),
        pytest.param((15, 30), 15, 15, id="BK-6 chosen"),
        pytest.param(
            (),
            30,
            Denial(
                DenialCode.LENGTH_NOT_SELECTABLE,
                "Can't specify 'lengthInMinutes' because event type does not have multiple possible lengths. "
                "Please, remove the 'lengthInMinutes' field from the request.",
            ),
            id="BK-6 not selectable, even if it is the default",
        ),
        pytest.param(
            (15, 30),
            20,
            Denial(
                DenialCode.LENGTH_NOT_OFFERED,
                "Provided 'lengthInMinutes' is not one of the possible lengths for the event type. "
                "The possible lengths are: 15, 30",
            ),
            id="BK-6 not offered",
        ),
    ],
)
def test_length(options: tuple[int, ...], requested: int | None, expected: int | Denial) -> None:
    assert booking_length(30, options, requested) == expected
