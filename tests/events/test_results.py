"""Whatever goes wrong with writing down how deliveries went, the next ones are written down."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest

from app.events import delivery_rows
from app.events.deliveries import Deliverer
from app.events.delivery_rows import Claimed, Outcome
from app.events.registry import WorkContext
from tests.events.queued import drained, queue, states
from tests.parts.receiver import Receiver

Results = Sequence[tuple[Claimed, Outcome]]


@pytest.fixture
def refuse(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Results], bool]], list[Results]]:
    """Lets the database refuse the results for which a function says so; answers what it was given."""
    settle, given = delivery_rows.settle, []

    def make(refused: Callable[[Results], bool]) -> list[Results]:
        async def picky(results: Results) -> None:
            given.append(results)
            if refused(results):
                raise ValueError("no text for a database")
            await settle(results)

        monkeypatch.setattr(delivery_rows, "settle", picky)
        return given

    return make


async def test_an_unexpected_error_does_not_end_the_writer(
    present: WorkContext, refuse: Callable[[Callable[[Results], bool]], list[Results]]
) -> None:
    """Everything in hand is waiting for the writer: if it ended, nothing would go out any more."""
    given = refuse(lambda _: len(given) == 1)
    async with Receiver() as receiver:
        await queue(f"{receiver.url}/hook", 4)
        deliverer = Deliverer(present, in_hand=2)
        async with asyncio.timeout(30):
            await drained(deliverer)
        await deliverer.drain(timedelta(seconds=1))
        assert len(receiver.received) == 4
    assert await states() == {"DELIVERED": 4}


async def test_a_result_that_cannot_be_written_takes_no_others_along(
    present: WorkContext, refuse: Callable[[Callable[[Results], bool]], list[Results]]
) -> None:
    """It is written without what its receiver said; the others as they are."""
    refuse(lambda results: any("poison" in (outcome.response_excerpt or "") for _, outcome in results))
    async with Receiver() as receiver:
        receiver.behave = lambda _: (200, "poison" if len(receiver.received) == 5 else "fine")
        await queue(f"{receiver.url}/hook", 20)
        deliverer = Deliverer(present)
        async with asyncio.timeout(30):
            await drained(deliverer)
        await deliverer.drain(timedelta(seconds=1))
        assert len(receiver.received) == 20
    assert await states() == {"DELIVERED": 20}
    assert await states("response_excerpt") == {"fine": 19, None: 1}
