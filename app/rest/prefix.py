"""Mounting a front under a path, whatever follows it."""

from starlette.datastructures import URLPath
from starlette.routing import BaseRoute, Match, NoMatchFound
from starlette.types import ASGIApp, Receive, Scope, Send


class Prefix(BaseRoute):
    """Everything at and below a path goes to one application, line breaks in it included, the scope as it is."""

    def __init__(self, path: str, app: ASGIApp) -> None:
        self.path = path
        self._app = app
        self._below = path + "/"

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether the path is this one or lies below it."""
        path = scope["path"]
        fits = scope["type"] in {"http", "websocket"} and (path.startswith(self._below) or path == self.path)
        return (Match.FULL if fits else Match.NONE), {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand over."""
        await self._app(scope, receive, send)

    def url_path_for(self, name: str, /, **path_params: object) -> URLPath:
        """No path here has a name."""
        raise NoMatchFound(name, path_params)
