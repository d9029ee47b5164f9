"""One execution for many readers: snapshots first, no gap, no duplicate, slow readers resynchronised."""

import asyncio
from contextlib import AsyncExitStack
from itertools import pairwise
from typing import Any

import orjson

from app.context import Actor
from schema.executor.engine import Engine, Ready
from schema.executor.requests import GraphRequest
from schema.transport.shared_subscriptions import MAX_QUEUED, SharedSubscriptions, Subscriber
from tests.schema.sample import Sample, make_sample, make_settings
from tests.schema.transport.serving import greet, hear, say, served

LIVE = """subscription($name:String="a",$after:EventCursor){live(topicName:$name,after:$after){
__typename ...on Snapshot{version items} ...on Delta{version previousVersion added} ...on Resync{reason}}}"""


class Bench:
    """A sample with a hub and no server."""

    def __init__(self) -> None:
        self.sample: Sample = make_sample()
        self.settings = make_settings()
        self.engine = Engine(self.sample.schema, self.settings)
        self.hub = SharedSubscriptions(self.engine)

    async def open(self, actor: Actor | None = None, document: str = LIVE, **variables: Any) -> Any:
        context = self.sample.context(self.settings, actor or Actor())
        ready = await self.engine.prepare(GraphRequest(query=document, variables=variables), context)
        assert isinstance(ready, Ready), ready
        return await self.hub.open(ready)


async def take(frames: Any, count: int = 1) -> list[dict[str, Any]]:
    async with asyncio.timeout(5):
        return [orjson.loads((await frames.__anext__()).text)["data"]["live"] for _ in range(count)]


async def test_equal_subscriptions_are_executed_once() -> None:
    bench = Bench()
    readers = [await bench.open() for _ in range(5)]
    assert [(await take(reader))[0]["__typename"] for reader in readers] == ["Snapshot"] * 5
    bench.sample.topic.add(7)
    for reader in readers:
        assert await take(reader) == [{"__typename": "Delta", "version": "2", "previousVersion": "1", "added": [7]}]
    assert bench.sample.world.opened == 1
    for reader in readers:
        await reader.aclose()
    assert (bench.sample.world.closed, len(bench.hub)) == (1, 0)


async def test_other_variables_and_other_callers_have_their_own() -> None:
    bench = Bench()
    opened = [
        await bench.open(),
        await bench.open(name="b"),
        await bench.open(Actor(user_id=1)),
        await bench.open(Actor(user_id=1, team_id=2)),
        await bench.open(Actor(user_id=1, is_admin=True)),
    ]
    assert len(bench.hub) == 5
    for reader in opened:
        await reader.aclose()


async def test_a_late_joiner_gets_a_snapshot_and_then_the_deltas_after_it() -> None:
    bench = Bench()
    first = await bench.open()
    await take(first)
    bench.sample.topic.add(1)
    await take(first)
    late = await bench.open()
    bench.sample.topic.add(2)
    seen = await take(late)
    assert seen == [{"__typename": "Snapshot", "version": "2", "items": [1]}]
    assert await take(late) == [{"__typename": "Delta", "version": "3", "previousVersion": "2", "added": [2]}]
    assert bench.sample.world.opened == 1
    for reader in (first, late):
        await reader.aclose()


async def test_whoever_joins_whenever_sees_an_unbroken_chain() -> None:
    bench = Bench()
    chains: list[list[dict[str, Any]]] = []

    async def read(delay: int, last: str) -> None:
        for _ in range(delay):
            await asyncio.sleep(0)
        reader = await bench.open()
        chain = await take(reader)
        while chain[-1]["version"] != last:
            chain += await take(reader)
        chains.append(chain)
        await reader.aclose()

    async def write() -> None:
        for number in range(40):
            bench.sample.topic.add(number)
            for _ in range(number % 4):
                await asyncio.sleep(0)

    await asyncio.gather(*(read(delay, "41") for delay in range(0, 60, 3)), write())
    assert len(chains) == 20
    for chain in chains:
        assert chain[0]["__typename"] == "Snapshot"
        items = list(chain[0]["items"])
        for before, event in pairwise(chain):
            if event["__typename"] == "Delta":
                assert event["previousVersion"] == before["version"]
                items += event["added"]
            elif event["__typename"] == "Snapshot":
                items = list(event["items"])
        assert items == list(range(40))


async def test_a_joiner_with_a_cursor_shares_the_stream_and_gets_what_it_missed() -> None:
    bench = Bench()
    first = await bench.open()
    await take(first)
    for number in (1, 2):
        bench.sample.topic.add(number)
        await take(first)
    resumed = await bench.open(after="c2")
    assert await take(resumed) == [{"__typename": "Delta", "version": "3", "previousVersion": "2", "added": [2]}]
    current = await bench.open(after="c3")
    bench.sample.topic.add(3)
    for reader in (first, resumed, current):
        assert (await take(reader))[0]["previousVersion"] == "3"
    assert bench.sample.world.opened == 1
    for reader in (first, resumed, current):
        await reader.aclose()


async def test_a_joiner_with_an_unknown_cursor_is_resynchronised() -> None:
    bench = Bench()
    first = await bench.open()
    await take(first)
    bench.sample.topic.add(1)
    await take(first)
    resumed = await bench.open(after="elsewhere")
    assert await take(resumed, 2) == [
        {"__typename": "Resync", "reason": "cursor unknown"},
        {"__typename": "Snapshot", "version": "2", "items": [1]},
    ]
    assert bench.sample.world.opened == 1
    for reader in (first, resumed):
        await reader.aclose()


async def test_a_slow_reader_is_bounded_and_resynchronised() -> None:
    bench = Bench()
    quick, slow = await bench.open(), await bench.open()
    await take(quick)
    await take(slow)
    for number in range(MAX_QUEUED * 5):
        bench.sample.topic.add(number)
        await take(quick)
    assert isinstance(slow, Subscriber)
    assert len(slow._queue) <= MAX_QUEUED
    seen = await take(slow, 2)
    version = str(MAX_QUEUED * 5 + 1)
    assert seen[0] == {"__typename": "Resync", "reason": "overflow"}
    assert (seen[1]["__typename"], seen[1]["version"]) == ("Snapshot", version)
    bench.sample.topic.add(-1)
    assert (await take(slow))[0]["previousVersion"] == version
    for reader in (quick, slow):
        await reader.aclose()


async def test_leaving_and_coming_back_opens_a_new_stream() -> None:
    bench = Bench()
    for _ in range(3):
        reader = await bench.open()
        await take(reader)
        await reader.aclose()
    assert (bench.sample.world.opened, bench.sample.world.closed) == (3, 3)


async def test_plain_subscriptions_are_not_shared() -> None:
    bench = Bench()
    document = "subscription{count(to:1){databaseId}}"
    readers = [await bench.open(document=document) for _ in range(2)]
    for reader in readers:
        await reader.__anext__()
        await reader.aclose()
    assert bench.sample.world.opened == 2


async def test_many_sockets_get_the_same_event_under_their_own_ids() -> None:
    async with served() as at, AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(at.socket()) for _ in range(20)]
        for number, socket in enumerate(clients):
            await greet(socket)
            await say(socket, "subscribe", f"op-{number}", {"query": LIVE})
            assert (await hear(socket))["payload"]["data"]["live"]["__typename"] == "Snapshot"
        at.sample.topic.add(9)
        for number, socket in enumerate(clients):
            event = await hear(socket)
            assert event["id"] == f"op-{number}"
            assert event["payload"]["data"]["live"]["added"] == [9]
        assert at.sample.world.opened == 1
