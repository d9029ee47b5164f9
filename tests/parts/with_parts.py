"""Run a command with a real PostgreSQL and Redis: `python -m tests.parts.with_parts COMMAND ARGUMENT...`.

It finds them in TEST_DATABASE_URL (a maintenance database whose user may make others) and TEST_REDIS_URL; servers that
had to be started for it end with it. The exit status is the command's.
"""

import os
import subprocess
import sys
from contextlib import ExitStack

from tests.parts import postgres, redis
from tests.parts.postgres import PostgresCluster
from tests.parts.redis import RedisServer


def postgres_url(stack: ExitStack) -> str:
    """URL of the chosen PostgreSQL, started if need be."""
    choice = postgres.choose()
    if choice.url is not None:
        return choice.url
    assert choice.binaries is not None
    cluster = PostgresCluster(choice.binaries)
    stack.callback(cluster.remove)
    cluster.start()
    return cluster.url


def redis_url(stack: ExitStack) -> str:
    """URL of the chosen Redis, started if need be."""
    choice = redis.choose()
    if choice.url is not None:
        return choice.url
    server = RedisServer()
    stack.callback(server.remove)
    server.start()
    return server.url


def main(command: list[str]) -> int:
    """Run the command; returns its exit status."""
    with ExitStack() as stack:
        found = {"TEST_DATABASE_URL": postgres_url(stack), "TEST_REDIS_URL": redis_url(stack)}
        # The parts are chosen now, so what runs inside takes them as given.
        inside = {name: value for name, value in os.environ.items() if name != "TEST_PARTS"}
        return subprocess.run(command, check=False, env={**inside, **found}).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
