"""The floor of subscriptions: a ready-made frame to every open socket, and nothing else. Run by `python -m bench`."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

OPEN: set[WebSocket] = set()


async def listen(socket: WebSocket) -> None:
    """Keep a socket."""
    await socket.accept("graphql-transport-ws")
    OPEN.add(socket)
    try:
        while True:
            await socket.receive_text()
            await socket.send_text('{"type":"connection_ack"}')
    except WebSocketDisconnect:
        OPEN.discard(socket)


async def fire(request: Request) -> Response:
    """Send the body to every socket."""
    frame = (await request.body()).decode()
    for socket in tuple(OPEN):
        await socket.send_text(frame)
    return JSONResponse({"sent": len(OPEN)})


app = Starlette(routes=[WebSocketRoute("/graphql", listen), Route("/fire", fire, methods=["POST"])])
