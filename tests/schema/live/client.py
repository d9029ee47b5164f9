"""A client of a running server: stored operations by HTTP, subscriptions by WebSocket and by server-sent events."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Literal, Protocol

import aiohttp

from tests.schema.api import operation

Json = dict[str, Any]
Transport = Literal["ws", "sse"]
WITHIN = 8.0
_numbers = count(1)


class Stream(Protocol):
    """The events of one subscription."""

    async def next(self) -> Json:
        """The next result as the server sent it; raises StopAsyncIteration at the end, TimeoutError after a while."""


@dataclass
class Person:
    """Somebody who signed up, with hours 09:00-17:00 Monday to Friday in UTC."""

    username: str
    id: str
    key: str


@dataclass
class Client:
    """Talks to the server at `url`."""

    http: aiohttp.ClientSession
    url: str

    @property
    def graphql(self) -> str:
        """The endpoint."""
        return f"{self.url}/graphql"

    def headers(self, key: str | None, **more: str) -> dict[str, str]:
        """Headers of a caller with this key; None = anonymous."""
        return {**({"authorization": f"Bearer {key}"} if key else {}), **more}

    async def post(self, body: Json, key: str | None = None, **headers: str) -> tuple[aiohttp.ClientResponse, Json]:
        """The response to a request and its JSON."""
        sent = self.headers(key, accept="application/graphql-response+json", **headers)
        async with self.http.post(self.graphql, json=body, headers=sent) as response:
            return response, await response.json(content_type=None)

    async def run(self, document: str, key: str | None = None, /, **variables: Any) -> Any:
        """The value of the one root field of a stored operation or document; there are no errors."""
        text = document if "{" in document else operation(document)
        _, body = await self.post({"query": text, "variables": variables}, key)
        assert "errors" not in body, body
        (value,) = body["data"].values()
        return value

    async def do(self, name: str, key: str | None = None, /, **input: Any) -> Json:
        """The success member of a stored mutation."""
        member: Json = await self.run(name, key, input=input)
        assert member["__typename"].endswith("Success"), member
        return member

    async def person(self) -> Person:
        """A new person."""
        name = f"p{next(_numbers)}"
        made = await self.do(
            "SignUp", email=f"{name}@example.com", username=name, password="correct horse", timeZone="UTC"
        )
        return Person(name, made["user"]["id"], made["apiKey"])

    async def event_type(self, person: Person, **fields: Any) -> str:
        """The id of a new event type of this person, half an hour without notice."""
        values = {"title": "Intro", "slug": f"e{next(_numbers)}", "lengthInMinutes": 30, "minimumBookingNotice": 0}
        made = await self.do("CreateEventType", person.key, fields={**values, **fields})
        event_type_id: str = made["eventType"]["id"]
        return event_type_id

    async def book(self, event_type: str, start: str, key: str | None = None, **more: Any) -> Json:
        """The booking made by Zoe."""
        attendee = {"name": "Zoe", "email": "zoe@example.com", "timeZone": "UTC"}
        wish = {"eventType": {"id": event_type}, "start": start, "attendee": attendee, **more}
        booking: Json = (await self.do("CreateBooking", key, **wish))["booking"]
        return booking

    @asynccontextmanager
    async def follow(
        self, transport: Transport, name: str, key: str | None = None, *, after: str | None = None, **variables: Any
    ) -> AsyncIterator[Stream]:
        """Subscribe with a stored operation; `after` resumes, by argument or by `Last-Event-ID`."""
        body = {"query": operation(name), "variables": variables}
        if transport == "ws":
            if after is not None:
                body["variables"] = {**variables, "after": after}
            async with self._socket(body, key) as stream:
                yield stream
        else:
            async with self._events(body, key, after) as stream:
                yield stream

    @asynccontextmanager
    async def _socket(self, body: Json, key: str | None) -> AsyncIterator[Stream]:
        async with self.http.ws_connect(self.graphql, protocols=["graphql-transport-ws"]) as socket:
            payload = self.headers(key)
            await socket.send_json({"type": "connection_init", "payload": payload})
            assert (await socket.receive_json())["type"] == "connection_ack"
            await socket.send_json({"type": "subscribe", "id": "1", "payload": body})
            yield SocketStream(socket)

    @asynccontextmanager
    async def _events(self, body: Json, key: str | None, after: str | None) -> AsyncIterator[Stream]:
        headers = self.headers(key, accept="text/event-stream", **({"Last-Event-ID": after} if after else {}))
        async with self.http.post(self.graphql, json=body, headers=headers) as response:
            assert response.content_type == "text/event-stream"
            yield EventStream(response)


@dataclass
class SocketStream:
    """One operation over graphql-transport-ws."""

    socket: aiohttp.ClientWebSocketResponse

    async def next(self) -> Json:
        """The payload of the next message."""
        async with asyncio.timeout(WITHIN):
            while True:
                message = await self.socket.receive()
                if message.type is not aiohttp.WSMsgType.TEXT:
                    raise StopAsyncIteration
                value = json.loads(message.data)
                if value["type"] == "complete":
                    raise StopAsyncIteration
                if value["type"] in {"next", "error"}:
                    payload = value["payload"]
                    return {"errors": payload} if value["type"] == "error" else payload


@dataclass
class EventStream:
    """One operation over server-sent events; `id` is the cursor of the last event."""

    response: aiohttp.ClientResponse
    id: str | None = None

    async def next(self) -> Json:
        """The data of the next event."""
        kind = ""
        async with asyncio.timeout(WITHIN):
            async for raw in self.response.content:
                name, _, value = raw.decode().rstrip("\n").partition(": ")
                if name == "event":
                    kind = value
                elif name == "id":
                    self.id = value
                elif name == "data" and kind == "next":
                    found: Json = json.loads(value)
                    return found
                elif name.startswith("data") and kind == "complete":
                    break
        raise StopAsyncIteration


@asynccontextmanager
async def client(url: str) -> AsyncIterator[Client]:
    """A client with connections of its own."""
    async with aiohttp.ClientSession() as http:
        yield Client(http, url)


def coming_monday() -> datetime:
    """A Monday at least a week ahead, at 00:00 UTC."""
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return today + timedelta(days=14 - today.weekday())
