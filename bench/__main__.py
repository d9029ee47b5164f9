"""`python -m bench`: measure, print the table, write docs/performance.md."""

import argparse
import asyncio
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from bench import checks, deliveries, head_of_line, run
from bench.fixture import fill
from bench.measure import Effort
from bench.report import DOCUMENT, document
from bench.run import Results
from bench.shim import measure_shim
from tests.parts.database import PostgresDatabases, SqliteDatabases


def main() -> None:
    """Measure everything; `--seconds` and `--rounds` set the effort, `--print` leaves the document alone."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=main.__doc__)
    parser.add_argument("--seconds", type=float, default=2.0, help="length of each window")
    parser.add_argument("--rounds", type=int, default=3, help="windows of each case")
    parser.add_argument("--races", type=int, default=1_000, help="rounds of sixteen who want the same time")
    parser.add_argument("--print", action="store_true", help="do not write docs/performance.md")
    options = parser.parse_args()
    effort = Effort(options.rounds, options.seconds)
    text = document(measured(effort, options.races), effort)
    sys.stdout.write(text)
    if not options.print:
        DOCUMENT.write_text(text)


def measured(effort: Effort, races: int) -> Results:
    """All figures, on databases of this run."""
    with tempfile.TemporaryDirectory() as folder:
        postgres, sqlite = PostgresDatabases(), SqliteDatabases(Path(folder))
        try:
            urls = (postgres.make(), sqlite.make())
            for url in urls:
                asyncio.run(fill(url, with_floor=url.startswith("postgres")))
                asyncio.run(run.prepare(url))
            return asyncio.run(_measured(*urls, effort, races))
        finally:
            postgres.close()


async def _measured(url: str, sqlite_url: str, effort: Effort, races: int) -> Results:
    results = Results()
    with ExitStack() as stack:
        servers = run.start(stack, url, sqlite_url)
        results.hello = await run.measure_hello(servers, effort)
        results.slots = await run.measure_slots(servers, effort)
        results.list = await run.measure_list(servers, effort)
        results.grid = await run.measure_grid(servers, effort)
        results.booking = await run.measure_booking(servers, effort)
        results.load, results.rest_load = await run.measure_load(servers, effort)
        results.rest_race = await checks.rest_race(url, servers.graphql, races)
        results.raw_spread, results.spread = await run.measure_sockets(servers, effort)
    results.memory_mib, results.boot_seconds = await run.settled_memory(url)
    results.statements = await checks.count_statements(url)
    results.rest_statements = await checks.count_rest_statements(url)
    results.race = await checks.race(url, races)
    results.shim = await measure_shim(checks.settings_of(url))
    results.deliveries = await deliveries.measure_all({"PostgreSQL": url, "SQLite": sqlite_url})
    for name, database in {"PostgreSQL": url, "SQLite": sqlite_url}.items():
        results.head_of_line[name] = await head_of_line.measure(database)
    return results


if __name__ == "__main__":
    main()
