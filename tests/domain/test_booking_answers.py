"""Answers are checked by the kind of their field, and kept or refused with the documented codes."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.answer_kinds import AnswerChecks
from app.domain.booking_answers import (
    AnswerFault,
    ValidatedAnswers,
    missing_answer_message,
    missing_answers,
    missing_phone_message,
    validate_responses,
)
from app.domain.booking_fields import BookingField, FieldOption, FieldType, FormView, NameVariant
from app.domain.default_fields import DEFAULT_FIELDS, complete_form, with_guests_disabled

CHECKS = AnswerChecks(is_email=lambda text: "@" in text, is_phone=lambda text: text.startswith("+"))
VEGAN = (FieldOption("vegan", "Vegan"), FieldOption("any", "Anything"))
BOOKER = {"name": "Ann Lee", "email": "ann@example.com", "title": "Chat"}


def field(kind: FieldType, **more: Any) -> BookingField:
    return BookingField(slug="f", type=kind, **more)


def accepted(one: BookingField, answer: object) -> object:
    result = validate_responses([one], {"f": answer}, FormView.BOOKING, CHECKS)
    assert isinstance(result, ValidatedAnswers)
    return result.values.get("f")


def refused(one: BookingField, answer: object) -> str:
    result = validate_responses([one], {"f": answer}, FormView.BOOKING, CHECKS)
    assert isinstance(result, tuple)
    assert [fault.slug for fault in result] == ["f"]
    return result[0].code


@pytest.mark.parametrize(
    ("one", "answer", "stored"),
    [
        pytest.param(field(FieldType.NAME), "Ann Lee", "Ann Lee", id="BK-30 name in one string"),
        pytest.param(
            field(FieldType.NAME), {"firstName": "Ann", "lastName": "Lee"}, "Ann Lee", id="BK-30 name in two parts"
        ),
        pytest.param(field(FieldType.NAME), {"firstName": "Ann"}, "Ann", id="BK-30 first name only"),
        pytest.param(
            field(FieldType.NAME, name_variant=NameVariant.FIRST_AND_LAST_NAME),
            "Ann van Lee",
            {"firstName": "Ann", "lastName": "van Lee"},
            id="BK-30 one string where two parts are asked",
        ),
        pytest.param(field(FieldType.EMAIL), " ann@x.org ", "ann@x.org", id="BK-30 email"),
        pytest.param(
            field(FieldType.EMAIL, require_emails=("@b.org", "@x.org")), "ann@X.org", "ann@X.org", id="BK-30 require"
        ),
        pytest.param(field(FieldType.PHONE), "+37120993151", "+37120993151", id="BK-30 phone"),
        pytest.param(
            field(FieldType.MULTIEMAIL), ["a@x.org", "b@x.org"], ["a@x.org", "b@x.org"], id="BK-30 multiemail"
        ),
        pytest.param(field(FieldType.MULTIEMAIL), "a@x.org", ["a@x.org"], id="BK-30 multiemail, scalar wrapped"),
        pytest.param(
            field(FieldType.MULTISELECT, options=VEGAN), "any", ["any"], id="BK-30 multiselect, scalar wrapped"
        ),
        pytest.param(field(FieldType.CHECKBOX, options=VEGAN), ["any", "vegan"], ["any", "vegan"], id="BK-30 checkbox"),
        pytest.param(field(FieldType.SELECT, options=VEGAN), "vegan", "vegan", id="BK-30 select"),
        pytest.param(field(FieldType.RADIO, options=VEGAN), "vegan", "vegan", id="BK-30 radio"),
        pytest.param(field(FieldType.BOOLEAN), "true", True, id="BK-30 boolean as text"),
        pytest.param(field(FieldType.BOOLEAN), True, True, id="BK-30 boolean"),
        pytest.param(field(FieldType.BOOLEAN), False, False, id="BK-30 boolean no"),
        pytest.param(field(FieldType.BOOLEAN, required=True), True, True, id="BK-30 consent given"),
        pytest.param(field(FieldType.NUMBER), "-1.5e3", "-1.5e3", id="BK-30 number is a string"),
        pytest.param(field(FieldType.URL), "https://x.org/a?b=c", "https://x.org/a?b=c", id="BK-30 url"),
        pytest.param(field(FieldType.TEXTAREA), "x" * 1000, "x" * 1000, id="BK-30 textarea at its maximum"),
        pytest.param(field(FieldType.TEXTAREA, max_length=1500), "x" * 1500, "x" * 1500, id="BK-30 own maximum"),
        pytest.param(field(FieldType.TEXT), "x" * 1001, "x" * 1001, id="BK-30 text has no default maximum"),
        pytest.param(
            field(FieldType.RADIO_INPUT),
            {"value": "phone", "optionValue": "+371"},
            {"value": "phone", "optionValue": "+371"},
            id="BK-30 location with a phone number",
        ),
        pytest.param(
            field(FieldType.RADIO_INPUT),
            {"value": "integrations:daily"},
            {"value": "integrations:daily", "optionValue": ""},
            id="BK-30 location without more to say",
        ),
        pytest.param(field(FieldType.TEXT), None, None, id="BK-29 optional, none"),
        pytest.param(field(FieldType.EMAIL), "", None, id="BK-29 optional, blank"),
        pytest.param(field(FieldType.MULTIEMAIL), [], None, id="BK-29 optional, empty list"),
        pytest.param(
            field(FieldType.TEXT, required=True, hidden=True), None, None, id="BK-29 hidden is never required"
        ),
        pytest.param(
            field(FieldType.TEXT, required=True, views=(FormView.RESCHEDULE,)), 5, 5, id="BK-29 other view, not checked"
        ),
    ],
)
def test_accepted_answer(one: BookingField, answer: object, stored: object) -> None:
    assert accepted(one, answer) == stored


@pytest.mark.parametrize(
    ("one", "answer", "code"),
    [
        pytest.param(field(FieldType.TEXT, required=True), None, "error_required_field", id="BK-31 required"),
        pytest.param(field(FieldType.TEXT, required=True), "  ", "error_required_field", id="BK-31 required, blank"),
        pytest.param(
            field(FieldType.CHECKBOX, required=True), [], "error_required_field", id="BK-31 required, empty list"
        ),
        pytest.param(
            field(FieldType.NAME, required=True),
            {"firstName": "", "lastName": ""},
            "error_required_field",
            id="BK-31 name",
        ),
        pytest.param(
            field(FieldType.NAME, name_variant=NameVariant.FIRST_AND_LAST_NAME),
            {"lastName": "Lee"},
            "error_required_field",
            id="BK-31 first name",
        ),
        pytest.param(
            field(FieldType.BOOLEAN, required=True), False, "error_required_field", id="BK-30 consent not given"
        ),
        pytest.param(field(FieldType.EMAIL), "ann", "email_validation_error", id="BK-31 email"),
        pytest.param(field(FieldType.EMAIL), 5, "Invalid string", id="BK-31 email is a string"),
        pytest.param(
            field(FieldType.EMAIL, exclude_emails=("spam",)),
            "a@SPAM.org",
            "exclude_emails_match_found_error_message",
            id="BK-31 excluded",
        ),
        pytest.param(
            field(FieldType.EMAIL, require_emails=("@x.org",)),
            "a@y.org",
            "require_emails_no_match_found_error_message",
            id="BK-31 not among the required",
        ),
        pytest.param(field(FieldType.PHONE), "20993151", "invalid_number", id="BK-31 phone"),
        pytest.param(field(FieldType.MULTIEMAIL), ["a@x.org", "b"], "email_validation_error", id="BK-31 multiemail"),
        pytest.param(
            field(FieldType.MULTIEMAIL), ["a@x.org", "A@x.org"], "duplicate_email", id="BK-23 duplicate guest"
        ),
        pytest.param(
            field(FieldType.MULTIEMAIL), ["a@x.org", 5], "Invalid array of strings", id="BK-31 multiemail array"
        ),
        pytest.param(field(FieldType.MULTISELECT), {"a": 1}, "Invalid array of strings", id="BK-31 array of strings"),
        pytest.param(field(FieldType.TEXT), 5, "Invalid string", id="BK-30 text as number"),
        pytest.param(field(FieldType.NUMBER), 5, "Invalid string", id="BK-30 JSON number refused"),
        pytest.param(field(FieldType.NUMBER), "five", "Invalid number", id="BK-30 Do: number content"),
        pytest.param(field(FieldType.NUMBER), "NaN", "Invalid number", id="BK-30 Do: not a finite number"),
        pytest.param(field(FieldType.SELECT, options=VEGAN), "meat", "Invalid option", id="BK-30 Do: select option"),
        pytest.param(field(FieldType.RADIO, options=VEGAN), "Vegan", "Invalid option", id="BK-30 Do: value, not label"),
        pytest.param(
            field(FieldType.CHECKBOX, options=VEGAN), ["any", "meat"], "Invalid option", id="BK-30 Do: checkbox option"
        ),
        pytest.param(field(FieldType.ADDRESS), ["x"], "Invalid string", id="BK-30 address as list"),
        pytest.param(field(FieldType.BOOLEAN), "yes", "Invalid Boolean", id="BK-31 boolean"),
        pytest.param(field(FieldType.BOOLEAN), 1, "Invalid Boolean", id="BK-31 boolean as number"),
        pytest.param(field(FieldType.URL), "x.org", "url_validation_error", id="BK-31 url without scheme"),
        pytest.param(field(FieldType.URL), "javascript:alert(1)", "url_validation_error", id="BK-31 url without host"),
        pytest.param(field(FieldType.URL), "http://[", "url_validation_error", id="BK-31 url that does not parse"),
        pytest.param(field(FieldType.TEXTAREA), "x" * 1001, "Max. 1000 characters allowed", id="BK-31 default maximum"),
        pytest.param(
            field(FieldType.TEXTAREA, max_length=5), "x" * 6, "Max. 5 characters allowed", id="BK-31 own maximum"
        ),
        pytest.param(
            field(FieldType.TEXTAREA, min_length=5), "x" * 4, "Min. 5 characters required", id="BK-31 minimum"
        ),
        pytest.param(
            field(FieldType.RADIO_INPUT), {"value": "phone"}, "error_required_field", id="BK-30 location needs a number"
        ),
        pytest.param(
            field(FieldType.RADIO_INPUT),
            {"value": "phone", "optionValue": "371"},
            "invalid_number",
            id="BK-30 location's number",
        ),
    ],
)
def test_refused_answer(one: BookingField, answer: object, code: str) -> None:
    assert refused(one, answer) == code


def test_bk_31_message_names_the_field_in_braces() -> None:
    assert AnswerFault("email", "email_validation_error").message == "{email}email_validation_error"


def test_every_fault_is_reported_in_form_order() -> None:
    result = validate_responses(DEFAULT_FIELDS, {"email": "x", "guests": ["y"]}, FormView.BOOKING, CHECKS)

    assert result == (
        AnswerFault("name", "error_required_field"),
        AnswerFault("email", "email_validation_error"),
        AnswerFault("guests", "email_validation_error"),
    )


def test_bk_32_answers_to_unknown_slugs_are_kept() -> None:
    answers = {**BOOKER, "utm": {"a": [1]}, "x": None}

    assert validate_responses(DEFAULT_FIELDS, answers, FormView.BOOKING, CHECKS) == ValidatedAnswers(answers)


def test_bk_23_hidden_guests_are_ignored_whatever_they_are() -> None:
    form = with_guests_disabled(DEFAULT_FIELDS, True)

    result = validate_responses(form, {**BOOKER, "guests": ["nonsense", "nonsense"]}, FormView.BOOKING, CHECKS)

    assert result == ValidatedAnswers(BOOKER)


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        pytest.param(FormView.RESCHEDULE, (AnswerFault("rescheduleReason", "error_required_field"),), id="reschedule"),
        pytest.param(FormView.BOOKING, ValidatedAnswers(BOOKER), id="booking"),
    ],
)
def test_bk_29_reschedule_reason_belongs_to_the_reschedule_view(view: FormView, expected: object) -> None:
    form = complete_form([BookingField(slug="rescheduleReason", type=FieldType.TEXTAREA, required=True)])

    assert validate_responses(form, BOOKER, view, CHECKS) == expected


OWN = (
    BookingField(slug="who", type=FieldType.TEXT, required=True),
    BookingField(slug="why", type=FieldType.TEXT),
    BookingField(slug="hid", type=FieldType.TEXT, required=True, hidden=True),
    BookingField(slug="yes", type=FieldType.BOOLEAN, required=True),
)


@pytest.mark.parametrize(
    ("answers", "missing"),
    [
        pytest.param({}, ("who", "yes"), id="BK-5 required custom fields only"),
        pytest.param({"who": "x", "yes": False}, (), id="BK-5 present is enough"),
        pytest.param({"who": None, "yes": True}, ("who",), id="BK-5 null is absent"),
    ],
)
def test_missing_answers(answers: Mapping[str, object], missing: tuple[str, ...]) -> None:
    assert missing_answers(complete_form(OWN), answers) == missing


def test_bk_5_texts() -> None:
    assert missing_answer_message("who", 7) == (
        "Missing required booking field response: who - it is required by the event type booking fields, but missing "
        "in the bookingFieldsResponses. You can fetch the event type with ID 7 to see the required fields."
    )
    phone_only = complete_form(
        [
            BookingField(slug="email", type=FieldType.EMAIL, hidden=True),
            BookingField(slug="attendeePhoneNumber", type=FieldType.PHONE, required=True),
        ]
    )
    assert missing_phone_message(phone_only, None) == (
        "Missing attendee phone number - it is required by the event type. "
        'Pass it as "attendee.phoneNumber" in the request.'
    )
    assert missing_phone_message(phone_only, "+371") is None
    assert missing_phone_message(DEFAULT_FIELDS, None) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["value", "optionValue", "x"]), inner),
    max_leaves=5,
)


@given(st.sampled_from(FieldType), JSON, st.booleans())
def test_any_json_answer_is_accepted_or_refused_and_an_accepted_one_stays_accepted(
    kind: FieldType, answer: object, required: bool
) -> None:
    form = [field(kind, required=required, options=VEGAN)]
    result = validate_responses(form, {"f": answer}, FormView.BOOKING, CHECKS)

    if isinstance(result, ValidatedAnswers):
        assert validate_responses(form, result.values, FormView.BOOKING, CHECKS) == result
