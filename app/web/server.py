"""The server process: uvicorn, stopped in an order that lets every stream end with `complete`."""

import asyncio
import gc
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import FrameType
from typing import Any, Final

import uvicorn
from starlette.applications import Starlette
from uvicorn.supervisors import Multiprocess

from app.settings import Settings
from app.web.protocol import Protocol

MAX_FRAME: Final = 256 * 1024
PING_SECONDS: Final = 20.0
STREAMS_END: Final = 0.25
"""Seconds between the end of the streams and the closing of their sockets."""

_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def streams_end_first(complete_streams: Callable[[], None]) -> Iterator[None]:
    """Inside the block, being told to stop ends the streams first and reaches uvicorn a moment later.

    Uvicorn would close sockets at once, in the middle of a subscription; a second signal reaches it directly.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    before = {each: signal.getsignal(each) for each in _SIGNALS}
    stopping = False

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal stopping
        pass_on: Any = before[signal.Signals(number)]
        if stopping or not callable(pass_on):
            if callable(pass_on):
                pass_on(number, frame)
            return
        stopping = True
        loop.call_soon_threadsafe(complete_streams)
        loop.call_soon_threadsafe(loop.call_later, STREAMS_END, pass_on, number, frame)

    for each in _SIGNALS:
        signal.signal(each, stop)
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def settle_memory() -> None:
    """Call it when everything is imported: what exists now stays, so the collector need not look at it again."""
    # A page of bookings makes thousands of objects that are gone with the answer: the default looks at them ten times.
    gc.set_threshold(20_000, 20, 20)
    gc.freeze()
    gc.enable()


def config_for(app: Starlette | str, settings: Settings, *, host: str, port: int, workers: int = 1) -> uvicorn.Config:
    """Uvicorn's settings; who may send `X-Forwarded-*` is decided by our own middleware."""
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        factory=isinstance(app, str),
        workers=workers,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        http=Protocol,
        ws_max_size=MAX_FRAME,
        ws_ping_interval=PING_SECONDS,
        ws_ping_timeout=PING_SECONDS,
        ws_per_message_deflate=False,  # costs 300 KiB and much CPU per socket, and messages are small
        timeout_graceful_shutdown=connection_seconds(settings.shutdown_grace),
        backlog=2048,
    )


def connection_seconds(grace: timedelta) -> int:
    """Half of the grace period is for open connections, the other half for jobs."""
    return max(1, int(grace.total_seconds() / 2))


def run_single(app: Starlette, settings: Settings, *, host: str, port: int) -> bool:
    """Serve until a signal; whether the server had started."""
    server = uvicorn.Server(config_for(app, settings, host=host, port=port))
    _exit_cleanly_on_signals()
    server.run()
    return server.started


def run_several(settings: Settings, *, host: str, port: int, workers: int) -> None:
    """Serve in several processes that share the port, restarting those that die, until a signal."""
    config = config_for("app.main:app_from_environment", settings, host=host, port=port, workers=workers)
    sock = config.bind_socket()
    Multiprocess(config, sockets=[sock]).run()


def _exit_cleanly_on_signals() -> None:
    """Uvicorn raises the signal again when it has stopped; being told to stop is no failure."""
    for each in _SIGNALS:
        signal.signal(each, _leave)


def _leave(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)
