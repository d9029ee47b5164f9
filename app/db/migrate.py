"""Bring a database to the current tables, and prove that the history, the models and both dialects agree.

`python -m app.db.migrate check` is what `make check` runs; `upgrade` and `catalogue --write` are for developers.
"""

import argparse
import asyncio
import os
import sys
from typing import Any

from app.db import migration_checks
from app.db.upgrade import upgrade
from app.settings import Settings

__all__ = ["main", "upgrade"]


def main(arguments: list[str] | None = None) -> int:
    """Run a command of this module; answers the exit status."""
    given = _parse(arguments)
    if given.command == "upgrade":
        applied = asyncio.run(upgrade(given.url or Settings().database_url))
        print("\n".join(applied) or "Nothing to apply.")
        return 0
    if given.command == "drift":
        findings = [asyncio.run(migration_checks.find_drift(given.url))]
    else:
        server = given.url or os.environ.get("TEST_DATABASE_URL")
        drift = migration_checks.drift_of_both() if given.command == "check" else []
        findings = [*drift, *migration_checks.compare_catalogues(server, write=given.write)]
    print("\n".join(finding.text for finding in findings))
    return 0 if all(finding.good for finding in findings) else 1


def _parse(arguments: list[str] | None) -> Any:
    parser = argparse.ArgumentParser(prog="python -m app.db.migrate", description=__doc__)
    parser.add_argument("command", choices=["check", "drift", "upgrade", "catalogue"])
    parser.add_argument("--url", help="database to use; for `check` a PostgreSQL server (default TEST_DATABASE_URL)")
    parser.add_argument("--write", action="store_true", help="replace the checked-in catalogues")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
