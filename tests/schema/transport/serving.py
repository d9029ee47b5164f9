"""A real uvicorn on a free port of 127.0.0.1, in the loop of the test, serving the sample schema."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson
import uvicorn
import websockets
from starlette.applications import Starlette

from app.settings import Settings
from schema.executor.engine import Engine
from schema.transport.endpoint import GraphQLEndpoint
from tests.schema.sample import Sample, authenticator, make_sample, make_settings


@dataclass
class Served:
    """What a test talks to."""

    endpoint: GraphQLEndpoint
    sample: Sample
    settings: Settings
    port: int
    server: uvicorn.Server

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/graphql"

    def socket(self, **options: Any) -> Any:
        options.setdefault("subprotocols", [websockets.Subprotocol("graphql-transport-ws")])
        return websockets.connect(f"ws://127.0.0.1:{self.port}/graphql", **options)


class QuietServer(uvicorn.Server):
    """Leaves the signals to pytest."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.asynccontextmanager
async def served(
    *, blocked_seconds: float = 30.0, init_seconds: float = 10.0, recheck_seconds: float = 30.0, **fields: Any
) -> AsyncIterator[Served]:
    """Serve until the block ends, then stop as the application does."""
    sample, settings = make_sample(), make_settings(**fields)
    endpoint = GraphQLEndpoint(Engine(sample.schema, settings), authenticator(settings), sample.loaders)
    endpoint.sockets.blocked_seconds = blocked_seconds
    endpoint.sockets.init_seconds = init_seconds
    endpoint.sockets.recheck_seconds = endpoint.http.recheck_seconds = recheck_seconds
    app = Starlette(routes=endpoint.routes())
    config = uvicorn.Config(app, port=0, log_config=None, lifespan="off", timeout_graceful_shutdown=3)
    server = QuietServer(config)
    task = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield Served(endpoint, sample, settings, port, server)
    finally:
        await endpoint.stop()
        server.should_exit = True
        await task


async def until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait for something that the server does on its own."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 what is waited for has no event
            await asyncio.sleep(0.01)


async def say(socket: Any, kind: str, identity: str | None = None, payload: Any = None) -> None:
    """Send one message."""
    value = {"type": kind, "id": identity, "payload": payload}
    await socket.send(orjson.dumps({key: item for key, item in value.items() if item is not None}).decode())


async def hear(socket: Any, seconds: float = 5.0) -> dict[str, Any]:
    """The next message."""
    async with asyncio.timeout(seconds):
        message: dict[str, Any] = orjson.loads(await socket.recv())
    return message


async def greet(socket: Any, token: str | None = None) -> None:
    """Initialise a socket."""
    await say(socket, "connection_init", payload={"Authorization": f"Bearer {token}"} if token else {})
    assert (await hear(socket))["type"] == "connection_ack"


async def closed(socket: Any, seconds: float = 5.0) -> tuple[int, str]:
    """Code and reason with which the server closes; whatever it says before is read away."""
    async with asyncio.timeout(seconds):
        try:
            while True:
                await socket.recv()
        except websockets.ConnectionClosed:
            return socket.close_code, socket.close_reason
