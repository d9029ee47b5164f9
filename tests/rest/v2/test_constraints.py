"""What is said of wrong input: names and texts as class-validator 0.15 gives them for the same rules (AU-31)."""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field, RootModel, ValidationError

from app.rest.v2.bookings_inputs import Instant, Phone
from app.rest.v2.inputs import (
    Body,
    Email,
    Int,
    Language,
    Metadata,
    NotNegative,
    Positive,
    Query,
    QueryBool,
    QueryInt,
    QueryInts,
    Text,
    TimeZone,
    Url,
)
from app.rest.v2.operations import OPERATIONS
from app.rest.v2.places import find
from app.rest.v2.schedules import AvailabilityInput, Clock, Date
from app.rest.v2.validation import WrongInputError, wrong_input
from tests.contract.client import flat


class Colour(StrEnum):
    """Two of them."""

    RED = "red"
    BLUE = "blue"


class Part(Body):
    """What is nested."""

    slug: str


class Every(Body):
    """Each kind of property, required."""

    text: str
    bounded: Annotated[str, Field(min_length=2, max_length=3)]
    named: Text
    whole: Int
    positive: Positive
    not_negative: NotNegative
    ranged: Annotated[Int, Field(ge=1, le=250)]
    flag: bool
    choice: Literal["a", "b"]
    number: Literal[12, 24]
    colour: Colour
    email: Email
    url: Url
    zone: TimeZone
    phone: Phone
    moment: Instant
    day: Date
    clock: Clock
    any_object: dict[str, Any]
    metadata: Metadata
    language: Language
    part: Part
    texts: list[str]
    emails: list[Email]
    numbers: list[Positive]
    choices: list[Literal["a", "b"]]
    parts: list[Part]
    anything: Annotated[Any, Field()]


class Asked(Query):
    """Of a query everything is a text."""

    take: Annotated[QueryInt, Field(ge=1, le=250)]
    flag: QueryBool
    numbers: QueryInts
    on: date


class Optional(Body):
    """What may be left out is checked when it is there."""

    one: str | list[str] | None = None
    positive: Positive | None = None
    parts: list[Part] | None = None
    short: Annotated[list[str], Field(min_length=2, max_length=3)] | None = None
    some: Annotated[list[str], Field(min_length=1)] | None = None


class Several(RootModel[list[Part]]):
    """A list by itself."""


def told(model: type[BaseModel], given: Any) -> dict[str, list[str]]:
    """Texts by dotted property."""
    with pytest.raises(ValidationError) as caught:
        model.model_validate(given)
    return dict(flat(wrong_input(caught.value, model).errors))


ABSENT: dict[str, list[str]] = {
    "text": ["text must be a string"],
    "bounded": [
        "bounded must be longer than or equal to 2 characters",
        "bounded must be shorter than or equal to 3 characters",
        "bounded must be a string",
    ],
    "named": ["named must be a string"],
    "whole": ["whole must be an integer number"],
    "positive": ["positive must not be less than 1", "positive must be an integer number"],
    "notNegative": ["notNegative must not be less than 0", "notNegative must be an integer number"],
    "ranged": [
        "ranged must not be greater than 250",
        "ranged must not be less than 1",
        "ranged must be an integer number",
    ],
    "flag": ["flag must be a boolean value"],
    "choice": ["choice must be one of the following values: a, b"],
    "number": ["number must be one of the following values: 12, 24"],
    "colour": ["colour must be one of the following values: red, blue"],
    "email": ["email must be an email"],
    "url": ["url must be a URL address"],
    "zone": ["zone must be a valid IANA time-zone"],
    "phone": ["phone must be a valid phone number"],
    "moment": ["moment must be a valid ISO 8601 date string"],
    "day": ["day must be a valid ISO 8601 date string"],
    "clock": ["clock must be a valid time in format HH:MM e.g. 08:00", "clock must be a string"],
    "anyObject": ["anyObject must be an object"],
    "metadata": ["metadata must be an object"],
    "part": ["part must be an object"],
    "texts": ["each value in texts must be a string", "texts must be an array"],
    "emails": ["each value in emails must be an email", "emails must be an array"],
    "numbers": [
        "each value in numbers must not be less than 1",
        "each value in numbers must be an integer number",
        "numbers must be an array",
    ],
    "choices": ["each value in choices must be one of the following values: a, b", "choices must be an array"],
    "parts": ["parts must be an array"],
}


