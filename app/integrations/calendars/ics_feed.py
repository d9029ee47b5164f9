"""ICS feeds: fetched with the guard for addresses that others choose, read in a process with a deadline."""

import asyncio
import subprocess
import sys
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urljoin

import orjson

from app.integrations.calendars.ics_events import Busy
from app.integrations.guard import Answer, Outbound, OutboundError

MAX_FEED: Final = 5 * 1024 * 1024
MAX_REDIRECTS: Final = 3
READ_SECONDS: Final = 30.0
_AT_ONCE: Final = 2
_MOVED: Final = frozenset({301, 302, 303, 307, 308})


class FeedError(Exception):
    """The feed cannot be had or read; the message is for its owner and names no address."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """The file, and by what to ask for a newer one."""

    body: bytes
    etag: str | None
    last_modified: str | None


@dataclass(frozen=True, slots=True)
class ReadFeed:
    """Busy times of a file in time order, its name, and which series were left out."""

    name: str | None
    spans: tuple[Busy, ...]
    problems: tuple[str, ...]


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


async def read_feed(body: bytes, start_s: int, end_s: int, zone: str, *, seconds: float = READ_SECONDS) -> ReadFeed:
    """Busy times between two instants (epoch seconds); dates without a zone are in `zone`. Raises FeedError."""
    async with _limit():
        found = await asyncio.to_thread(_read_apart, body, [str(start_s), str(end_s), zone], seconds)
    if "error" in found:
        raise FeedError(found["error"])
    spans = tuple((start, end, uid) for start, end, uid in found["spans"])
    return ReadFeed(found["name"], spans, tuple(found["problems"]))


def _read_apart(body: bytes, arguments: list[str], seconds: float) -> dict[str, Any]:
    command = [sys.executable, "-m", "app.integrations.calendars.ics_worker", *arguments]
    try:
        ended = subprocess.run(command, input=body, capture_output=True, timeout=seconds, check=False)  # noqa: S603 ourselves
    except subprocess.TimeoutExpired as error:
        raise FeedError(f"The feed could not be read within {seconds:g} s.") from error
    if ended.returncode != 0:
        raise FeedError("The feed cannot be read.")
    answer: dict[str, Any] = orjson.loads(ended.stdout)
    return answer


_limits: dict[asyncio.AbstractEventLoop, asyncio.Semaphore] = {}


def _limit() -> asyncio.Semaphore:
    """At most two processes at a time, however many feeds are due."""
    loop = asyncio.get_running_loop()
    if loop not in _limits:
        _limits.clear()
        _limits[loop] = asyncio.Semaphore(_AT_ONCE)
    return _limits[loop]


def _short(value: str | None, most: int) -> str | None:
    return value if value is not None and len(value) <= most else None
