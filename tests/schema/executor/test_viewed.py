"""Fields that show attributes of a view answer the same on the compiled path as field by field."""

from datetime import UTC, datetime
from enum import Enum
from typing import Any, NamedTuple

import orjson
import pytest
import strawberry
from hypothesis import given
from hypothesis import strategies as st
from strawberry.scalars import JSON

from schema.build import build_schema
from schema.executor.engine import Engine, Ready
from schema.executor.requests import GraphRequest
from schema.instants import microsecond_text, second_text
from schema.scalars import EmailAddress, serialize_date_time
from schema.viewed import viewed
from tests.schema.sample import make_sample, make_settings

FIRST = int(datetime(1, 1, 1, tzinfo=UTC).timestamp())
LAST = int(datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC).timestamp())


class Mood(Enum):
    """What a meeting is like."""

    GOOD = "good"
    BAD = "bad"


strawberry.enum(Mood)


class View(NamedTuple):
    """As a service would make it."""

    number: Any = 1
    title: Any = "Meeting"
    note: Any = None
    mood: Any = "good"
    start_s: Any = 1_800_000_000
    changed_us: Any = 1_800_000_000_000_001
    email: Any = "ada@example.com"
    answers: Any = ()


@strawberry.type
class Meeting:
    view: strawberry.Private[View]

    number: int = viewed("number", "Number.")
    title: str = viewed("title", "Title.")
    note: str | None = viewed("note", "Note.")
    mood: Mood = viewed("mood", "Mood.", Mood)
    start: datetime = viewed("start_s", "Start.", second_text)
    changed_at: datetime = viewed("changed_us", "Changed.", microsecond_text)
    email: EmailAddress = viewed("email", "Address.")
    answers: JSON = viewed("answers", "Answers.", dict)


HELD: list[View] = []


@strawberry.type
class Query:
    @strawberry.field
    def meetings(self) -> list[Meeting]:
        return [Meeting(view=view) for view in HELD]


SCHEMA = build_schema(Query)
SETTINGS = make_settings(graphql_cost_limit=0)
ENGINE = Engine(SCHEMA, SETTINGS)
SAMPLE = make_sample()
DOCUMENT = "{meetings{number title note mood start changedAt email answers}}"


async def both(*views: View) -> tuple[bytes, bytes, int]:
    """The data and messages of the compiled and of Strawberry's own path, and how many plans were made."""
    HELD[:] = views
    ready = await ENGINE.prepare(GraphRequest(query=DOCUMENT), SAMPLE.context(SETTINGS))
    assert isinstance(ready, Ready)
    compiled = await ENGINE.execute(ready)
    stock = await SCHEMA.execute(DOCUMENT, context_value=SAMPLE.context(SETTINGS))
    paths = [error.path for error in stock.errors or ()]
    return (
        orjson.dumps([compiled.data, [error["path"] for error in compiled.errors]]),
        orjson.dumps([stock.data, paths]),
        len(ready.operation.plans),
    )


async def test_a_list_of_views_is_compiled_and_answers_the_same() -> None:
    compiled, stock, plans = await both(View(), View(note="x", mood="bad", changed_us=1_800_000_000_000_000))
    assert compiled == stock
    assert b"2027-01-15T08:00:00.000001Z" in compiled
    assert plans == 1


@pytest.mark.parametrize(
    "odd",
    [
        View(number=None),
        View(number=2**31),
        View(title=None),
        View(title=7),
        View(mood="none of them"),
        View(mood=Mood.GOOD),
        View(mood=None),
        View(mood=[]),
        View(start_s=10**12),
        View(start_s=None),
        View(email=None),
        View(email=7),
        View(answers=None),
        View(answers={"a": 1}),
    ],
    ids=repr,
)
async def test_odd_views_are_reported_as_ever(odd: View) -> None:
    compiled, stock, _ = await both(View(), odd)
    assert compiled == stock


@given(second=st.integers(FIRST, LAST))
def test_seconds_are_written_as_a_datetime_would_be(second: int) -> None:
    assert second_text(second) == serialize_date_time(datetime.fromtimestamp(second, UTC))


@given(second=st.integers(FIRST, LAST), fraction=st.sampled_from([0, 1, 500_000, 999_999]))
def test_microseconds_are_written_as_a_datetime_would_be(second: int, fraction: int) -> None:
    moment = datetime.fromtimestamp(second, UTC).replace(microsecond=fraction)
    assert microsecond_text(second * 1_000_000 + fraction) == serialize_date_time(moment)


@pytest.mark.parametrize("second", [FIRST - 1, LAST + 1])
def test_instants_outside_of_the_calendar_are_refused(second: int) -> None:
    with pytest.raises(ValueError, match=r"ordinal|out of range"):
        second_text(second)


def test_only_a_name_is_an_attribute() -> None:
    with pytest.raises(ValueError, match="name of an attribute"):
        viewed("a.b", "No.")
