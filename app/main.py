"""Puts the application together; nothing is decided here."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route

from app.lifecycle import Lifecycle
from app.observability.metrics import METRICS
from app.rest.docs_page import ROUTES as DOCS
from app.rest.v2.front import make_v2
from app.settings import Settings
from app.web.errors import HANDLERS
from app.web.graphql import make_endpoint
from app.web.health import healthz, metrics, readyz
from app.web.landing import landing
from app.web.mailbox import mailbox_routes
from app.web.middleware import middleware_for
from app.web.prefixes import Prefixes
from app.web.server import settle_memory, streams_end_first


def create_app(settings: Settings, *, under_uvicorn: bool = False) -> Starlette:
    """The web application; its lifespan connects to the database and the bus and, if so set, runs the worker."""
    running = Lifecycle(settings)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await running.start(with_worker=settings.run_worker)
        if under_uvicorn:
            settle_memory()
        try:
            with streams_end_first(running.complete_streams) if under_uvicorn else nullcontext():
                yield
        finally:
            await running.stop()
            await v2.close()

    endpoint = make_endpoint(settings, running.bus)
    running.at_end_of_streams(endpoint.stop)
    METRICS.subscriptions_open.set_function(lambda: endpoint.open_streams)
    METRICS.sockets_open.set_function(lambda: len(endpoint.sockets))
    v2 = make_v2(settings, running.bus)
    app = Starlette(
        routes=[
            Route("/", landing),
            *endpoint.routes(),
            *DOCS,
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            Route("/metrics", metrics),
            *mailbox_routes(settings),
        ],
        middleware=[*middleware_for(settings), Middleware(Prefixes, fronts={"/v2": v2, "/api/v2": v2})],
        exception_handlers=HANDLERS,
        lifespan=lifespan,
    )
    app.state.lifecycle = running
    app.state.settings = settings
    app.state.bus = running.bus
    return app


def app_from_environment() -> Starlette:
    """What each process of `slotgraph serve --workers N` runs."""
    from app.observability.logging import configure_logging  # noqa: PLC0415 a plain import of main logs nothing

    settings = Settings()
    configure_logging(settings)
    return create_app(settings, under_uvicorn=True)
