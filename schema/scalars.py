"""Scalars of the API: exact forms, typed input errors, UTC out.

Each scalar says its form in its description or by `specifiedBy`. A refused value raises `ScalarInputError`, whose
`extensions.fault` names the scalar and a stable word for what is wrong.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any, NewType

import orjson
import phonenumbers
import strawberry
from email_validator import EmailNotValidError
from graphql import GraphQLError
from graphql.language import ValueNode
from graphql.utilities import value_from_ast_untyped
from strawberry.scalars import JSON
from strawberry.types.scalar import ScalarDefinition

from app.services.addresses import normal_address
from app.services.checks import zone_names

TimeZone = NewType("TimeZone", str)
EmailAddress = NewType("EmailAddress", str)
PhoneNumber = NewType("PhoneNumber", str)
URL = NewType("URL", str)
Locale = NewType("Locale", str)
IdempotencyKey = NewType("IdempotencyKey", str)
SlotsVersion = NewType("SlotsVersion", int)
EventCursor = NewType("EventCursor", str)

MAX_JSON_BYTES = 64 * 1024
MAX_TEXT = 2048


class ScalarInputError(GraphQLError):
    """An input value that is not in the form of its scalar."""

    def __init__(self, scalar: str, fault: str, message: str) -> None:
        super().__init__(message, extensions={"fault": {"scalar": scalar, "code": fault}})


def _text(scalar: str, value: Any, limit: int = MAX_TEXT) -> str:
    if not isinstance(value, str):
        raise ScalarInputError(scalar, "not_a_string", f"{scalar} must be a string.")
    if len(value) > limit:
        raise ScalarInputError(scalar, "too_long", f"{scalar} must have at most {limit} characters.")
    return value


_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:\d\d)?", re.ASCII)


def parse_date_time(value: Any) -> datetime:
    """The instant in UTC; raises ScalarInputError for a value without offset."""
    text = _text("DateTime", value, 64)
    match = _DATE_TIME.fullmatch(text)
    if match is None:
        raise ScalarInputError("DateTime", "malformed", "DateTime must look like 2026-03-01T09:30:00+01:00.")
    if match.group(3) is None:
        raise ScalarInputError("DateTime", "offset_missing", "DateTime needs an offset: `Z` or such as `+01:00`.")
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ScalarInputError("DateTime", "out_of_range", "DateTime names no instant of the calendar.") from None


def serialize_date_time(value: datetime | str) -> str:
    """An aware datetime as UTC with `Z`, whole seconds where it has no fraction; raises ValueError for a naive one.

    A datetime that carries another offset than UTC keeps it: fields that take `timeZone:` answer in that zone.
    Text is served as it is: the core writes hundreds of slots faster than `isoformat` would.
    """
    if isinstance(value, str):
        return value
    offset = value.utcoffset()
    if offset is None:
        raise ValueError("DateTime cannot be served without an offset")
    if not offset:
        return value.isoformat()[:-6] + "Z"
    return value.isoformat()


_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_LOCAL_TIME = re.compile(r"\d\d:\d\d(:\d\d)?", re.ASCII)


def parse_date(value: Any) -> date:
    """A calendar date; raises ScalarInputError."""
    text = _text("Date", value, 64)
    if _DATE.fullmatch(text) is None:
        raise ScalarInputError("Date", "malformed", "Date must look like 2026-03-01.")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ScalarInputError("Date", "out_of_range", "Date names no day of the calendar.") from None


def serialize_date(value: date | str) -> str:
    """YYYY-MM-DD; raises TypeError for a datetime, whose date depends on a zone. Text is served as it is."""
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        raise TypeError("Date cannot be served from an instant")
    return value.isoformat()


def parse_local_time(value: Any) -> time:
    """A wall-clock time; raises ScalarInputError."""
    text = _text("LocalTime", value, 64)
    if _LOCAL_TIME.fullmatch(text) is None:
        raise ScalarInputError("LocalTime", "malformed", "LocalTime must look like 09:30 or 09:30:00.")
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise ScalarInputError("LocalTime", "out_of_range", "LocalTime must lie between 00:00 and 23:59:59.") from None


def serialize_local_time(value: time) -> str:
    """HH:MM, with seconds only where there are any."""
    return value.isoformat("seconds" if value.second else "minutes")


@cache
def _zones() -> dict[str, str]:
    return {name.lower(): name for name in zone_names()}


def parse_time_zone(value: Any) -> TimeZone:
    """The IANA name in its official spelling; older names (aliases) are accepted as they are."""
    name = _zones().get(_text("TimeZone", value, 64).lower())
    if name is None:
        raise ScalarInputError("TimeZone", "unknown", "TimeZone must be an IANA name such as Europe/Berlin.")
    return TimeZone(name)


_DURATION = re.compile(
    r"P(?:(?P<weeks>\d{1,5})W)?(?:(?P<days>\d{1,6})D)?"
    r"(?:T(?:(?P<hours>\d{1,6})H)?(?:(?P<minutes>\d{1,7})M)?(?:(?P<seconds>\d{1,9})S)?)?",
    re.ASCII,
)


def parse_duration(value: Any) -> timedelta:
    """A length of time in weeks, days, hours, minutes and seconds; raises ScalarInputError."""
    text = _text("Duration", value, 64)
    match = _DURATION.fullmatch(text)
    if match is None or text[-1] in "PT":
        raise ScalarInputError(
            "Duration", "malformed", "Duration must be ISO 8601 without years or months: PT30M, P1DT2H."
        )
    return timedelta(**{unit: int(amount) for unit, amount in match.groupdict(default="0").items()})


def serialize_duration(value: timedelta) -> str:
    """ISO 8601 in days, hours, minutes and seconds; raises ValueError for a negative or fractional length."""
    if value < timedelta(0) or value.microseconds:
        raise ValueError("Duration is served in whole seconds, not negative")
    minutes, seconds = divmod(value.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    days = f"{value.days}D" if value.days else ""
    clock = "".join(f"{n}{unit}" for n, unit in ((hours, "H"), (minutes, "M"), (seconds, "S")) if n)
    if not days and not clock:
        return "PT0S"
    return f"P{days}T{clock}" if clock else f"P{days}"


def parse_email(value: Any) -> EmailAddress:
    """The address with its domain in lower case; raises ScalarInputError. Nothing is looked up."""
    text = _text("EmailAddress", value, 320).strip()
    try:
        return EmailAddress(normal_address(text, reserved=True))
    except EmailNotValidError:
        raise ScalarInputError("EmailAddress", "malformed", "EmailAddress must look like anna@example.com.") from None


_E164 = re.compile(r"\+[1-9]\d{5,14}", re.ASCII)


def parse_phone_number(value: Any) -> PhoneNumber:
    """An E.164 number that can exist in its country; raises ScalarInputError."""
    text = _text("PhoneNumber", value, 32)
    if _E164.fullmatch(text) is None:
        raise ScalarInputError("PhoneNumber", "malformed", "PhoneNumber must be E.164: +491701234567.")
    try:
        possible = phonenumbers.is_possible_number(phonenumbers.parse(text))
    except phonenumbers.NumberParseException:
        possible = False
    if not possible:
        raise ScalarInputError("PhoneNumber", "impossible", "PhoneNumber has a wrong country code or length.")
    return PhoneNumber(text)


_URL = re.compile(r"https?://[^\s/?#@\\]+(:\d{1,5})?([/?#][^\s\\]*)?", re.IGNORECASE)


def parse_url(value: Any) -> URL:
    """An absolute http or https URL without credentials; raises ScalarInputError."""
    text = _text("URL", value)
    if _URL.fullmatch(text) is None:
        raise ScalarInputError("URL", "malformed", "URL must be absolute and start with https:// or http://.")
    return URL(text)


_LOCALE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z]{4})?([-_]([A-Za-z]{2}|\d{3}))?", re.ASCII)


def parse_locale(value: Any) -> Locale:
    """A language tag with optional script and region; raises ScalarInputError."""
    text = _text("Locale", value, 35)
    if _LOCALE.fullmatch(text) is None:
        raise ScalarInputError("Locale", "malformed", "Locale must be a language tag such as de or pt-BR.")
    return Locale(text.replace("_", "-"))


_IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e]{1,255}", re.ASCII)


def parse_idempotency_key(value: Any) -> IdempotencyKey:
    """1 to 255 visible ASCII characters; raises ScalarInputError."""
    text = _text("IdempotencyKey", value)
    if _IDEMPOTENCY_KEY.fullmatch(text) is None:
        raise ScalarInputError(
            "IdempotencyKey", "malformed", "IdempotencyKey must be 1 to 255 visible ASCII characters."
        )
    return IdempotencyKey(text)


_VERSION = re.compile(r"\d{1,18}", re.ASCII)


def parse_slots_version(value: Any) -> SlotsVersion:
    """The version as a number; raises ScalarInputError."""
    text = _text("SlotsVersion", value, 32)
    if _VERSION.fullmatch(text) is None:
        raise ScalarInputError("SlotsVersion", "malformed", "SlotsVersion must be a decimal number in a string.")
    return SlotsVersion(int(text))


_CURSOR = re.compile(r"[A-Za-z0-9_.:~=-]{1,512}", re.ASCII)


def parse_event_cursor(value: Any) -> EventCursor:
    """A cursor as it was served; what it means is checked where it is used. Raises ScalarInputError."""
    text = _text("EventCursor", value)
    if _CURSOR.fullmatch(text) is None:
        raise ScalarInputError("EventCursor", "malformed", "EventCursor must be a cursor that this API has served.")
    return EventCursor(text)


def parse_json(value: Any) -> JSON:
    """Any JSON value of at most MAX_JSON_BYTES; raises ScalarInputError."""
    try:
        size = len(orjson.dumps(value))
    except (TypeError, ValueError, RecursionError):
        raise ScalarInputError("JSON", "malformed", "JSON must be a JSON value, not nested too deeply.") from None
    if size > MAX_JSON_BYTES:
        raise ScalarInputError("JSON", "too_long", f"JSON must have at most {MAX_JSON_BYTES} bytes.")
    return JSON(value)


def parse_json_literal(node: ValueNode, variables: dict[str, Any] | None = None) -> JSON:
    """A JSON value written into the document."""
    return parse_json(value_from_ast_untyped(node, variables))


def _scalar(
    name: str, description: str, serialize: Callable[[Any], Any], parse: Callable[[Any], Any], url: str | None = None
) -> ScalarDefinition:
    return strawberry.scalar(
        name=name, description=description, serialize=serialize, parse_value=parse, specified_by_url=url
    )


SCALAR_MAP: dict[object, ScalarDefinition] = {
    datetime: _scalar(
        "DateTime",
        "An instant, RFC 3339 with a mandatory offset: `2026-03-01T09:30:00+01:00` or `2026-03-01T08:30:00Z`. "
        "A value without offset is refused. Served in UTC with `Z` unless the field takes `timeZone`.",
        serialize_date_time,
        parse_date_time,
        "https://www.rfc-editor.org/rfc/rfc3339",
    ),
    date: _scalar(
        "Date",
        "A calendar date without time or zone: `2026-03-01`.",
        serialize_date,
        parse_date,
        "https://www.rfc-editor.org/rfc/rfc3339",
    ),
    time: _scalar(
        "LocalTime",
        "A wall-clock time without date or zone, `HH:MM` or `HH:MM:SS`, from `00:00` to `23:59:59`.",
        serialize_local_time,
        parse_local_time,
    ),
    timedelta: _scalar(
        "Duration",
        "A length of time, ISO 8601 in weeks, days, hours, minutes and whole seconds: `PT30M`, `P1DT2H`. "
        "Years and months are refused since their length varies.",
        serialize_duration,
        parse_duration,
    ),
    TimeZone: _scalar(
        "TimeZone",
        "A zone of the IANA database: `Europe/Berlin`. Older names such as `Asia/Calcutta` are accepted, "
        "in any letter case.",
        str,
        parse_time_zone,
        "https://www.iana.org/time-zones",
    ),
    EmailAddress: _scalar(
        "EmailAddress",
        "An e-mail address without display name: `anna@example.com`.",
        str,
        parse_email,
        "https://www.rfc-editor.org/rfc/rfc5321",
    ),
    PhoneNumber: _scalar(
        "PhoneNumber",
        "A telephone number in E.164 form: `+` , country code and number without spaces, `+491701234567`.",
        str,
        parse_phone_number,
        "https://www.itu.int/rec/T-REC-E.164",
    ),
    URL: _scalar(
        "URL",
        "An absolute `https` or `http` URL without credentials, at most 2048 characters.",
        str,
        parse_url,
        "https://www.rfc-editor.org/rfc/rfc3986",
    ),
    Locale: _scalar(
        "Locale",
        "A language tag with optional script and region: `de`, `pt-BR`, `zh-Hant-TW`.",
        str,
        parse_locale,
        "https://www.rfc-editor.org/rfc/rfc5646",
    ),
    IdempotencyKey: _scalar(
        "IdempotencyKey",
        "A value of the caller's own making, 1 to 255 visible ASCII characters. The same key with the same input gives "
        "the same answer for 24 hours; with another input it is an error.",
        str,
        parse_idempotency_key,
    ),
    SlotsVersion: _scalar(
        "SlotsVersion",
        "The version of an availability: a decimal number in a string such as `1785000000000000`, larger after every "
        "change. Compare as numbers.",
        str,
        parse_slots_version,
    ),
    EventCursor: _scalar(
        "EventCursor",
        "A position in the stream of events, to be given back as it was served.",
        str,
        parse_event_cursor,
    ),
    JSON: strawberry.scalar(
        name="JSON",
        description="Any JSON value of at most 64 KiB.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc8259",
        serialize=lambda value: value,
        parse_value=parse_json,
        parse_literal=parse_json_literal,
    ),
}
"""For `StrawberryConfig(scalar_map=...)`: which Python type is served as which scalar."""
