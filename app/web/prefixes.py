"""Fronts that answer everything below a path themselves."""

from collections.abc import Mapping

from starlette.types import ASGIApp, Receive, Scope, Send


class Prefixes:
    """Middleware: what lies at or below a prefix goes to its application, line breaks in it included, all else on.

    Such an application answers its errors too, so it needs neither Starlette's routes nor its handlers of exceptions.
    """

    def __init__(self, app: ASGIApp, *, fronts: Mapping[str, ASGIApp]) -> None:
        self._app = app
        self._fronts = [(prefix, f"{prefix}/", front) for prefix, front in fronts.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand over."""
        await self._app_for(scope)(scope, receive, send)

    def _app_for(self, scope: Scope) -> ASGIApp:
        if scope["type"] in {"http", "websocket"}:
            path = scope["path"]
            for prefix, below, front in self._fronts:
                if path.startswith(below) or path == prefix:
                    return front
        return self._app
