"""An assistant that books for a customer, through the published package `calcom-mcp-for-customers` as it is.

A program of its own: `python assistant.py URL`, with the key in CALCOM_API_KEY and the package on the path. Reads calls
of tools as JSON, `[[name, arguments], ...]`, from standard input; prints what each answered as a JSON list.
"""

import asyncio
import contextlib
import importlib
import json
import sys
from typing import Any


async def call_all(calls: list[tuple[str, dict[str, Any]]], url: str) -> list[Any]:
    """What the tools answer, over the protocol; nothing of the package is changed but where it finds the API."""
    with contextlib.redirect_stdout(sys.stderr):  # it prints the key when it is imported
        module = importlib.import_module("calcom_mcp_for_customers.server")
    module.CALCOM_API_BASE_URL = f"{url}/v2"  # type: ignore[attr-defined]
    async with importlib.import_module("fastmcp").Client(module.mcp) as client:
        return [(await client.call_tool(name, arguments)).data for name, arguments in calls]


if __name__ == "__main__":
    json.dump(asyncio.run(call_all(json.load(sys.stdin), sys.argv[1])), sys.stdout)
