"""Locations: API and stored shapes, and which one a booking gets."""

from typing import Any

import pytest

from app.domain.denials import Denial, DenialCode
from app.domain.location_choice import (
    BookingLocation,
    ChosenLocation,
    LocationOffer,
    choice_from_answer,
    choice_from_api,
    choice_from_text,
    decide_location,
)
from app.domain.locations import (
    CAL_VIDEO,
    GOOGLE_MEET,
    INTEGRATIONS,
    OfferedLocation,
    location_from_api,
    location_from_json,
    location_to_api,
    location_to_json,
)

HERE = OfferedLocation("inPerson", "1 High St", public=True)
LINK = OfferedLocation("link", "https://meet.example/x")
CALL = OfferedLocation("userPhone", "+371")
THEIR_PHONE = OfferedLocation("phone")
VIDEO = OfferedLocation(CAL_VIDEO)
MEET = OfferedLocation(GOOGLE_MEET)
DEFAULT_APP = OfferedLocation("conferencing")


@pytest.mark.parametrize(
    ("api", "stored"),
    [
        pytest.param(
            {"type": "address", "address": "1 High St", "public": True},
            {"type": "inPerson", "address": "1 High St", "displayLocationPublicly": True},
            id="BK-8 address",
        ),
        pytest.param(
            {"type": "link", "link": "https://meet.example/x", "public": False},
            {"type": "link", "link": "https://meet.example/x", "displayLocationPublicly": False},
            id="BK-8 link",
        ),
        pytest.param(
            {"type": "phone", "phone": "+371", "public": False},
            {"type": "userPhone", "hostPhoneNumber": "+371", "displayLocationPublicly": False},
            id="BK-8 phone",
        ),
        pytest.param({"type": "attendeeAddress"}, {"type": "attendeeInPerson"}, id="BK-8 attendeeAddress"),
        pytest.param({"type": "attendeePhone"}, {"type": "phone"}, id="BK-8 attendeePhone"),
        pytest.param({"type": "attendeeDefined"}, {"type": "somewhereElse"}, id="BK-8 attendeeDefined"),
        pytest.param({"type": "organizersDefaultApp"}, {"type": "conferencing"}, id="BK-8 organizersDefaultApp"),
        pytest.param(
            {"type": "integration", "integration": "cal-video"}, {"type": "integrations:daily"}, id="BK-8 cal-video"
        ),
        pytest.param(
            {"type": "integration", "integration": "google-meet", "credentialId": 7},
            {"type": "integrations:google:meet", "credentialId": 7},
            id="BK-8 google-meet with a credential",
        ),
        pytest.param(
            {"type": "integration", "integration": "office365-video"},
            {"type": "integrations:office365_video"},
            id="BK-8 office365-video",
        ),
    ],
)
def test_mapping_there_and_back(api: dict[str, Any], stored: dict[str, Any]) -> None:
    location = location_from_api(api)

    assert location_to_json(location) == stored
    assert location_from_json(stored) == location
    assert location_to_api(location) == api


def test_bk_8_every_integration_has_its_own_stored_type() -> None:
    assert len(INTEGRATIONS) == len(set(INTEGRATIONS.values())) == 30
    for name, stored in INTEGRATIONS.items():
        assert location_to_api(OfferedLocation(stored)) == {"type": "integration", "integration": name}


def test_vr_4_unknown_stored_location_has_no_api_name() -> None:
    assert location_to_api(location_from_json({"type": "integrations:hologram_video"})) is None


@pytest.mark.parametrize(
    "api", [{}, {"type": "moon"}, {"type": "integration"}, {"type": "link"}, {"type": "address", "address": " "}]
)
def test_wrong_location_of_the_api_is_refused(api: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"Unknown|needs"):
        location_from_api(api)


@pytest.mark.parametrize(
    ("api", "choice"),
    [
        pytest.param({"type": "address"}, ChosenLocation("inPerson"), id="BK-8 organizer's address"),
        pytest.param(
            {"type": "attendeeAddress", "address": "2 Low St"},
            ChosenLocation("attendeeInPerson", "2 Low St"),
            id="BK-8 attendee's address",
        ),
        pytest.param({"type": "attendeePhone", "phone": "+371"}, ChosenLocation("phone", "+371"), id="BK-8 phone"),
        pytest.param(
            {"type": "attendeeDefined", "location": "park"}, ChosenLocation("somewhereElse", "park"), id="BK-8 park"
        ),
        pytest.param({"type": "organizersDefaultApp"}, ChosenLocation("conferencing"), id="BK-8 default app"),
        pytest.param(
            {"type": "integration", "integration": "zoom"}, ChosenLocation("integrations:zoom"), id="BK-8 zoom"
        ),
    ],
)
def test_choice_of_the_api(api: dict[str, Any], choice: ChosenLocation) -> None:
    assert choice_from_api(api) == choice


