"""SMTP connections that stay open between mails: greeting, TLS and password cost far more than a mail does."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final

import aiosmtplib

IDLE: Final = 5.0
"""Seconds for which an unused connection is kept: as long as mails follow each other."""

MOST_MAILS: Final = 50
"""Mails over one connection: many servers end it after a hundred or less."""

_PROBE_TIMEOUT: Final = 5.0
_BROKEN: Final = (aiosmtplib.SMTPException, OSError, TimeoutError)
_ANSWERED: Final = (aiosmtplib.SMTPResponseException, aiosmtplib.SMTPRecipientsRefused)
"""The server refused something and goes on listening."""


@dataclass(eq=False, slots=True)
class _Line:
    """An open connection, how many mails went over it, and what will close it."""

    client: aiosmtplib.SMTP
    mails: int = 0
    timer: asyncio.TimerHandle | None = None


class Connections:
    """Open connections to one server; each serves one mail at a time."""

    def __init__(self, make: Callable[[], aiosmtplib.SMTP], *, idle: float = IDLE, most: int = MOST_MAILS) -> None:
        self._make = make
        self._idle = idle
        self._most = most
        self._free: list[_Line] = []
        self._ending: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def use(self) -> AsyncIterator[aiosmtplib.SMTP]:
        """A connection that answers: one that is free, else a new one. Raises what connecting raises."""
        line = await self._take()
        try:
            yield line.client
        except _ANSWERED:
            self._put_back(line)
            raise
        except BaseException:
            line.client.close()
            raise
        self._put_back(line)

    async def close(self) -> None:
        """Take leave of the server on every connection that is free."""
        for line in tuple(self._free):
            self._end(line)
        await asyncio.gather(*self._ending)

    async def _take(self) -> _Line:
        while self._free:
            line = self._forget(self._free[-1])
            if await _still_answers(line.client):
                return line
        client = self._make()
        try:
            await client.connect()
        except BaseException:
            client.close()
            raise
        return _Line(client)

    def _put_back(self, line: _Line) -> None:
        line.mails += 1
        if not line.client.is_connected:
            return
        self._free.append(line)
        if line.mails >= self._most:
            self._end(line)
        else:
            line.timer = asyncio.get_running_loop().call_later(self._idle, self._end, line)

    def _forget(self, line: _Line) -> _Line:
        self._free.remove(line)
        if line.timer is not None:
            line.timer.cancel()
        return line

    def _end(self, line: _Line) -> None:
        task = asyncio.create_task(_quit(self._forget(line).client), name="smtp-quit")
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)


async def _still_answers(client: aiosmtplib.SMTP) -> bool:
    """Whether the server has not gone away meanwhile; RSET also forgets what is left of the mail before."""
    try:
        await client.rset(timeout=_PROBE_TIMEOUT)
    except _BROKEN:
        client.close()
        return False
    except BaseException:
        client.close()
        raise
    return True


async def _quit(client: aiosmtplib.SMTP) -> None:
    with suppress(*_BROKEN):
        await client.quit(timeout=_PROBE_TIMEOUT)
    client.close()
