"""The table that is printed and kept in docs/performance.md."""

import os
import platform
from collections.abc import Iterator
from pathlib import Path

from bench.fixture import CASES, GRID
from bench.head_of_line import STALLED
from bench.measure import Effort, Figure
from bench.run import Results
from bench.targets import rows

DOCUMENT = Path(__file__).parents[1] / "docs" / "performance.md"

INTRODUCTION = """# Performance

Written by `make bench`. Slotgraph is measured beside a **floor** in the same run: `bench/floor.py`, a bare service that
answers the same questions on the same data with Starlette, one connection with prepared statements, busy times as
integer arrays, an integer sweep and orjson; no rule of the product, no ORM, no GraphQL. Windows of all servers follow
each other in turn, the order moves on each round, and medians are shown. Only ratios inside one run mean something.

The data is a month with a change of clocks (March 2027, Europe/Berlin, Monday to Friday 9 to 17, half an hour): `solo0`
and `solo200` are one host with 0 and 200 bookings (368 and 168 free slots), `team10` and `team50` a round robin of 10
and 50 hosts with 20 bookings each (368 free slots). Every answer is compared with these numbers before it is timed.

"Service function" is `app.services` behind a plain HTTP route (`bench/service.py`), what any front adds to; "GraphQL"
is the whole server with variables, cost limits and metrics, its worker in another process as in production. "The peer"
is not run: its factor to the floor was measured once, and the rates are divided by it.
"""

NOTES = """
## How to read it

- **Slots** cost two SQL statements whatever their size. The first tells what people have set up, as one JSON text per
  event type; equal texts are parsed once, so nothing stale can be served. The second tells what is taken, as arrays of
  integers. The core counts in integers and lays starts only where working hours change or something is booked.
- **Growth**: hosts with equal working hours are worked on together, so a busy interval costs, a free day does not.
- **Bookings** are read, decided and written in two statements on PostgreSQL once a process has read the event type,
  in three before; the last one is under the exclusion constraint. The floor has no rules, no outbox and no version of
  slots to keep.
- **Lists** are asked for again and again, as dashboards do: what is the same as before is neither read nor rendered
  anew. A page of which nothing was shown before cost 4.6 x the floor through REST v2 when measured once.
- **P16**: the writers use another web process than the reader, as two workers of one server do; what is measured is
  whether reading waits for writing.
- PostgreSQL plans each statement once a connection (`plan_cache_mode=force_generic_plan`): planning the slots
  statements takes ten times as long as running them.
"""


def document(results: Results, effort: Effort) -> str:
    """The whole of docs/performance.md."""
    return "\n".join(
        [
            INTRODUCTION,
            *_targets(results),
            *_figures(results),
            *_growth(results),
            *_shim(results),
            NOTES,
            *_machine(effort),
        ]
    )


def _targets(results: Results) -> Iterator[str]:
    yield "## Targets\n"
    yield "| | what | measured | must | aim | |"
    yield "|---|---|---|---|---|---|"
    yield from map(str, rows(results))


def _figures(results: Results) -> Iterator[str]:
    yield "\n## Figures\n"
    yield "CPU is the server process's user and system time for each request, in milliseconds; 4 connections.\n"
    yield "| slots of a month | floor | service | service, SQLite | GraphQL objects | GraphQL texts | GraphQL, SQLite |"
    yield "|---|---|---|---|---|---|---|"
    fronts = ("floor", "service", "service sqlite", "graphql", "graphql texts", "graphql sqlite")
    for name in CASES:
        yield f"| {name} | {' | '.join(_short(results.slots[f'{front} {name}']) for front in fronts)} |"
    yield "\n| | floor | service | GraphQL | REST v2 | service, SQLite |"
    yield "|---|---|---|---|---|---|"
    for name, figures in (("create booking, 16 clients", results.booking), ("200 bookings x 10", results.list)):
        cells = (_short(figures[front]) for front in ("floor", "service", "graphql", "rest", "service sqlite"))
        yield f"| {name} | {' | '.join(cells)} |"


def _short(figure: Figure) -> str:
    return f"{figure.cpu_ms:.2f} ms, {figure.rate:.0f}/s"


def _shim(results: Results) -> Iterator[str]:
    """Each step by itself, in one process; what is left of `GET /v2/me` is Starlette, middleware and sockets."""
    if results.shim is None:
        return
    yield "\n## The shim's own share, CPU of a request in microseconds\n"
    yield "| step | us |"
    yield "|---|---|"
    for step, cost in results.shim.steps.items():
        yield f"| {step} | {cost:.1f} |"
    for name, (bare, ours) in results.deliveries.items():
        yield f"\nWebhook deliveries, {name}: {ours:.0f}/s; a bare aiohttp loop: {bare:.0f}/s."
    for name, (quiet, beside) in results.head_of_line.items():
        yield (
            f"\nFrom commit to receiver, {name}: {quiet.median_ms:.0f} ms (most {quiet.most_ms:.0f});"
            f" while {STALLED} other hosts stall {beside.median_ms:.0f} ms (most {beside.most_ms:.0f})."
        )


def _growth(results: Results) -> Iterator[str]:
    yield "\n## Growth: slots of a month, service function, CPU in milliseconds\n"
    columns = sorted({case.bookings for case in GRID})
    yield f"| hosts | {' | '.join(f'{count} bookings' for count in columns)} |"
    yield "|---" * (len(columns) + 1) + "|"
    for hosts in sorted({case.hosts for case in GRID}):
        cells = (f"{results.grid[case.name].cpu_ms:.2f}" for case in GRID if case.hosts == hosts)
        yield f"| {hosts} | {' | '.join(cells)} |"


def _machine(effort: Effort) -> Iterator[str]:
    yield "## The run\n"
    yield f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()};"
    yield f"{effort.rounds} rounds of {effort.seconds:g} s each."
    yield ""
