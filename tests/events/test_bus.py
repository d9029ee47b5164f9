"""Hints reach everybody who listens, merge, and turn into a gap rather than grow."""

import asyncio

from app.events.bus import GAP, Bus, Hint, InProcessBus, Listener, LocalHub


async def collect(bus: Bus, topics: list[str], count: int) -> list[object]:
    """The first `count` pieces of news about `topics`."""
    found: list[object] = []
    async with bus.subscribe(topics) as news:
        async for each in news:
            found.append(each)
            if len(found) == count:
                break
    return found


async def test_a_hint_reaches_its_topic_only() -> None:
    """Listeners hear the topics they asked for and no others."""
    bus = InProcessBus()
    async with bus.subscribe(["host:1", "event-type:7"]) as news:
        await bus.publish(["host:2", "event-type:7"], sequence=3)
        assert await news.take() == [Hint("event-type:7", 3)]


async def test_waiting_hints_of_a_topic_merge_and_keep_the_newest_sequence() -> None:
    """A slow listener gets one hint per topic, whatever happened meanwhile."""
    bus = InProcessBus()
    async with bus.subscribe(["host:1", "host:2"]) as news:
        await bus.publish(["host:1"], sequence=9)
        await bus.publish(["host:1", "host:2"])
        await bus.publish(["host:1"], sequence=4)
        assert await news.take() == [Hint("host:1", 9), Hint("host:2", 0)]


async def test_too_many_different_topics_become_one_gap() -> None:
    """The queue is bounded: beyond it the listener is told to read everything."""
    hub = LocalHub()
    topics = [f"host:{number}" for number in range(5)]
    listener = Listener(hub, topics, max_pending=3)
    hub.deliver(topics)
    assert await listener.take() is GAP
    hub.deliver(["host:1"])
    assert await listener.take() == [Hint("host:1")]
    assert hub.gaps == 1


async def test_watch_replaces_the_topics() -> None:
    """After `watch` only the new topics are heard, and what waited about the old ones is gone."""
    bus = InProcessBus()
    async with bus.subscribe(["host:1", "host:2"]) as news:
        await bus.publish(["host:1", "host:2"])
        news.watch(["host:2", "host:3"])
        await bus.publish(["host:1", "host:3"])
        assert await news.take() == [Hint("host:2"), Hint("host:3")]


async def test_nothing_is_kept_of_listeners_that_left() -> None:
    """Leaving the context forgets the listener and its topics."""
    bus = InProcessBus()
    async with bus.subscribe(["host:1"]):
        assert bus.state.listeners == 1
    assert bus.state.listeners == 0
    assert bus._hub._by_topic == {}


async def test_complete_ends_open_and_later_iterations() -> None:
    """Streams end when the process stops; what already waited is still delivered."""
    bus = InProcessBus()
    async with bus.subscribe(["host:1"]) as news:
        await bus.publish(["host:1"])
        bus.complete()
        assert [each async for each in news] == [Hint("host:1")]
    async with bus.subscribe([]) as late:
        assert await late.take() is None


async def test_a_waiting_listener_is_woken() -> None:
    """`take` waits for news without polling and may be cancelled without losing any."""
    bus = InProcessBus()
    async with bus.subscribe(["host:1"]) as news:
        waiting = asyncio.create_task(news.take())
        await asyncio.sleep(0)
        waiting.cancel()
        await bus.publish(["host:1"])
        assert await asyncio.wait_for(news.take(), 1) == [Hint("host:1")]


async def test_iteration_prefers_a_gap_to_what_waits_behind_it() -> None:
    """Once everything has to be read again, single hints of before say nothing more."""
    hub = LocalHub()
    listener = Listener(hub, ["host:1", "host:2"])
    hub.deliver(["host:1", "host:2"])
    seen: list[object] = []
    async for each in listener:
        seen.append(each)
        if each == Hint("host:1"):
            hub.gap()
            listener.end()
    assert seen == [Hint("host:1"), GAP]
