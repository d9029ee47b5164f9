"""What the queries of both shapes of slots have in common."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, PlainValidator, WithJsonSchema, model_validator

from app.domain.schedule_validation import parse_date
from app.rest.v2.constraints import DATE_STRING, Constraint, Told
from app.rest.v2.inputs import Query, QueryTimeZone
from app.rest.v2.validation import wrong
from app.services.slots.queries import YEARS

_LOST_PLUS = re.compile(r"(T[0-9:.]+) (\d\d:?\d\d)$")


def parse_instant(text: str) -> datetime | None:
    """An ISO 8601 instant; without an offset it is in UTC. A `+` that a URL made a space is put back."""
    try:
        moment = datetime.fromisoformat(_LOST_PLUS.sub(r"\1+\2", text.strip()))
    except ValueError:
        return None
    if moment.year not in YEARS:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _bound(value: Any) -> Any:
    text = value[-1] if isinstance(value, list) and value else value
    day = parse_date(text) if isinstance(text, str) else None
    found = (day if day is not None and day.year in YEARS else None) or (
        parse_instant(text) if isinstance(text, str) else None
    )
    if found is None:
        raise wrong(DATE_STRING)
    return found


def _instant(text: str) -> str:
    if parse_instant(text) is None:
        raise wrong(DATE_STRING)
    return text


def _zone_or_utc(name: str) -> str | None:
    """UTC by name is written with `Z`, as when no zone is asked for."""
    return None if name in {"UTC", "GMT"} else name


DateOrInstant = Annotated[
    date | datetime, PlainValidator(_bound), WithJsonSchema({"type": "string"}), Told((DATE_STRING,))
]
InstantText = Annotated[str, AfterValidator(_instant), Told((DATE_STRING,))]
SlotFormat = Annotated[
    Literal["range", "time"], Told((Constraint("isEnum", "slotFormat must be either 'range' or 'time'"),))
]
SlotZone = Annotated[QueryTimeZone, AfterValidator(_zone_or_utc)]


class SlotQuery(Query):
    """Base of the queries for slots: an empty value counts as absent."""

    @model_validator(mode="before")
    @classmethod
    def _drop_empty(cls, given: Any) -> Any:
        if isinstance(given, dict):
            return {name: value for name, value in given.items() if value not in ("", "undefined")}
        return given
