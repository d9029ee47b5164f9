"""ICS feeds: fetched with the guard for addresses that others choose, read in a process with a deadline."""

import asyncio
import sys
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin

import orjson

from app.integrations.calendars.turns import Turns
from app.integrations.guard import Answer, Outbound, OutboundError

MAX_FEED: Final = 5 * 1024 * 1024
MAX_REDIRECTS: Final = 3
READ_SECONDS: Final = 30.0
AT_ONCE: Final = 4
AN_OWNER: Final = 2
"""Processes at a time, and of one owner: whoever has hostile feeds waits for them himself."""

_MOVED: Final = frozenset({301, 302, 303, 307, 308})


class FeedError(Exception):
    """The feed cannot be had or read; the message is for its owner and names no address."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """The file, and by what to ask for a newer one."""

    body: bytes
    etag: str | None
    last_modified: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What to look for: between two instants (epoch seconds); times that say no zone are in `zone`.

    `own` are occurrences (UID, first second) that do not count; `owner` is whose feed it is.
    """

    start_s: int
    end_s: int
    zone: str
    owner: int = 0
    own: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class ReadFeed:
    """Busy times of a file, ordered and merged, its name, which series were left out, and what may be read wrongly."""

    name: str | None
    spans: tuple[tuple[int, int], ...]
    problems: tuple[str, ...]
    note: str | None


async def fetch_feed(
    outbound: Outbound, url: str, *, etag: str | None = None, last_modified: str | None = None
) -> Fetched | None:
    """The file behind a URL; None when it is still the one of `etag` or `last_modified`. Raises FeedError."""
    asked = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    headers = {"Accept": "text/calendar, */*;q=0.1", **{name: value for name, value in asked.items() if value}}
    answer = await _follow(outbound, url, headers)
    if answer.status == 304 and len(headers) > 1:
        return None
    if answer.status != 200:
        raise FeedError(f"The server answered {answer.status}.")
    if answer.truncated:
        raise FeedError(f"The feed is larger than {MAX_FEED // 1024 // 1024} MiB.")
    told = {name.lower(): value for name, value in answer.headers.items()}
    return Fetched(answer.body, _short(told.get("etag"), 500), _short(told.get("last-modified"), 100))


async def _follow(outbound: Outbound, url: str, headers: dict[str, str]) -> Answer:
    """The answer behind redirects; the guard judges every address on the way."""
    if url[:9].lower() == "webcal://":
        url = f"https://{url[9:]}"
    for _ in range(MAX_REDIRECTS + 1):
        try:
            answer = await outbound.request("GET", url, headers=headers, most=MAX_FEED)
        except OutboundError as error:
            raise FeedError(str(error)) from error
        place = next((value for name, value in answer.headers.items() if name.lower() == "location"), None)
        if answer.status not in _MOVED or place is None:
            return answer
        url = urljoin(url, place)
    raise FeedError("The server redirects too often.")


async def read_feed(body: bytes, asked: Asked, *, seconds: float = READ_SECONDS) -> ReadFeed:
    """Busy times of a file, read within so much time once it is its turn. Raises FeedError."""
    head = {"start": asked.start_s, "end": asked.end_s, "zone": asked.zone, "own": asked.own}
    async with _turns().of(asked.owner):
        answer = await _read_apart(orjson.dumps(head) + b"\n" + body, seconds)
    found = orjson.loads(answer)
    if "error" in found:
        raise FeedError(found["error"])
    spans = tuple((start, end) for start, end in found["spans"])
    return ReadFeed(found["name"], spans, tuple(found["problems"]), found["note"])


async def _read_apart(told: bytes, seconds: float) -> bytes:
    """What the process answers; it does not outlive its time, nor the caller."""
    pipe = asyncio.subprocess.PIPE
    command = [sys.executable, "-m", "app.integrations.calendars.ics_worker"]
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL)
    try:
        async with asyncio.timeout(seconds):
            answer, _ = await process.communicate(told)
    except TimeoutError as error:
        raise FeedError(f"The feed could not be read within {seconds:g} s.") from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()
    if process.returncode != 0:
        raise FeedError("The feed takes too much time or memory to read.")
    return answer


_reading: dict[asyncio.AbstractEventLoop, Turns] = {}


def _turns() -> Turns:
    """Few processes at a time, however many feeds are due or saved."""
    loop = asyncio.get_running_loop()
    if loop not in _reading:
        _reading.clear()
        _reading[loop] = Turns(AT_ONCE, AN_OWNER)
    return _reading[loop]


def _short(value: str | None, most: int) -> str | None:
    """A header that can be kept and sent again."""
    return value if value is not None and len(value) <= most and value.isascii() and value.isprintable() else None
