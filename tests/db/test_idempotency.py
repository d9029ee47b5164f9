"""A request sent twice is carried out once (BK-18)."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest

from app.context import Actor, RequestContext
from app.db import idempotency, raw
from app.db.idempotency import OTHER_INPUT, STILL_RUNNING, KeyedRequest, StoredAnswer, hash_input
from app.db.unit_of_work import UnitOfWork, unit_of_work
from app.errors import IdempotencyConflictError, NotFoundError
from tests.db.conftest import NOW, Rows


@dataclass(frozen=True, slots=True)
class Book:
    """A command."""

    start: str
    guests: tuple[str, ...] = ()


class Desk:
    """Carries out keyed commands and counts how often it really did."""

    def __init__(self) -> None:
        self.done = 0

    async def book(self, ctx: RequestContext, command: Book, *, operation: str = "createBooking") -> object:
        """Answer a number: the same for a replay."""
        request = KeyedRequest.of(ctx, operation, command, "key-1")
        assert request is not None

        async def work(uow: UnitOfWork) -> object:
            stored = await idempotency.claim(request)
            if stored is not None:
                return stored
            self.done += 1
            await raw.execute("INSERT INTO jobs (kind, run_at) VALUES ('test', $1)", ctx.now())
            await asyncio.sleep(0.01)
            if command.start == "never":
                raise NotFoundError("no such slot")
            await idempotency.complete(request, {"number": self.done}, ["b1"])
            return {"number": self.done}

        return await unit_of_work(ctx, work)


REPLAY = StoredAnswer({"number": 1}, ("b1",))


async def test_the_second_request_gets_the_answer_of_the_first(ctx: RequestContext, rows: Rows) -> None:
    desk = Desk()
    assert await desk.book(ctx, Book("9:00")) == {"number": 1}
    assert await desk.book(ctx, Book("9:00")) == REPLAY
    assert await raw.value("SELECT count(*) FROM jobs") == 1


async def test_ten_at_once_are_carried_out_once(make_ctx: Callable[..., RequestContext], rows: Rows) -> None:
    desk = Desk()
    answers = await asyncio.gather(*(desk.book(make_ctx(), Book("9:00")) for _ in range(10)))
    assert answers.count({"number": 1}) == 1
    assert answers.count(REPLAY) == 9
    assert await raw.value("SELECT count(*) FROM jobs") == 1


async def test_another_input_under_the_same_key_is_refused(ctx: RequestContext, rows: Rows) -> None:
    desk = Desk()
    await desk.book(ctx, Book("9:00"))
    with pytest.raises(IdempotencyConflictError, match=OTHER_INPUT):
        await desk.book(ctx, Book("9:30"))


async def test_the_key_belongs_to_its_caller_and_operation(make_ctx: Callable[..., RequestContext], rows: Rows) -> None:
    desk = Desk()
    await desk.book(make_ctx(), Book("9:00"))
    assert await desk.book(make_ctx(actor=Actor(user_id=2)), Book("9:30")) == {"number": 2}
    assert await desk.book(make_ctx(), Book("9:30"), operation="cancelBooking") == {"number": 3}


async def test_a_failed_request_may_be_repeated(ctx: RequestContext, rows: Rows) -> None:
    desk = Desk()
    with pytest.raises(NotFoundError):
        await desk.book(ctx, Book("never"))
    assert await desk.book(ctx, Book("9:00")) == {"number": 2}


async def test_an_answer_is_forgotten_after_a_day(make_ctx: Callable[..., RequestContext], rows: Rows) -> None:
    desk = Desk()
    await desk.book(make_ctx(), Book("9:00"))
    almost = make_ctx(now=lambda: NOW + timedelta(hours=24, seconds=-1))
    assert await desk.book(almost, Book("9:00")) == REPLAY
    later = make_ctx(now=lambda: NOW + timedelta(hours=24))
    assert await desk.book(later, Book("9:30")) == {"number": 2}


async def test_cancelling_the_booking_frees_the_key(ctx: RequestContext, rows: Rows) -> None:
    desk = Desk()
    await desk.book(ctx, Book("9:00"))
    await idempotency.release("another")
    assert await desk.book(ctx, Book("9:00")) == REPLAY
    await idempotency.release("b1")
    assert await desk.book(ctx, Book("9:30")) == {"number": 2}


async def test_a_claim_without_an_answer_is_still_running(ctx: RequestContext, rows: Rows) -> None:
    request = KeyedRequest.of(ctx, "createBooking", Book("9:00"), "key-1")
    assert request is not None
    assert await idempotency.claim(request) is None
    with pytest.raises(IdempotencyConflictError, match=STILL_RUNNING):
        await idempotency.claim(request)


async def test_without_a_key_there_is_nothing_to_keep(make_ctx: Callable[..., RequestContext]) -> None:
    assert KeyedRequest.of(make_ctx(), "createBooking", Book("9:00")) is None
    from_header = KeyedRequest.of(make_ctx(idempotency_key="h"), "createBooking", Book("9:00"))
    assert from_header is not None
    assert from_header.key == "h"


def test_the_hash_is_of_values_not_of_order() -> None:
    assert hash_input({"a": 1, "b": [2, 3]}) == hash_input({"b": [2, 3], "a": 1})
    assert hash_input(Book("9:00")) == hash_input(Book("9:00", ()))
    assert hash_input(Book("9:00")) != hash_input(Book("9:01"))
