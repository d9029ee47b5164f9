"""Bookings, webhooks, a receiver that is a real server, and a worker on a clock that the test sets."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from app.db import raw
from app.db.session import Database
from app.events.registry import Registry
from app.events.worker import Worker
from app.models import Webhook
from app.services.webhooks.register import register_webhooks
from app.settings import Settings
from tests.parts.receiver import Receiver
from tests.services.bookings.desk import Desk


@dataclass
class Office(Desk):
    """A desk whose changes reach a receiver."""

    receiver: Receiver = field(default_factory=Receiver)
    worker: Worker | None = None

    async def webhook(self, *triggers: str, path: str = "/hook", **fields: Any) -> Webhook:
        """An active webhook at a path of the receiver."""
        values: dict[str, Any] = {
            "id": str(uuid4()),
            "subscriber_url": self.receiver.url + path,
            "triggers": list(triggers),
            **fields,
        }
        return await Webhook.create(**values)

    async def deliver(self) -> list[Any]:
        """Do everything that is due; the bodies that came to `/hook` so far."""
        assert self.worker is not None
        await self.worker.run_once()
        return self.receiver.bodies()

    async def told(self, trigger: str) -> dict[str, Any]:
        """The payload of the only message with this trigger."""
        (body,) = [each for each in await self.deliver() if each["triggerEvent"] == trigger]
        payload: dict[str, Any] = body["payload"]
        return payload

    def wait(self, **by: float) -> None:
        """Move the clock."""
        self.clock.moment += timedelta(**by)


async def log(*columns: str) -> list[tuple[Any, ...]]:
    """Columns of the delivery log, oldest first."""
    names = ", ".join(columns)
    return [tuple(row) for row in await raw.rows(f"SELECT {names} FROM webhook_deliveries ORDER BY id")]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """A server that answers 200 until told otherwise."""
    async with Receiver() as server:
        yield server


MakeWorker = Callable[..., Worker]
"""Makes a worker of an office; keywords go to `register_webhooks`."""


@pytest.fixture
async def make_worker() -> AsyncIterator[MakeWorker]:
    """Workers that are stopped at the end."""
    made: list[Worker] = []

    def make(office: Office, **asking: Any) -> Worker:
        registry = Registry()
        register_webhooks(registry, **asking)
        clock = office.clock  # time passes as it is moved
        steady = lambda: clock().timestamp()  # noqa: E731
        made.append(Worker(office.settings, office.bus, registry, now=clock, steady=steady))
        return made[-1]

    yield make
    for worker in made:
        await worker.stop()


@pytest.fixture
async def office(settings: Settings, database: Database, receiver: Receiver, make_worker: MakeWorker) -> Office:
    """An open, empty database; the clock stands at 2026-05-01T00:00Z."""
    quick = settings.model_copy(update={"outbound_timeout": timedelta(seconds=1), "public_url": "https://book.example"})
    made = Office(quick, receiver=receiver)
    made.worker = make_worker(made)
    return made
