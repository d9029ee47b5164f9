"""Commands outside of pytest find the same real parts as the tests."""

import os
import subprocess
import sys

import pytest

ASK = """
import asyncio, asyncpg, os, redis
async def ask():
    connection = await asyncpg.connect(os.environ["TEST_DATABASE_URL"])
    print(await connection.fetchval("SELECT current_user"))
    await connection.close()
asyncio.run(ask())
print(redis.Redis.from_url(os.environ["TEST_REDIS_URL"]).ping())
"""


@pytest.mark.parametrize("parts", ["", "embedded"])
def test_command_reaches_both_and_its_status_comes_back(parts: str) -> None:
    command = [sys.executable, "-m", "tests.parts.with_parts", sys.executable, "-c", ASK + "raise SystemExit(3)"]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=60, env={**os.environ, "TEST_PARTS": parts}
    )
    assert (done.returncode, done.stdout, done.stderr) == (3, "postgres\nTrue\n", "")