@pytest.mark.parametrize("api", [{}, {"type": "moon"}, {"type": "integration", "integration": "moon"}])
def test_wrong_choice_of_the_api_is_refused(api: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="Unknown"):
        choice_from_api(api)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        pytest.param("https://x.org/room", "link", id="BK-7 URL"),
        pytest.param("+37120993151", "phone", id="BK-7 phone number"),
        pytest.param("the park", "somewhereElse", id="BK-7 free text"),
    ],
)
def test_plain_text_choice(text: str, kind: str) -> None:
    choice = choice_from_text(text, lambda number: number.startswith("+"))

    assert choice == ChosenLocation(kind, text, checked=False)


def test_choice_from_the_answer_to_the_location_field() -> None:
    assert choice_from_answer({"value": "phone", "optionValue": "+371"}) == ChosenLocation("phone", "+371")
    assert choice_from_answer({"value": CAL_VIDEO, "optionValue": ""}) == ChosenLocation(CAL_VIDEO)
    assert choice_from_answer({"value": ""}) is None


def offer(*locations: OfferedLocation, default_app: str | None = None, google: bool = False) -> LocationOffer:
    return LocationOffer(locations, default_app, google)


@pytest.mark.parametrize(
    ("choice", "offered", "expected"),
    [
        pytest.param(None, offer(HERE, VIDEO), BookingLocation("inPerson", "1 High St"), id="BK-33 first location"),
        pytest.param(None, offer(THEIR_PHONE), BookingLocation("phone", None), id="BK-33 first one, nothing said"),
        pytest.param(
            None,
            offer(default_app="integrations:zoom"),
            BookingLocation("integrations:zoom", "integrations:zoom"),
            id="BK-33 organizer's default app",
        ),
        pytest.param(None, offer(), BookingLocation(CAL_VIDEO, CAL_VIDEO), id="BK-33 Cal Video"),
        pytest.param(
            None, offer(MEET), BookingLocation(CAL_VIDEO, CAL_VIDEO), id="BK-33 Google Meet without a Google calendar"
        ),
        pytest.param(
            None, offer(MEET, google=True), BookingLocation(GOOGLE_MEET, GOOGLE_MEET), id="BK-33 Google Meet with one"
        ),
        pytest.param(
            ChosenLocation("conferencing"),
            offer(DEFAULT_APP, default_app=GOOGLE_MEET),
            BookingLocation(CAL_VIDEO, CAL_VIDEO),
            id="BK-33 default app is Google Meet without a Google calendar",
        ),
        pytest.param(
            ChosenLocation("link"), offer(HERE, LINK), BookingLocation("link", "https://meet.example/x"), id="BK-8 link"
        ),
        pytest.param(ChosenLocation("userPhone"), offer(CALL), BookingLocation("userPhone", "+371"), id="BK-8 phone"),
        pytest.param(
            ChosenLocation("link", "https://evil.example"),
            offer(LINK),
            BookingLocation("link", "https://meet.example/x"),
            id="BK-8 the organizer's link stands",
        ),
        pytest.param(
            ChosenLocation("phone", "+1"),
            offer(VIDEO, THEIR_PHONE),
            BookingLocation("phone", "+1"),
            id="BK-8 their phone",
        ),
        pytest.param(
            ChosenLocation("link", "https://x.org", checked=False),
            offer(VIDEO),
            BookingLocation("link", "https://x.org"),
            id="BK-7 a string bypasses the list",
        ),
    ],
)
def test_decision(choice: ChosenLocation | None, offered: LocationOffer, expected: BookingLocation) -> None:
    assert decide_location(choice, offered) == expected


@pytest.mark.parametrize(
    ("choice", "strict"),
    [
        pytest.param(ChosenLocation("phone", "+1"), False, id="BK-7 type not offered"),
        pytest.param(ChosenLocation("integrations:zoom"), False, id="BK-7 integration not offered"),
        pytest.param(ChosenLocation("somewhereElse", "park", checked=False), True, id="GP-46 strict mode"),
    ],
)
def test_refused_location(choice: ChosenLocation, strict: bool) -> None:
    denial = decide_location(choice, offer(VIDEO, HERE), strict=strict)

    assert isinstance(denial, Denial)
    assert denial.code is DenialCode.LOCATION_NOT_OFFERED
    assert denial.message.endswith("Its locations are: integrations:daily, inPerson.")


def test_stored_answer_of_a_location() -> None:
    assert BookingLocation("phone", "+1").answer == {"value": "phone", "optionValue": "+1"}
    assert BookingLocation(CAL_VIDEO, CAL_VIDEO).answer == {"value": CAL_VIDEO, "optionValue": ""}
    assert BookingLocation(CAL_VIDEO, CAL_VIDEO).is_integration
