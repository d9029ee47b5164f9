"""The first status of a booking."""

from typing import Any

import pytest

from app.domain.confirmation import (
    ConfirmationPolicy,
    NoticeThreshold,
    NoticeUnit,
    StatusRequest,
    first_status,
    threshold_from_json,
)
from app.domain.enums import BookingStatus

NOW = 1_777_888_800
HOUR = 3600
ALWAYS = ConfirmationPolicy(required=True)
WITHIN_A_DAY = ConfirmationPolicy(required=True, threshold=NoticeThreshold(NoticeUnit.HOURS, 24))
WITHIN_30_MINUTES = ConfirmationPolicy(required=True, threshold=NoticeThreshold(NoticeUnit.MINUTES, 30))
FREE_MAIL = ConfirmationPolicy(only_free_mail=True)
ACCEPTED, PENDING, AWAITING = BookingStatus.ACCEPTED, BookingStatus.PENDING, BookingStatus.AWAITING_HOST


def request(policy: ConfirmationPolicy, ahead: int = HOUR, **more: Any) -> StatusRequest:
    return StatusRequest(policy=policy, start=NOW + ahead, now=NOW, **more)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        pytest.param(request(ConfirmationPolicy()), ACCEPTED, id="BK-15 nothing to confirm"),
        pytest.param(request(ConfirmationPolicy(), price=1), PENDING, id="BK-15 paid waits for payment"),
        pytest.param(request(ALWAYS), PENDING, id="BK-15 confirmation required"),
        pytest.param(request(ALWAYS, by_organizer=True), ACCEPTED, id="BK-15 LC-6 organizer reschedules"),
        pytest.param(request(ALWAYS, price=1, by_organizer=True), ACCEPTED, id="BK-15 organizer, paid type"),
        pytest.param(request(ALWAYS, instant=True), AWAITING, id="BK-15 instant"),
        pytest.param(request(WITHIN_A_DAY, 24 * HOUR + 59 * 60), PENDING, id="BK-16 24 h 59 min is 24 hours"),
        pytest.param(request(WITHIN_A_DAY, 25 * HOUR + 60), ACCEPTED, id="BK-16 25 h 01 min is 25 hours"),
        pytest.param(request(WITHIN_A_DAY, 25 * HOUR), ACCEPTED, id="BK-16 exactly 25 hours"),
        pytest.param(request(WITHIN_A_DAY, 25 * HOUR - 1), PENDING, id="BK-16 one second less"),
        pytest.param(request(WITHIN_30_MINUTES, 30 * 60 + 59), PENDING, id="BK-16 minutes are truncated too"),
        pytest.param(request(WITHIN_30_MINUTES, 31 * 60), ACCEPTED, id="BK-16 31 minutes"),
        pytest.param(request(FREE_MAIL, free_mail_booker=True), PENDING, id="BK-17 free mail domain"),
        pytest.param(request(FREE_MAIL, free_mail_booker=False), ACCEPTED, id="BK-17 company mail"),
        pytest.param(
            request(
                ConfirmationPolicy(required=True, only_free_mail=True, threshold=WITHIN_A_DAY.threshold),
                26 * HOUR,
                free_mail_booker=True,
            ),
            ACCEPTED,
            id="BK-17 threshold applies after it",
        ),
        pytest.param(
            request(ConfirmationPolicy(required=True, only_free_mail=True)),
            ACCEPTED,
            id="BK-17 replaces the plain flag",
        ),
    ],
)
def test_first_status(asked: StatusRequest, expected: BookingStatus) -> None:
    assert first_status(asked) is expected


def test_threshold_is_read_from_its_stored_shape() -> None:
    assert threshold_from_json({"unit": "hours", "count": 24}) == NoticeThreshold(NoticeUnit.HOURS, 24)
    assert threshold_from_json(None) is None
    with pytest.raises(ValueError, match="days"):
        threshold_from_json({"unit": "days", "count": 1})
