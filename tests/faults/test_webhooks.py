"""Workers are killed in the middle of deliveries; receivers hear of everything at least once, in order."""

import asyncio
from uuid import uuid4

import aiohttp
import pytest

from app.db import connection
from app.models import Webhook
from app.settings import Settings
from tests.faults.conftest import Host, book, eventually, graphql, no_traceback, starts
from tests.parts.receiver import Received, Receiver
from tests.parts.server import Slotgraph

CANCEL = "mutation($uid: String!) { cancelBooking(input: {uid: $uid}) { __typename } }"
WORKER = {
    "OUTBOUND_ALLOW_PRIVATE": "true",
    "OUTBOUND_TIMEOUT": "PT1S",
    "JOB_LEASE": "PT3S",
    "WEBHOOK_RETRY_BASE_SECONDS": "0.2",
}


async def subscribe(settings: Settings, host: Host, url: str) -> None:
    """The host's webhook for creations and cancellations."""
    async with connection.database(settings):
        await Webhook.create(
            id=str(uuid4()), user_id=host.user_id, subscriber_url=url, triggers=["BOOKING_CREATED", "BOOKING_CANCELLED"]
        )


def told(received: list[Received], uid: str) -> list[str]:
    """What was told of a booking, repetitions of the last one left out."""
    names = [each.json["triggerEvent"] for each in received if each.json["payload"]["uid"] == uid]
    return [name for index, name in enumerate(names) if index == 0 or names[index - 1] != name]


@pytest.mark.slow
async def test_killed_while_the_receiver_has_the_message(
    slotgraph: Slotgraph, settings: Settings, host: Host, client: aiohttp.ClientSession
) -> None:
    """kill -9 between sending and writing down: sent again after the lease, and not before; the order holds."""
    web = await slotgraph.serve(environment={"RUN_WORKER": "false"})
    async with Receiver(delay=0.3) as receiver:
        await subscribe(settings, host, f"{receiver.url}/hook")
        uids = [(await book(client, web.url, host.wish(start, n))).uid or "" for n, start in enumerate(starts(4))]
        for uid in uids:
            await graphql(client, web.url, CANCEL, {"uid": uid})
        for _ in range(2):
            worker = await slotgraph.worker(environment=WORKER)
            before = len(receiver.received)
            async with asyncio.timeout(20):
                while not receiver.at_once or len(receiver.received) == before:  # noqa: ASYNC110 the wire's state
                    await asyncio.sleep(0.01)
            worker.kill()
        receiver.delay = 0.0
        last = await slotgraph.worker(environment=WORKER)
        await eventually(
            settings, "SELECT status FROM webhook_deliveries",
            lambda rows: len(rows) == 8 and all(row["status"] == "DELIVERED" for row in rows), within=30,
        )  # fmt: skip
        for uid in uids:
            assert told(receiver.received, uid) == ["BOOKING_CREATED", "BOOKING_CANCELLED"]
        assert 8 <= len(receiver.received) <= 8 + 2 * 2, "at most what was on the wire is repeated"
        no_traceback(web.log, last.log)


@pytest.mark.slow
async def test_a_receiver_that_fails_in_every_way_and_two_workers(
    slotgraph: Slotgraph, settings: Settings, host: Host, client: aiohttp.ClientSession
) -> None:
    """Errors, stalls, resets and garbage by turns: everything arrives once with a good answer, in order."""
    web = await slotgraph.serve(environment={"RUN_WORKER": "false"})
    turns = [500, "reset", b"\x00garbage\r\n\r\n", 302, "stall"]
    good: list[Received] = []

    def behave(got: Received) -> object:
        tries = sum(each.body == got.body for each in receiver.received)
        if tries == 1 and turns:
            return turns.pop()
        good.append(got)
        return 200

    async with Receiver(behave=behave) as receiver:
        await subscribe(settings, host, f"{receiver.url}/hook")
        workers = await asyncio.gather(*(slotgraph.worker(environment=WORKER) for _ in range(2)))
        uids = [(await book(client, web.url, host.wish(start, n))).uid or "" for n, start in enumerate(starts(6))]
        for uid in uids:
            await graphql(client, web.url, CANCEL, {"uid": uid})
        await eventually(
            settings, "SELECT status FROM webhook_deliveries",
            lambda rows: len(rows) == 12 and all(row["status"] == "DELIVERED" for row in rows), within=30,
        )  # fmt: skip
        assert turns == []
        assert len(good) == 12
        for uid in uids:
            assert told(good, uid) == ["BOOKING_CREATED", "BOOKING_CANCELLED"]
        assert [await worker.stop() for worker in workers] == [0, 0]
        no_traceback(web.log, *(worker.log for worker in workers))
