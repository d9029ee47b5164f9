"""Titles by default and by template."""

import pytest

from app.domain.titles import (
    TITLE_VARIABLES,
    Reader,
    TitleFacts,
    booking_title,
    instant_title,
    unknown_variables,
    unknown_variables_message,
)

FACTS = TitleFacts(
    event_type_title="Intro",
    organizer_name="Olga Host",
    attendee_name="Ann van Lee",
    length=45,
    location="Cal Video",
    answers={
        "company": "Acme",
        "diet": ["vegan", "any"],
        "location": {"value": "phone", "optionValue": "+371"},
        "place": {"value": "integrations:zoom", "optionValue": ""},
        "who": {"firstName": "Ann", "lastName": "Lee"},
        "empty": "",
        "HOST": "Mallory",
        "evil": "{Organiser}",
    },
)
TEAM = TitleFacts(
    event_type_title="Intro", organizer_name="Olga Host", attendee_name="Ann", length=45, team_name="Sales"
)


@pytest.mark.parametrize(
    ("template", "facts", "expected"),
    [
        pytest.param(None, FACTS, "Intro between Olga Host and Ann van Lee", id="BK-21 default"),
        pytest.param("  ", FACTS, "Intro between Olga Host and Ann van Lee", id="BK-21 blank template"),
        pytest.param(None, TEAM, "Intro between Sales and Ann", id="BK-21 collective or several hosts"),
        pytest.param("{Event type title}: {Organiser}", FACTS, "Intro: Olga Host", id="BK-21 organiser"),
        pytest.param("{Organiser first name}", FACTS, "Olga", id="BK-21 organiser first name"),
        pytest.param("{Scheduler}", FACTS, "Ann van Lee", id="BK-21 scheduler"),
        pytest.param(
            "{Scheduler first name}|{Scheduler last name}", FACTS, "Ann|van Lee", id="BK-21 scheduler's names"
        ),
        pytest.param("{Location} {LOCATION}", FACTS, "Cal Video Cal Video", id="BK-21 location"),
        pytest.param("{Event duration}", FACTS, "45 mins", id="BK-21 Do: real length"),
        pytest.param("{HOST} {ATTENDEE} {USER}", FACTS, "Olga Host Ann van Lee Ann van Lee", id="BK-21 old names"),
        pytest.param("{company}, {diet}", FACTS, "Acme, vegan, any", id="BK-21 field slugs"),
        pytest.param("{location}", FACTS, "+371", id="BK-21 a location answer by its text"),
        pytest.param("{place}", FACTS, "integrations:zoom", id="BK-21 an app by its name"),
        pytest.param("{who}", FACTS, "Ann Lee", id="BK-21 a name by its parts"),
        pytest.param("{empty} {other}", FACTS, "{empty} {other}", id="BK-21 unanswered stays literal"),
        pytest.param("{HOST}", FACTS, "Olga Host", id="BK-21 an answer cannot replace a built-in variable"),
        pytest.param("{evil}", FACTS, "{Organiser}", id="BK-21 answers are not expanded again"),
    ],
)
def test_title(template: str | None, facts: TitleFacts, expected: str) -> None:
    assert booking_title(template, facts) == expected


@pytest.mark.parametrize(
    ("reader", "expected"),
    [
        pytest.param(Reader.HOST, "Call with Ann van Lee", id="BK-21 host's view"),
        pytest.param(Reader.ATTENDEE, "Call with Olga Host", id="BK-21 attendee's view"),
    ],
)
def test_other_side(reader: Reader, expected: str) -> None:
    assert booking_title("Call with {HOST/ATTENDEE}", FACTS, reader) == expected


def test_bk_44_instant_title() -> None:
    assert instant_title("Ann") == "Instant Meeting with Ann"


def test_bk_21_every_built_in_variable_is_allowed_and_written() -> None:
    for name in TITLE_VARIABLES:
        template = f"{{{name}}}"
        assert unknown_variables(template) == ()
        assert "{" not in booking_title(template, FACTS)


def test_bk_21_field_slugs_are_refused_in_templates() -> None:
    names = unknown_variables("{Organiser} {company} {organiser}")

    assert names == ("company", "organiser")
    assert unknown_variables_message(names) == "Invalid event name variables: company, organiser"
