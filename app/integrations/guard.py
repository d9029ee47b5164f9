"""Requests to addresses that somebody else has chosen: webhooks, feeds, CalDAV.

The address is judged when the socket is made, so literals, mapped IPv6 and names that resolve to this machine or its
network are refused alike, and a name cannot change its mind between check and connect. Redirects are not followed,
cookies are not kept, answers are read up to a cap, and nothing of the URL shows in an error: it may hold a secret.
"""

import asyncio
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from types import TracebackType
from typing import Any, Final, Self

import aiohttp

from app.settings import Settings

MAX_ANSWER: Final = 64 * 1024
"""Bytes of an answer that are read unless the caller says otherwise."""

PER_HOST: Final = 2
_NAT64: Final = IPv6Network("64:ff9b::/96")
_SCHEMES: Final = frozenset({"http", "https"})


class RefusedAddressError(OSError):
    """The host is at an address of this machine or of a private network."""


class OutboundError(Exception):
    """The request got no answer; the message is fit for a log that the owner of the address reads."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `body` has at most as many bytes as were asked for, `truncated` says that there was more."""

    status: int
    body: bytes
    truncated: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet; an IPv4 address inside an IPv6 one is judged by itself."""
    ip = ip_address(address.partition("%")[0])
    inner = _embedded(ip) if isinstance(ip, IPv6Address) else None
    if inner is not None:
        return is_public(str(inner))
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def _embedded(ip: IPv6Address) -> IPv4Address | None:
    if ip in _NAT64:
        return IPv4Address(int(ip) & 0xFFFF_FFFF)
    return ip.ipv4_mapped or ip.sixtofour


def guarded_socket(info: Any) -> socket.socket:
    """A socket for an address of `getaddrinfo`; raises RefusedAddressError for one that is not public."""
    family, kind, protocol, _, where = info
    if not is_public(where[0]):
        raise RefusedAddressError("The address is not public.")
    made = socket.socket(family, kind, protocol)
    made.setblocking(False)
    return made


class Outbound:
    """One client for one purpose, with connections of its own; open it in the event loop that uses it."""

    def __init__(self, settings: Settings, *, per_host: int = PER_HOST, in_all: int = 100) -> None:
        self._timeout = settings.outbound_timeout.total_seconds()
        self._allow_private = settings.outbound_allow_private
        self._per_host = per_host
        self._in_all = in_all
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        await self.close()

    async def request(
        self,
        method: str,
        url: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        most: int = MAX_ANSWER,
        timeout: float | None = None,
    ) -> Answer:
        """Send and read at most `most` bytes within `timeout` seconds (None: the settings'). Raises OutboundError."""
        seconds = self._timeout if timeout is None else timeout
        if url.partition(":")[0].lower() not in _SCHEMES:
            raise OutboundError("Only http and https addresses can be reached.")
        try:
            async with asyncio.timeout(seconds):
                return await self._ask(method, url, body, headers, most)
        except TimeoutError:
            raise OutboundError(f"No complete answer within {seconds:g} s.") from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise OutboundError(_reason(error)) from None

    async def _ask(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str] | None, most: int
    ) -> Answer:
        session = self._open()
        async with session.request(method, url, data=body, headers=headers, allow_redirects=False) as response:
            read = bytearray()
            while len(read) <= most:
                part = await response.content.read(most + 1 - len(read))
                if not part:
                    break
                read += part
            truncated = len(read) > most
            if truncated:
                response.close()
            return Answer(response.status, bytes(read[:most]), truncated, dict(response.headers))

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(
                limit=self._in_all,
                limit_per_host=self._per_host,
                socket_factory=None if self._allow_private else guarded_socket,
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None),  # `request` has its own
                auto_decompress=True,
                headers={"User-Agent": "Slotgraph", "Accept-Encoding": "identity"},
            )
        return self._session

    async def close(self) -> None:
        """Close every connection."""
        session, self._session = self._session, None
        if session is not None:
            with suppress(aiohttp.ClientError, OSError):
                await session.close()


def _reason(error: Exception) -> str:
    """What went wrong in words; never the error's own text, which names the URL."""
    inner = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    match inner:
        case _ if isinstance(error, aiohttp.ClientConnectorDNSError):
            return "The host name cannot be resolved."
        case _ if isinstance(error, aiohttp.ClientConnectorCertificateError | aiohttp.ClientSSLError):
            return "The TLS certificate is not valid for this host."
        case RefusedAddressError():
            return "The address is not public."
        case aiohttp.InvalidURL() | ValueError():
            return "This is no address that can be reached."
        case ConnectionRefusedError():
            return "The connection was refused."
        case aiohttp.ServerDisconnectedError() | ConnectionResetError() | aiohttp.ClientOSError():
            return "The connection was closed before an answer came."
        case aiohttp.ClientPayloadError() | aiohttp.ClientResponseError():
            return "The answer was no proper HTTP."
    return "No connection could be made."
