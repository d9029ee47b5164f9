"""Structured logs on standard error: JSON for machines, aligned text for people."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TextIO

import orjson
import structlog
from structlog.contextvars import bound_contextvars
from structlog.typing import Processor

from app.observability.scrubbing import scrub
from app.settings import Settings

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request at work, empty outside of one; part of every entry written meanwhile."""

_access_logger = logging.getLogger("slotgraph.access")
_QUIET = ("aiosqlite", "asyncio", "asyncpg", "tortoise", "websockets", "uvicorn.access")


class _Access:
    stream: TextIO | None = None


def configure_logging(settings: Settings) -> None:
    """Send every logger of the process through the scrubbing formatter."""
    level = settings.log_level.upper()
    handler = logging.StreamHandler(sys.stderr)
    _Access.stream = handler.stream if settings.log_format == "json" else None
    handler.setFormatter(_formatter(settings))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in ("uvicorn", "uvicorn.error"):
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = True
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _formatter(settings: Settings) -> logging.Formatter:
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        _with_request_id,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: list[Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        _without_uvicorn_colours,
        scrub,
    ]
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared, processors=[*last, _renderer(settings.log_format)]
    )


def _renderer(log_format: str) -> Processor:
    if log_format == "json":
        return structlog.processors.JSONRenderer(serializer=_dumps)
    return structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback, pad_event_to=0
    )


def _dumps(value: Any, **_: Any) -> str:
    return orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS).decode()


def _without_uvicorn_colours(_logger: Any, _method: str, entry: Any) -> Any:
    entry.pop("color_message", None)
    return entry


@contextmanager
def log_context(**values: Any) -> Iterator[None]:
    """Add these values to every entry written inside the block, also by tasks started there."""
    with bound_contextvars(**values):
        yield


def log_access(level: int, method: str, route: str, status: int, seconds: float) -> None:
    """One line about an answered request. All of it is ours, so as JSON it is written without the formatter (50 us)."""
    if not _access_logger.isEnabledFor(level):
        return
    entry = {"method": method, "route": route, "status": status, "duration_ms": round(seconds * 1000, 1)}
    if _Access.stream is None:
        _access_logger.log(level, "request", extra=entry)
        return
    entry |= {
        "request_id": request_id.get(),
        "event": "request",
        "level": logging.getLevelName(level).lower(),
        "logger": _access_logger.name,
        "timestamp": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
    }
    _Access.stream.write(_dumps(entry) + "\n")


def _with_request_id(_logger: Any, _method: str, entry: Any) -> Any:
    if current := request_id.get():
        entry["request_id"] = current
    return entry
