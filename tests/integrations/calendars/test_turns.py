"""Whoever takes long waits for himself."""

import asyncio

from app.integrations.calendars.turns import Turns


async def test_an_owner_has_few_turns() -> None:
    """A hundred things of one owner leave room for another's, and nobody gets more than there is."""
    turns, running, most, end = Turns(3, 2), [0, 0], [0, 0], asyncio.Event()

    async def work(owner: int) -> None:
        async with turns.of(owner):
            running[owner] += 1
            most[:] = map(max, most, running)
            await end.wait()
            running[owner] -= 1

    async with asyncio.TaskGroup() as group:
        for owner in (0,) * 100 + (1,) * 5:
            group.create_task(work(owner))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert running == [2, 1]
        end.set()
    assert (running, most[0] <= 2, most[1] <= 2) == ([0, 0], True, True)


async def test_lanes_of_owners_who_are_gone_cost_nothing() -> None:
    turns = Turns(1, 1)
    for owner in range(100):
        async with turns.of(owner):
            pass
    assert len(turns._of) <= 1
