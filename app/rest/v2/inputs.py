"""What bodies and queries of API v2 are made of: types as strict as the documented ones, with their messages.

An optional property that is null counts as absent, as everywhere in the documented API. Unknown properties are ignored
unless a model says `extra="forbid"`.
"""

import re
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic.alias_generators import to_camel

from app.domain.languages import LANGUAGES, is_language
from app.domain.metadata import MAX_KEY_LENGTH, MAX_KEYS, MAX_VALUE_LENGTH, check_metadata
from app.errors import InvalidInputError
from app.rest.v2.constraints import EMAIL, NOT_EMPTY, NUMBER, OBJECT, TIME_ZONE, UNIQUE, URL, Constraint, Told, one_of
from app.rest.v2.validation import wrong
from app.services.checks import check_email, check_url, zone_names

MAX_INT = 2**31 - 1
MAX_TAKE = 250
LANGUAGE = one_of(LANGUAGES)
METADATA = Constraint(
    "ValidateMetadata",
    f"Metadata must have at most {MAX_KEYS} keys, each key up to {MAX_KEY_LENGTH} characters, and string values up to "
    f"{MAX_VALUE_LENGTH} characters.",
)


class Body(BaseModel):
    """Base of JSON bodies: names in camelCase, no conversion of types."""

    model_config = ConfigDict(strict=True, extra="ignore", alias_generator=to_camel, frozen=True)

    def given(self) -> dict[str, Any]:
        """What the caller set, by field name; null counts as not set."""
        return {name: value for name in self.model_fields_set if (value := getattr(self, name)) is not None}


class Query(BaseModel):
    """Base of queries: everything arrives as text."""

    model_config = ConfigDict(extra="ignore", alias_generator=to_camel, frozen=True)


class Nothing(Body):
    """A body without properties; whatever is sent is ignored."""


def whole(value: Any) -> Any:
    """JSON has one kind of number: 30.0 is 30."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _whole_text(value: Any) -> Any:
    if isinstance(value, list):
        value = value[-1] if value else None
    if isinstance(value, str):
        try:
            return whole(float(value)) if "." in value else int(value)
        except (ValueError, OverflowError):
            return value
    return value


def _unique(values: list[int]) -> list[int]:
    if len(set(values)) < len(values):
        raise wrong(UNIQUE)
    return values


def _whole_or_digits(value: Any) -> Any:
    return int(value) if isinstance(value, str) and re.fullmatch("[0-9]{1,10}", value) else whole(value)


def _as_list(value: Any) -> Any:
    if isinstance(value, str):
        return [part for part in value.split(",") if part]
    if isinstance(value, dict):
        return list(value.values())
    return value


def _boolean_text(value: Any) -> Any:
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


def _zone(value: str) -> str:
    if value not in zone_names():
        raise wrong(TIME_ZONE)
    return value


def _email(value: str) -> str:
    try:
        return check_email("email", value)
    except InvalidInputError as error:
        raise wrong(EMAIL) from error


def _url(value: str) -> str:
    try:
        return check_url("url", value)
    except InvalidInputError as error:
        raise wrong(URL) from error


def _url_or_blank(value: str) -> str:
    return _url(value) if value.strip() else value


def _metadata(value: dict[str, Any]) -> dict[str, Any]:
    if check_metadata(value):
        raise wrong(METADATA)
    return value


def _language(value: str) -> str:
    if not is_language(value):
        raise wrong(LANGUAGE)
    return value


def _not_blank(value: str) -> str:
    if not value.strip():
        raise wrong(NOT_EMPTY)
    return value


# Bounds stand before what makes numbers of other values: only so are they in our OpenAPI document.
Int = Annotated[int, Field(ge=-MAX_INT - 1, le=MAX_INT), BeforeValidator(whole)]
Positive = Annotated[int, Field(ge=1, le=MAX_INT), BeforeValidator(whole)]
# The documents call some numbers texts.
PositiveOrText = Annotated[int, Field(ge=1, le=MAX_INT), BeforeValidator(_whole_or_digits)]
Lengths = Annotated[list[PositiveOrText], AfterValidator(_unique)]
NotNegative = Annotated[int, Field(ge=0, le=MAX_INT), BeforeValidator(whole)]
TimeZone = Annotated[
    str, AfterValidator(_zone), Field(json_schema_extra={"examples": ["Europe/Berlin"]}), Told((TIME_ZONE,))
]
Email = Annotated[str, AfterValidator(_email), Field(json_schema_extra={"format": "email"}), Told((EMAIL,))]
Url = Annotated[str, AfterValidator(_url), Field(json_schema_extra={"format": "uri"}), Told((URL,))]
UrlOrBlank = Annotated[str, AfterValidator(_url_or_blank), Told((URL,))]
Text = Annotated[str, AfterValidator(_not_blank), Field(json_schema_extra={"minLength": 1})]
_Day = Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
WeekDay = Annotated[_Day, Told((one_of(get_args(_Day), "isIn"),))]
Language = Annotated[
    str, AfterValidator(_language), Told((LANGUAGE,)), WithJsonSchema({"type": "string", "enum": list(LANGUAGES)})
]
Metadata = Annotated[dict[str, Any], AfterValidator(_metadata), Told((OBJECT,))]

_FromText = BeforeValidator(_whole_text)
_Number = Told((NUMBER,))
QueryInt = Annotated[int, Field(ge=-MAX_INT - 1, le=MAX_INT), _FromText, _Number]
QueryMinutes = Annotated[int, Field(ge=1, le=MAX_INT), _FromText, _Number]
QueryTake = Annotated[int, Field(ge=1, le=MAX_TAKE), _FromText, _Number]
QuerySkip = Annotated[int, Field(ge=0, le=MAX_INT), _FromText, _Number]
QueryBool = Annotated[bool, BeforeValidator(_boolean_text)]
QueryList = Annotated[list[str], BeforeValidator(_as_list)]
QueryTimeZone = TimeZone
QueryInts = Annotated[list[QueryInt], BeforeValidator(_as_list)]


class PageQuery(Query):
    """How many, after how many."""

    take: QueryTake = MAX_TAKE
    skip: QuerySkip = 0
