"""Every command that the README shows does what it says, on a server with demo data."""

import asyncio
import json
import os
import re
import signal
import subprocess
from pathlib import Path

import pytest

from tests.parts.server import Slotgraph

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PUBLISHED = "http://127.0.0.1:8000"
_FENCE = re.compile(r"^```sh(?P<tags>[^\n]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


def commands(tag: str) -> list[str]:
    """The shell blocks of the README with this tag."""
    return [found["text"] for found in _FENCE.finditer(README) if found["tags"].split() == tag.split()]


async def shell(text: str, url: str, within: float = 30) -> str:
    """Run a block as a reader would paste it; what it printed until it ended or `within` seconds were over."""
    process = await asyncio.create_subprocess_exec(
        "bash",
        "-c",
        text.replace(PUBLISHED, url),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=ROOT,
        start_new_session=True,
    )
    assert process.stdout is not None
    printed = b""
    try:
        async with asyncio.timeout(within):
            while part := await process.stdout.read(65_536):
                printed += part
            await process.wait()
    except TimeoutError:
        os.killpg(process.pid, signal.SIGKILL)  # curl too
        await process.wait()
    return printed.decode()


def test_the_two_commands_are_make_targets() -> None:
    for block in commands(""):
        target = block.strip()
        planned = subprocess.run(
            ["make", "-n", *target.split()[1:]], cwd=ROOT, capture_output=True, check=True, timeout=30
        )
        assert planned.stdout, target


async def test_the_first_query_booking_and_subscription_work_as_pasted(slotgraph: Slotgraph) -> None:
    server = await slotgraph.serve("--demo")
    query, booking = commands("demo")
    slots = json.loads(await shell(query, server.url))["data"]["slots"]
    assert slots["days"][0]["starts"]
    start = slots["days"][-1]["starts"][-1]
    booking = re.sub(r"(?m)^START=.*$", f"START={start}", booking)
    first = json.loads(await shell(booking, server.url))["data"]["createBooking"]
    again = json.loads(await shell(booking, server.url))["data"]["createBooking"]
    assert (first["booking"]["status"], first["replayed"], again["replayed"]) == ("ACCEPTED", False, True)
    assert again["booking"] == first["booking"]
    streamed = await shell(commands("demo stream")[0], server.url, within=4)
    snapshot = next(line for line in streamed.splitlines() if line.startswith("data:"))
    starts = json.loads(snapshot.removeprefix("data:"))["data"]["slots"]["starts"]
    taken = first["booking"]["start"].removesuffix("Z")
    assert starts
    assert not any(start.startswith(taken) for start in starts)


async def test_the_first_rest_call_works_as_pasted(slotgraph: Slotgraph) -> None:
    server = await slotgraph.serve("--demo")
    answer = json.loads(await shell(commands("demo rest")[0], server.url))
    assert answer["status"] == "success"
    assert all(slot["start"] for slots in answer["data"].values() for slot in slots)
    assert answer["data"]


async def test_the_rest_booking_works_as_pasted(slotgraph: Slotgraph) -> None:
    """Booked once however often it is sent, listed for the host, and announced to a webhook from then on."""
    server = await slotgraph.serve("--demo")
    query, _ = commands("demo")
    days = json.loads(await shell(query, server.url))["data"]["slots"]["days"]
    block = re.sub(r"(?m)^START=.*$", f"START={days[-1]['starts'][0]}", commands("demo rest booking")[0])
    key = server.log.partition("Bearer ")[2].partition("'")[0]
    block = block.replace("$(cat data/demo-api-key)", key)
    booked, listed, webhook = map(json.loads, (await shell(block, server.url)).split("\n"))
    assert booked["data"]["status"] == "accepted"
    assert booked["data"]["uid"] in [booking["uid"] for booking in listed["data"]]
    assert webhook["data"]["triggers"] == ["BOOKING_CREATED", "BOOKING_CANCELLED"]
    again = json.loads((await shell(block, server.url)).split("\n")[0])
    assert again == booked


async def test_the_commands_for_ones_own_people_work(slotgraph: Slotgraph) -> None:
    create, doctor = commands("cli")[0].strip().splitlines()
    assert create.startswith(".venv/bin/slotgraph user create")
    arguments = re.findall(r'"[^"]*"|\S+', create)[1:]
    made = json.loads(await slotgraph.run(*(argument.strip('"') for argument in arguments)))
    assert made["apiKey"].startswith("cal_")
    assert (made["username"], made["email"]) == ("kim", "kim@example.com")
    assert doctor == ".venv/bin/slotgraph doctor"
    assert "database" in (await slotgraph.run("doctor")).lower()


@pytest.mark.parametrize("page", sorted((ROOT / "docs").rglob("*.md")), ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_links_of_the_readme_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).exists(), target


def test_every_setting_is_documented() -> None:
    from app.settings import Settings  # noqa: PLC0415 only this test needs it

    pages = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8") + (ROOT / ".env.example").read_text(
        encoding="utf-8"
    )
    told = set(re.findall(r"\b[A-Z][A-Z0-9_]{3,}\b", pages)) | {
        f"GRAPHQL_MAX{part}" for part in re.findall(r"`(_[A-Z_]+)`", pages)
    }
    internal = {"PASSWORD_HASH_COST", "API_KEY_PREFIX", "GRAPHQL_PARTIAL_SUCCESS_294", "EMAIL_FROM_NAME"}
    assert {name.upper() for name in Settings.model_fields} - told <= internal