def in_any_order(texts: dict[str, list[str]]) -> dict[str, list[str]]:
    """Without the order, which the class-validator takes from that of decorators."""
    return {name: sorted(found) for name, found in texts.items()}


@pytest.mark.parametrize("given", [{}, dict.fromkeys(ABSENT), {**dict.fromkeys(ABSENT), "language": None}])
def test_what_is_absent_breaks_every_constraint(given: dict[str, Any]) -> None:
    """Of each kind of property: null is as good as nothing."""
    found = told(Every, given)
    assert found.pop("language")[0].startswith("language must be one of the following values: ar, ca, de, es, ")
    assert found.pop("anything", []) in ([], ["anything should not be null or undefined"])
    assert in_any_order(found) == in_any_order(ABSENT)


METADATA = "Metadata must have at most 50 keys, each key up to 40 characters, and string values up to 500 characters."
WRONG = object()
"""Of no kind at all that JSON has."""


def test_what_is_of_the_wrong_kind_breaks_every_constraint() -> None:
    """Objects that are none have a text of their own, and lists say nothing of elements they do not have."""
    lists = {name: [f"{name} must be an array"] for name in ("texts", "emails", "numbers", "choices", "parts")}
    part = ["nested property part must be either object or array"]
    found = told(Every, dict.fromkeys([*ABSENT, "language"], WRONG) | {"anything": 1})
    del found["language"]
    assert in_any_order(found) == in_any_order({**ABSENT, **lists, "part": part})


@pytest.mark.parametrize(
    ("model", "given", "faults"),
    [
        (Every, {"whole": 1.5}, {"whole": ["whole must be an integer number"]}),
        (Every, {"positive": 0}, {"positive": ["positive must not be less than 1"]}),
        (Every, {"ranged": 251}, {"ranged": ["ranged must not be greater than 250"]}),
        (Every, {"whole": 2**40}, {"whole": ["whole must not be greater than 2147483647"]}),
        (Every, {"bounded": "a"}, {"bounded": ["bounded must be longer than or equal to 2 characters"]}),
        (Every, {"bounded": "abcd"}, {"bounded": ["bounded must be shorter than or equal to 3 characters"]}),
        (Every, {"named": " "}, {"named": ["named should not be empty"]}),
        (Every, {"emails": ["a@example.com", "x"]}, {"emails": ["each value in emails must be an email"]}),
        (
            Every,
            {"numbers": [0, "x"]},
            {
                "numbers": [
                    "each value in numbers must be an integer number",
                    "each value in numbers must not be less than 1",
                ]
            },
        ),
        (
            Every,
            {"choices": ["c", 5]},
            {"choices": ["each value in choices must be one of the following values: a, b"]},
        ),
        (Every, {"part": {}}, {"part.slug": ["slug must be a string"]}),
        (
            Every,
            {"parts": [{"slug": 5}, "x", None]},
            {
                "parts.0.slug": ["slug must be a string"],
                "parts.1": ["each value in nested property parts must be either object or array"],
                "parts.2": ["each value in nested property parts must be either object or array"],
            },
        ),
        (Every, {"metadata": {"k" * 41: 1}}, {"metadata": [METADATA]}),
        (Optional, {"one": {"str": 1}}, {"one": ["one should not be null or undefined"]}),
        (Optional, {"positive": "1"}, {"positive": ABSENT["positive"][1:] + ABSENT["positive"][:1]}),
        (Optional, {"parts": "x"}, {"parts": ["parts must be an array"]}),
        (Optional, {"short": []}, {"short": ["short must contain at least 2 elements"]}),
        (Optional, {"short": ["a"] * 4}, {"short": ["short must contain no more than 3 elements"]}),
        (Optional, {"some": []}, {"some": ["some should not be empty"]}),
        (Several, [{"slug": "a"}, {}], {"1.slug": ["slug must be a string"]}),
        (Several, {}, {"input": ["input must be an array"]}),
        (
            Asked,
            {"take": "", "flag": "maybe", "numbers": "1,x", "on": "soon"},
            {
                "take": [
                    "take must be a number conforming to the specified constraints",
                    "take must not be greater than 250",
                    "take must not be less than 1",
                ],
                "flag": ["flag must be a boolean value"],
                "numbers": ["each value in numbers must be a number conforming to the specified constraints"],
                "on": ["on must be a valid ISO 8601 date string"],
            },
        ),
        (Asked, {"take": "0"}, {"take": ["take must not be less than 1"]}),
        (
            AvailabilityInput,
            {"days": ["Someday"], "startTime": "9:00", "endTime": "10:00"},
            {
                "days": [
                    "each value in days must be one of the following values: "
                    "Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday"
                ],
                "startTime": ["startTime must be a valid time in format HH:MM e.g. 08:00"],
            },
        ),
    ],
)
def test_wrong_values(model: type[BaseModel], given: Any, faults: dict[str, list[str]]) -> None:
    """A value of the right kind breaks one constraint; elements are told on the list, objects in it on themselves."""
    found = told(model, given)
    assert {name: found.get(name) for name in faults} == faults


