"""The endpoint `/graphql`: one ASGI application for HTTP, server-sent events and WebSocket."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

from app.context import RequestContext
from schema.executor.engine import Engine
from schema.transport.credentials import Authenticate
from schema.transport.http_view import HttpView
from schema.transport.shared_subscriptions import SharedSubscriptions
from schema.transport.ws_handler import Sockets

if TYPE_CHECKING:
    from schema.loaders import Loaders

STATIC = Path(__file__).parent / "static"


class GraphQLEndpoint:
    """Made once per process by the application; `authenticate` says who a caller is."""

    def __init__(
        self, engine: Engine, authenticate: Authenticate, make_loaders: "Callable[[RequestContext], Loaders]"
    ) -> None:
        self.engine = engine
        self.shared = SharedSubscriptions(engine)
        self.http = HttpView(engine, self.shared, authenticate, make_loaders)
        self.sockets = Sockets(engine, self.shared, authenticate, make_loaders)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """ASGI entry."""
        if scope["type"] == "websocket":
            await self.sockets.handle(scope, receive, send)
        else:
            await self.http.handle(scope, receive, send)

    def routes(self, path: str = "/graphql") -> list[BaseRoute]:
        """Routes to put into the application; not a Mount, which would redirect `POST /graphql`."""
        return [
            Route(path, self, name="graphql"),
            WebSocketRoute(path, self, name="graphql-ws"),
            Mount(f"{path}/static", StaticFiles(directory=STATIC), name="graphql-static"),
        ]

    @property
    def open_streams(self) -> int:
        """Event streams and operations of sockets that are at work."""
        return self.http.open_streams + self.sockets.open_operations

    async def stop(self) -> None:
        """Complete every stream and ask socket clients to come back; call it before the server stops listening."""
        self.http.stop()
        await self.sockets.stop()
