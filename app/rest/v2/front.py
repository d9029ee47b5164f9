"""API v2 put together."""

from typing import Any

from pydantic import ValidationError

from app.context import RequestContext
from app.events.bus import Bus
from app.rest.openapi import openapi_document
from app.rest.operation import Answer, AnyOperation
from app.rest.rate_limits import Limiter, MemoryLimiter
from app.rest.request import RestRequest
from app.rest.router import RestApp
from app.rest.v2 import envelope
from app.rest.v2.auth import Doorkeeper
from app.rest.v2.operations import OPERATIONS
from app.rest.v2.validation import wrong_input
from app.rest.v2.versions import VERSIONS, known_version
from app.settings import Settings

PREFIX = "/v2"
REDIS_SECONDS = 0.2


class V2Front:
    """What API v2 decides for all of its rows."""

    versions = VERSIONS

    def __init__(self, doorkeeper: Doorkeeper) -> None:
        self._doorkeeper = doorkeeper

    async def close(self) -> None:
        """Close the connections of the limiter."""
        await self._doorkeeper.close()

    def version_of(self, request: RestRequest) -> str:
        """The known version a request is served as (VR-1)."""
        return known_version(request.header(b"cal-api-version"))

    async def admit(self, request: RestRequest, operation: AnyOperation) -> RequestContext:
        """Count the request and find its caller."""
        return await self._doorkeeper.admit(request, operation)

    def read(self, operation: AnyOperation, given: Any) -> Any:
        """The body or query as the row's model; raises WrongInputError."""
        assert operation.body is not None  # noqa: S101 called for rows with a model
        try:
            return operation.body.model_validate(given)
        except ValidationError as error:
            raise wrong_input(error, operation.body) from error

    def success(self, operation: AnyOperation, data: Any) -> bytes:
        """The body of a success."""
        return envelope.success(operation, data)

    def failure(self, request: RestRequest, error: Exception) -> Answer:
        """The answer to an error."""
        return envelope.failure(request, error)


def make_v2(settings: Settings, bus: Bus) -> RestApp:
    """The application of API v2; one per process. Raises RouteClashError."""
    app = RestApp(V2Front(Doorkeeper(settings, bus, _limiter(settings))), OPERATIONS, PREFIX)
    app.serve_document(
        "/openapi.json", lambda: Answer(200, openapi_document(OPERATIONS, settings.public_url, VERSIONS))
    )
    return app


def _limiter(settings: Settings) -> Limiter:
    if settings.redis_url is None:
        return MemoryLimiter()
    from redis.asyncio import Redis  # noqa: PLC0415 only those who use Redis pay for connecting
    from redis.asyncio.retry import Retry  # noqa: PLC0415
    from redis.backoff import NoBackoff  # noqa: PLC0415

    from app.rest.rate_limits import RedisLimiter  # noqa: PLC0415

    client = Redis.from_url(
        settings.redis_url,
        socket_timeout=REDIS_SECONDS,
        socket_connect_timeout=REDIS_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )
    return RedisLimiter(client, settings.redis_prefix)
