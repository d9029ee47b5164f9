"""What bodies and queries of API v2 are made of: types as strict as the documented ones, with their messages.

An optional property that is null counts as absent, as everywhere in the documented API. Unknown properties are ignored
unless a model says `extra="forbid"`.
"""

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from app.errors import InvalidInputError
from app.rest.v2.validation import wrong
from app.services.checks import check_email, check_url, zone_names

MAX_INT = 2**31 - 1
MAX_TAKE = 250


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
        raise wrong("isTimeZone", "$property must be a valid IANA time-zone")
    return value


def _email(value: str) -> str:
    try:
        return check_email("email", value)
    except InvalidInputError as error:
        raise wrong("isEmail", "$property must be an email") from error


def _url(value: str) -> str:
    try:
        return check_url("url", value)
    except InvalidInputError as error:
        raise wrong("isUrl", "$property must be a URL address") from error


def _not_blank(value: str) -> str:
    if not value.strip():
        raise wrong("isNotEmpty", "$property should not be empty")
    return value


Int = Annotated[int, BeforeValidator(whole), Field(ge=-MAX_INT - 1, le=MAX_INT)]
Positive = Annotated[int, BeforeValidator(whole), Field(ge=1, le=MAX_INT)]
# The documents call some numbers texts.
PositiveOrText = Annotated[int, BeforeValidator(_whole_or_digits), Field(ge=1, le=MAX_INT)]
NotNegative = Annotated[int, BeforeValidator(whole), Field(ge=0, le=MAX_INT)]
TimeZone = Annotated[str, AfterValidator(_zone)]
Email = Annotated[str, AfterValidator(_email)]
Url = Annotated[str, AfterValidator(_url)]
Text = Annotated[str, AfterValidator(_not_blank)]

QueryInt = Annotated[int, BeforeValidator(_whole_text), Field(ge=-MAX_INT - 1, le=MAX_INT)]
QueryBool = Annotated[bool, BeforeValidator(_boolean_text)]
QueryList = Annotated[list[str], BeforeValidator(_as_list)]
QueryTimeZone = TimeZone
QueryInts = Annotated[list[QueryInt], BeforeValidator(_as_list)]


class PageQuery(Query):
    """How many, after how many."""

    take: Annotated[int, BeforeValidator(_whole_text), Field(ge=1, le=MAX_TAKE)] = MAX_TAKE
    skip: Annotated[int, BeforeValidator(_whole_text), Field(ge=0, le=MAX_INT)] = 0
