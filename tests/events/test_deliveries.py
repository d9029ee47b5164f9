"""Many deliveries at once: bounded memory, fast receivers served fast, slow ones in nobody's way."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta

import pytest

from app.db import raw
from app.events import lanes
from app.events.deliveries import IN_HAND, Deliverer
from app.events.lanes import SHARES, Pace
from app.events.registry import WorkContext
from tests.events.queued import drained, queue, states
from tests.parts.receiver import Receiver


@pytest.mark.slow
async def test_ten_thousand_are_drained_with_bounded_memory(present: WorkContext) -> None:
    """Never more in hand than the bound, whatever waits."""
    async with Receiver() as receiver:
        await queue(f"{receiver.url}/hook", 10_000, "{}" + " " * 1_000)
        deliverer = Deliverer(present)
        async with asyncio.timeout(100):
            most = await drained(deliverer)
        await deliverer.drain(timedelta(seconds=1))
        assert len(receiver.received) == 10_000
        assert receiver.most_at_once <= 2
    assert most <= IN_HAND
    assert await states() == {"DELIVERED": 10_000}


async def test_messages_of_one_key_keep_their_order(present: WorkContext) -> None:
    """Three bookings with twenty messages each, as fast as the receiver allows."""
    async with Receiver() as receiver:
        webhook_id = await queue(f"{receiver.url}/hook", 60, keys=3)
        await raw.execute(
            "UPDATE webhook_deliveries SET body = '{\"n\": ' || id || '}' WHERE webhook_id = $1", webhook_id
        )
        deliverer = Deliverer(present)
        async with asyncio.timeout(30):
            await drained(deliverer)
        await deliverer.drain(timedelta(seconds=1))
        numbers = [each["n"] for each in receiver.bodies()]
    keys = {row["id"]: row["key"] for row in await raw.rows("SELECT id, key FROM webhook_deliveries")}
    assert len(numbers) == 60
    for key in set(keys.values()):
        mine = [number for number in numbers if keys[number] == key]
        assert mine == sorted(mine)


async def test_a_slow_host_holds_up_nobody(present: WorkContext) -> None:
    """A hundred messages for a host that does not answer, queued first: the others go out meanwhile."""
    async with Receiver(behave=lambda _: "stall") as slow, Receiver() as quick:
        await queue(f"{slow.url}/hook", 100)
        await queue(f"{quick.url}/hook", 100)
        deliverer = Deliverer(present)
        async with asyncio.timeout(9):
            while (await states()).get("DELIVERED", 0) < 100:
                await deliverer.start_due()
                await asyncio.sleep(0.01)
        assert len(slow.received) == deliverer.in_hand == 2
        await deliverer.drain(timedelta(seconds=0.05))
    assert await states() == {"DELIVERED": 100, "PENDING": 100}


STALLED = 128


@pytest.fixture
async def stalling() -> AsyncIterator[list[Receiver]]:
    """Many hosts that take messages and never answer."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(Receiver(behave=lambda _: "stall")) for _ in range(STALLED)]


def heard(receivers: list[Receiver]) -> int:
    """How many messages have come to them."""
    return sum(len(each.received) for each in receivers)


async def stalled_and_healthy(stalling: list[Receiver], healthy: Receiver) -> None:
    """Ten messages for each of the hosts that do not answer, and behind them forty for one that does."""
    for each in stalling:
        await queue(f"{each.url}/hook", 10)
    await queue(f"{healthy.url}/hook", 40)


async def until_received(deliverer: Deliverer, healthy: Receiver, count: int) -> None:
    """Work until the healthy host has so many messages."""
    async with asyncio.timeout(60):
        while len(healthy.received) < count:
            await deliverer.start_due()
            await asyncio.sleep(0.01)


async def test_slow_hosts_leave_places_to_those_that_are_quick(
    present: WorkContext, stalling: list[Receiver], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody has timed out yet: a host that was quick before goes on, whoever else stalls."""
    monkeypatch.setattr(lanes, "QUICK", timedelta(seconds=30))  # also while this machine is busy
    async with Receiver() as healthy:
        deliverer = Deliverer(present)
        await queue(f"{healthy.url}/hook", 1)
        await drained(deliverer)
        await stalled_and_healthy(stalling, healthy)
        await until_received(deliverer, healthy, 41)
        assert 0 < heard(stalling) <= IN_HAND * SHARES[Pace.ORDINARY]
        await deliverer.drain(timedelta(seconds=0.05))


async def test_hosts_that_timed_out_share_a_small_part(present: WorkContext, stalling: list[Receiver]) -> None:
    """A host nobody knows yet waits until each of the others has timed out once, not for all of their messages."""
    settings = present.settings.model_copy(update={"outbound_timeout": timedelta(seconds=1)})
    async with Receiver() as healthy:
        deliverer = Deliverer(replace(present, settings=settings))
        await stalled_and_healthy(stalling, healthy)
        await until_received(deliverer, healthy, 40)
        assert STALLED < heard(stalling) <= 2 * STALLED + 2 * IN_HAND * SHARES[Pace.SLOW]
        await deliverer.drain(timedelta(seconds=0.05))


async def test_a_host_that_turns_bad_gets_its_messages_back(present: WorkContext) -> None:
    """What was fetched for a quick host and not sent before it failed waits in the database, unlocked."""
    async with Receiver(delay=0.02) as receiver:
        receiver.behave = lambda _: 200 if len(receiver.received) < 20 else 500
        await queue(f"{receiver.url}/hook", 60)
        deliverer = Deliverer(present)
        async with asyncio.timeout(30):
            while deliverer.failed < 1:
                await deliverer.start_due()
                await asyncio.sleep(0.005)
            await deliverer.idle()
        await deliverer.drain(timedelta(seconds=1))
    locked = await raw.value("SELECT count(*) FROM webhook_deliveries WHERE locked_until IS NOT NULL")
    tried = await raw.value("SELECT count(*) FROM webhook_deliveries WHERE status = 'PENDING' AND attempts > 0")
    assert locked == 0
    assert 1 <= tried <= 4