def test_the_tree_has_what_clients_walk() -> None:
    """`property`, `constraints` and `children`, outermost first."""
    with pytest.raises(ValidationError) as caught:
        Several.model_validate([{"slug": 5}])
    error = wrong_input(caught.value, Several)
    slug = {"property": "slug", "children": [], "constraints": {"isString": "slug must be a string"}}
    assert isinstance(error, WrongInputError)
    assert error.errors == [{"property": "0", "children": [slug]}]
    assert error.joined() == "0 property is wrong, slug property is wrong,slug must be a string "


OWN_TEXTS = (
    "SortStart must be",
    "SortEnd must be",
    "SortCreated must be",
    "Invalid status. Allowed are",
    "slotFormat must be",
    "BookingInputLocationValidator_2024_08_13 - ",
    "Name the event type: ",
    "All ",
)
"""Beginnings of documented texts that do not name their property first."""


def models(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """A model and those of its properties."""
    yield model
    for field in model.model_fields.values():
        place = find(model, [field.alias or ""]) if field.alias else None
        inner = place.element if place is not None and place.element is not None else place
        if inner is not None and inner.is_model:
            yield from models(inner.kind)


BODIES = sorted({body for row in OPERATIONS if row.body for body in models(row.body)}, key=lambda body: body.__name__)


@pytest.mark.parametrize("body", BODIES, ids=[body.__name__ for body in BODIES])
@pytest.mark.parametrize(
    "value",
    [WRONG, {"str": 1}, [WRONG], "\x7f", -1e40, True],
    ids=["nothing of JSON", "object", "list", "text", "number", "boolean"],
)
def test_every_property_of_every_row_speaks_of_itself(body: type[BaseModel], value: Any) -> None:
    """No text is pydantic's, none is about no property, whatever is sent."""
    names = [field.alias or name for name, field in body.model_fields.items()]
    given = value if issubclass(body, RootModel) else dict.fromkeys(names, value)
    try:
        body.model_validate(given)
    except ValidationError as error:
        for path, texts in flat(wrong_input(error, body).errors):
            property_ = path.rpartition(".")[2]
            begins = (
                property_,
                f"property {property_} ",
                f"each value in {property_}",
                "each value in nested",
                "nested",
            )
            for text in texts:
                assert text.startswith((*begins, *OWN_TEXTS)), (path, text)
                assert "should not be null" not in text, (path, text)
