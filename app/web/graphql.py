"""The GraphQL endpoint as this application runs it: who callers are, where costs are counted, what is observed."""

import logging
import math
from collections.abc import Callable
from pathlib import Path

from app.auth.identity import identify
from app.context import RequestContext
from app.events.bus import Bus
from app.observability.metrics import METRICS
from app.observability.tracing import is_tracing, record_span
from app.settings import Settings
from schema.app import schema
from schema.executor.engine import Engine, OperationReport
from schema.extensions.cost_buckets import CostBucket, MemoryBucket
from schema.extensions.documents import DocumentStore, load_trusted
from schema.loaders import Loaders
from schema.transport.credentials import Authenticate, Credentials
from schema.transport.endpoint import GraphQLEndpoint

logger = logging.getLogger(__name__)
OPERATIONS = Path(__file__).parents[2] / "graphql" / "operations"
REDIS_SECONDS = 0.2


def make_endpoint(settings: Settings, bus: Bus) -> GraphQLEndpoint:
    """One per process."""
    observe = _observer(settings)
    engine = Engine(schema, settings, documents=_documents(settings), bucket=_bucket(settings), observe=observe)
    return GraphQLEndpoint(engine, _authenticate(settings, bus), Loaders)


def _authenticate(settings: Settings, bus: Bus) -> Authenticate:
    async def authenticate(credentials: Credentials) -> RequestContext:
        headers = credentials.headers
        return RequestContext(
            await identify(settings, headers.get("authorization")),
            settings,
            bus,
            request_id=credentials.request_id,
            client_ip=credentials.client_ip,
            idempotency_key=headers.get("idempotency-key"),
        )

    return authenticate


def _documents(settings: Settings) -> DocumentStore:
    return DocumentStore(load_trusted(OPERATIONS), trusted_only=settings.graphql_trusted_documents_only)


def _bucket(settings: Settings) -> CostBucket:
    limit, rate = settings.graphql_cost_limit, settings.graphql_cost_restore_rate
    if settings.redis_url is None:
        return MemoryBucket(limit, rate)
    from redis.asyncio import Redis  # noqa: PLC0415 only those who use Redis pay for importing it
    from redis.asyncio.retry import Retry  # noqa: PLC0415
    from redis.backoff import NoBackoff  # noqa: PLC0415

    from schema.extensions.cost_buckets import RedisBucket  # noqa: PLC0415

    client = Redis.from_url(
        settings.redis_url,
        socket_timeout=REDIS_SECONDS,
        socket_connect_timeout=REDIS_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )
    return RedisBucket(client, limit, rate, settings.redis_prefix)


def _observer(settings: Settings) -> Callable[[OperationReport], None]:
    """Counts and traces operations, and warns of slow ones and, in production, of those without a name."""
    slow = settings.slow_operation.total_seconds() or math.inf
    names_wanted = settings.environment == "production"

    def observe(report: OperationReport) -> None:
        METRICS.operation(report.kind, "error" if report.codes else "ok", report.seconds)
        if is_tracing():
            _trace(report)
        if report.seconds >= slow:
            logger.warning("slow operation: %s %s took %.2f s", report.kind, report.name or "-", report.seconds)
        if names_wanted and report.name is None and not report.codes:
            logger.warning("a %s without a name: metrics and traces cannot tell which", report.kind)

    return observe


def _trace(report: OperationReport) -> None:
    # Names and codes are of the schema or of the client's code, never of a person.
    record_span(
        f"graphql {report.kind}",
        report.seconds,
        operation=report.name or "",
        cost=report.actual_cost,
        errors=",".join(report.codes),
    )
