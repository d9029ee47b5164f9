"""Interleaved windows: every target in turn, another one first each round; medians."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

import orjson

from bench.load import Target, Window, first_answer, run_window

WARM_UP: Final = 0.4


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is measured: rounds, and seconds of each window."""

    rounds: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Figure:
    """Medians over the windows of one target."""

    cpu_ms: float
    rate: float
    p50_ms: float
    p99_ms: float

    @classmethod
    def of(cls, windows: Sequence[Window]) -> "Figure":
        """Of these windows."""
        latencies = [sorted(window.latencies) for window in windows]
        return cls(
            cpu_ms=median(window.cpu_ms for window in windows),
            rate=median(window.rate for window in windows),
            p50_ms=median(values[len(values) // 2] for values in latencies) * 1_000,
            p99_ms=median(values[int(len(values) * 0.99)] for values in latencies) * 1_000,
        )


async def measure(targets: Sequence[Target], connections: int, effort: Effort) -> dict[str, Figure]:
    """Figures by target name; raises RuntimeError when a server answers wrongly: a figure of that is none."""
    windows: dict[str, list[Window]] = {target.name: [] for target in targets}
    for target in targets:
        await run_window(target, connections, WARM_UP)
    for number in range(effort.rounds):
        shift = number * max(1, len(targets) // effort.rounds) % len(targets)
        for target in (*targets[shift:], *targets[:shift]):
            window = await run_window(target, connections, effort.seconds)
            if window.bad:
                raise RuntimeError(f"{target.name}: {window.bad} of {window.requests} answers were wrong")
            windows[target.name].append(window)
            sys.stderr.write(f"\r{target.name:<40}")
    sys.stderr.write("\r" + " " * 40 + "\r")
    return {name: Figure.of(found) for name, found in windows.items()}


async def counted(target: Target, count: Callable[[object], int]) -> int:
    """How many slots or bookings one answer has; raises RuntimeError for an error."""
    status, body = await first_answer(target)
    decoded = orjson.loads(body)
    if status not in target.good or "errors" in decoded:
        raise RuntimeError(f"{target.name} answered {status}: {body[:500]!r}")
    return count(decoded)
