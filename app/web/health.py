"""Is it alive, is it ready, how is it doing."""

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app.context import utc_now
from app.db import connection, raw
from app.errors import ServiceUnavailableError
from app.observability.metrics import CONTENT_TYPE_LATEST, METRICS, Metrics

if TYPE_CHECKING:
    from app.lifecycle import Lifecycle

CHECK_SECONDS = 2.0


async def healthz(_: Request) -> Response:
    """The process answers; says nothing about what it depends on."""
    return JSONResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})


async def readyz(request: Request) -> Response:
    """200 when requests can be served: the database answers and is migrated. The bus is reported, never required."""
    lifecycle: Lifecycle = request.app.state.lifecycle
    checks = await _checks(lifecycle)
    ready = checks["database"] == "ok" and checks["migrations"] == "ok"
    body = {"status": "ready" if ready else "unavailable", "checks": checks}
    return JSONResponse(body, 200 if ready else 503, headers={"Cache-Control": "no-store"})


async def _checks(lifecycle: "Lifecycle") -> dict[str, Any]:
    state = lifecycle.bus.state
    checks = {
        "database": "ok",
        "migrations": "ok",
        "bus": "ok" if state.connected else "degraded",
        "busKind": state.kind,
    }
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            await raw.value("SELECT 1")
            if not await lifecycle.is_migrated():
                checks["migrations"] = "missing, run `slotgraph migrate`"
    except (ServiceUnavailableError, TimeoutError):
        checks["database"], checks["migrations"] = "unreachable", "unknown"
    return checks


async def metrics(request: Request) -> Response:
    """Prometheus text format; what the database would have to say is left as it was when it does not answer."""
    await collect(METRICS, request.app.state.lifecycle, utc_now())
    return Response(METRICS.render(), media_type=CONTENT_TYPE_LATEST)


async def collect(into: Metrics, lifecycle: "Lifecycle", now: datetime) -> None:
    """Read the gauges that are looked up rather than counted."""
    state = lifecycle.bus.state
    into.bus_connected.set(state.connected)
    into.bus_listeners.set(state.listeners)
    into.bus_published.set(state.published)
    into.bus_gaps.set(state.gaps)
    into.bus_dropped.set(state.dropped)
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            await _collect_from_database(into, now)
    except (ServiceUnavailableError, TimeoutError):
        return


async def _collect_from_database(into: Metrics, now: datetime) -> None:
    row = await raw.row(
        "SELECT (SELECT count(*) FROM outbox) AS waiting, (SELECT min(created_at) FROM outbox) AS oldest,"
        " (SELECT count(*) FROM jobs WHERE status = 'DUE' AND run_at <= $1) AS due,"
        " (SELECT count(*) FROM jobs WHERE status = 'DEAD') AS dead",
        now,
    )
    if row is None:
        return
    oldest = raw.instant(row["oldest"])
    into.outbox_rows.set(row["waiting"])
    into.outbox_lag.set(max(0.0, (now - oldest).total_seconds()) if oldest else 0.0)
    into.jobs_due.set(row["due"])
    into.jobs_dead.set(row["dead"])
    size, in_use = connection.current().pool_state()
    into.pool_size.set(size)
    into.pool_in_use.set(in_use)
