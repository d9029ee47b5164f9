"""A worker that is killed at a chosen step of its first deliveries: `python dying_worker.py STEP`.

claimed: after the claim is committed. sending: before anything goes out. sent: when the answer is there. writing: with
the first of its results written and the others not. written: after they are written.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NoReturn

from app.events import delivery_rows
from app.integrations.guard import Outbound
from app.lifecycle import run_worker
from app.observability.logging import configure_logging
from app.settings import Settings

Work = Callable[..., Awaitable[Any]]


def die() -> NoReturn:
    """`kill -9` ourselves."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("still alive")


def dies_before(_: Work) -> Work:
    """The same work, never begun."""

    async def instead(*_: Any, **__: Any) -> None:
        die()

    return instead


def dies_after(work: Work) -> Work:
    """The same work, and then the end; what finds nothing to do does not count."""

    async def instead(*arguments: Any, **named: Any) -> None:
        if await work(*arguments, **named) != []:
            die()

    return instead


def dies_within(settle: Work) -> Work:
    """The first result is written, and then the end."""

    async def instead(results: Sequence[Any]) -> None:
        await settle(results[:1])
        die()

    return instead


STEPS: dict[str, tuple[Any, str, Callable[[Work], Work]]] = {
    "claimed": (delivery_rows, "claim", dies_after),
    "sending": (Outbound, "request", dies_before),
    "sent": (Outbound, "request", dies_after),
    "writing": (delivery_rows, "settle", dies_within),
    "written": (delivery_rows, "settle", dies_after),
}


if __name__ == "__main__":
    where, name, dying = STEPS[sys.argv[1]]
    setattr(where, name, dying(getattr(where, name)))
    chosen = Settings()
    configure_logging(chosen)
    asyncio.run(run_worker(chosen))
