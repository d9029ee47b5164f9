"""What the successor of a booking keeps."""

from typing import Any

import pytest

from app.domain.confirmation import ConfirmationPolicy
from app.domain.denials import Denial, DenialCode
from app.domain.enums import BookingStatus, SchedulingType
from app.domain.rescheduling import (
    OriginalBooking,
    ReschedulePlan,
    RescheduleRequest,
    SuccessorIdentity,
    plan_reschedule,
    successor_identity,
)
from app.domain.transitions import RescheduleFacts

NOW = 1_777_888_800
START = NOW + 86_400
NEW = NOW + 2 * 86_400
HOST = 7
ACCEPTED, PENDING = BookingStatus.ACCEPTED, BookingStatus.PENDING


def original(status: BookingStatus = ACCEPTED) -> OriginalBooking:
    return OriginalBooking(
        standing=RescheduleFacts(status=status, end=START + 5400, now=NOW),
        start=START,
        end=START + 5400,
        organizer_id=HOST,
        title="Our chat",
        ical_uid="u@Cal.com",
        ical_sequence=2,
    )


def plan(**more: Any) -> ReschedulePlan | Denial:
    request = {"original": original(), "new_start": NEW, "policy": ConfirmationPolicy(), **more}
    return plan_reschedule(RescheduleRequest(**request))


ALWAYS = ConfirmationPolicy(required=True)
ROUND_ROBIN = SchedulingType.ROUND_ROBIN


@pytest.mark.parametrize(
    ("changes", "status", "host"),
    [
        pytest.param({}, ACCEPTED, HOST, id="LC-4 own length kept, LC-6 nothing to confirm"),
        pytest.param({"policy": ALWAYS}, PENDING, HOST, id="LC-6 the policy applies anew"),
        pytest.param({"policy": ALWAYS, "by_organizer": True}, ACCEPTED, HOST, id="LC-5 LC-6 by the organizer"),
        pytest.param({"scheduling_type": ROUND_ROBIN}, ACCEPTED, None, id="LC-8 free choice again"),
        pytest.param(
            {"scheduling_type": ROUND_ROBIN, "same_round_robin_host": True}, ACCEPTED, HOST, id="LC-8 same host"
        ),
        pytest.param({"scheduling_type": SchedulingType.COLLECTIVE}, ACCEPTED, HOST, id="LC-8 collective"),
    ],
)
def test_plan(changes: dict[str, Any], status: BookingStatus, host: int | None) -> None:
    assert plan(**changes) == ReschedulePlan(NEW, NEW + 5400, status, host)


def test_lc_3_dead_original_is_refused() -> None:
    result = plan(original=original(BookingStatus.CANCELLED))

    assert isinstance(result, Denial)
    assert result.code is DenialCode.CANCELLED_CANNOT_BE_RESCHEDULED


def test_bk_21_title_and_calendar_event_are_kept_for_the_same_organizer() -> None:
    assert successor_identity(original(), HOST) == SuccessorIdentity("Our chat", "u@Cal.com", 3)


def test_bk_20_title_and_calendar_event_are_made_anew_for_another_organizer() -> None:
    assert successor_identity(original(), HOST + 1) == SuccessorIdentity(None, None, 0)
