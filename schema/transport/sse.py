"""Server-sent events, distinct connections mode: `next` events with the cursor as their id, then `complete`."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import suppress
from typing import Any

from schema.executor.engine import Outcome
from schema.transport.shared_subscriptions import Frame, Frames, frame_of

COMMENT_SECONDS = 15.0
BLOCKED_SECONDS = 30.0

_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]
_COMPLETE = b"event: complete\ndata:\n\n"


def encode(frame: Frame) -> bytes:
    """One `next` event; the text is one line since it is JSON."""
    identity = f"id: {frame.cursor}\n" if frame.cursor else ""
    return f"{identity}event: next\ndata: {frame.text}\n\n".encode()


async def event_stream(
    frames: "Frames | Outcome",
    receive: Callable[[], Any],
    send: Callable[[Any], Any],
    stopping: asyncio.Event,
    credentials_end: Coroutine[Any, Any, None],
) -> None:
    """Send the frames until they end, the client goes, its credentials end or the server stops."""
    await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
    if isinstance(frames, Outcome):
        credentials_end.close()
        await send({"type": "http.response.body", "body": encode(frame_of(frames, None)) + _COMPLETE})
        return
    ends: list[asyncio.Future[Any]] = [asyncio.ensure_future(_gone(receive))]
    ends += [asyncio.ensure_future(stopping.wait()), asyncio.ensure_future(credentials_end)]
    pump = asyncio.ensure_future(_pump(frames, send))
    try:
        await asyncio.wait([pump, *ends], return_when=asyncio.FIRST_COMPLETED)
        blocked = pump.done() and pump.exception() is not None
        await _stop(pump)
        if not ends[0].done() and not blocked:
            await send({"type": "http.response.body", "body": _COMPLETE})
    finally:
        for task in (pump, *ends):
            await _stop(task)
        await frames.aclose()


async def _pump(frames: AsyncIterator[Frame], send: Callable[[Any], Any]) -> None:
    """Send frames, and a comment whenever nothing was sent for a while."""
    upcoming: asyncio.Future[Frame | None] | None = None
    try:
        while True:
            if upcoming is None:
                upcoming = asyncio.ensure_future(_next(frames))
            done, _ = await asyncio.wait([upcoming], timeout=COMMENT_SECONDS)
            chunk = b":\n\n"
            if done:
                frame = upcoming.result()
                upcoming = None
                if frame is None:
                    return
                chunk = encode(frame)
            async with asyncio.timeout(BLOCKED_SECONDS):
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
    finally:
        if upcoming is not None:
            await _stop(upcoming)


async def _next(frames: AsyncIterator[Frame]) -> Frame | None:
    """The next frame, None at the end: StopAsyncIteration cannot be the result of a future."""
    try:
        return await frames.__anext__()
    except StopAsyncIteration:
        return None


async def _gone(receive: Callable[[], Any]) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _stop(task: "asyncio.Future[Any]") -> None:
    task.cancel()
    with suppress(asyncio.CancelledError, Exception):
        await task
