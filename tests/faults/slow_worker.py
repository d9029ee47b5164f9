"""A worker with one kind of job that takes its time: `python slow_worker.py EVIDENCE SECONDS`.

It writes a line when a delivery begins and one when it is done, as a webhook's receiver would.
"""

import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from app.events.log import LoggedEvent
from app.events.registry import NewJob, Planned, Registry, RunningJob, WorkContext
from app.lifecycle import run_worker
from app.observability.logging import configure_logging
from app.settings import Settings


def registry_for(evidence: Path, seconds: float) -> Registry:
    """Plans one delivery per event, in order per booking."""
    registry = Registry()

    async def plan(_: WorkContext, events: Sequence[LoggedEvent]) -> Sequence[Planned]:
        return [
            NewJob("deliver", {"sequence": event.sequence, "key": event.key}, key=event.key)
            for event in events
            if event.type.startswith("booking.")
        ]

    async def deliver(_: WorkContext, job: RunningJob) -> None:
        write(evidence, f"begin {job.payload['sequence']} {job.payload['key']} {os.getpid()}")
        await asyncio.sleep(seconds)
        write(evidence, f"done {job.payload['sequence']} {job.payload['key']} {os.getpid()}")

    registry.register_planner("deliver", plan)
    registry.register_handler("deliver", deliver)
    return registry


def write(evidence: Path, line: str) -> None:
    """One line, also when several processes write."""
    with evidence.open("a") as file:
        file.write(line + "\n")


if __name__ == "__main__":
    settings = Settings()
    configure_logging(settings)
    asyncio.run(run_worker(settings, registry_for(Path(sys.argv[1]), float(sys.argv[2]))))
