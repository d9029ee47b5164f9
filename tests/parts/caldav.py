"""Calendar servers that were not written by us, as processes of their own: Radicale and Xandikos."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

import aiohttp
from icalendar import Calendar

from tests.parts.processes import free_port, is_listening, leash, wait_until

SERVERS: Final = ("radicale", "xandikos")
_QUERY: Final = """<?xml version="1.0"?>
<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">
  <D:prop><D:getetag/><C:calendar-data/></D:prop>
  <C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">
    <C:time-range start="{start}" end="{end}"/>
  </C:comp-filter></C:comp-filter></C:filter>
</C:calendar-query>"""
_DATA: Final = "{urn:ietf:params:xml:ns:caldav}calendar-data"


@dataclass(frozen=True, slots=True)
class CalendarServer:
    """One calendar, `url` with a slash at its end."""

    url: str

    async def make(self) -> None:
        """Make the calendar if it is not there."""
        async with aiohttp.ClientSession() as client:
            async with client.request("PROPFIND", self.url, headers={"Depth": "0"}) as found:
                if found.status == 207:
                    return
            async with client.request("MKCALENDAR", self.url) as made:
                assert made.status == 201, await made.text()

    async def put(self, name: str, body: bytes) -> int:
        """Store a calendar object; the status."""
        headers = {"Content-Type": "text/calendar; charset=utf-8"}
        url = f"{self.url}{name}.ics"
        async with aiohttp.ClientSession() as client, client.put(url, data=body, headers=headers) as answer:
            return answer.status

    async def get(self, name: str) -> Calendar:
        """A stored object."""
        async with aiohttp.ClientSession() as client, client.get(f"{self.url}{name}.ics") as answer:
            assert answer.status == 200
            return Calendar.from_ical(await answer.read())

    async def between(self, start: str, end: str) -> list[Calendar]:
        """What the server finds in a time range, both as `20260504T000000Z`."""
        headers = {"Depth": "1", "Content-Type": "application/xml"}
        async with aiohttp.ClientSession() as client:
            body = _QUERY.format(start=start, end=end)
            async with client.request("REPORT", self.url, data=body, headers=headers) as answer:
                assert answer.status == 207, await answer.text()
                tree = ElementTree.fromstring(await answer.text())  # noqa: S314 our own server's
        return [Calendar.from_ical(data.text or "") for data in tree.iter(_DATA)]


@contextmanager
def calendar_server(name: str, folder: Path) -> Iterator[CalendarServer]:
    """Start one of `SERVERS`; it ends with the block."""
    port = free_port()
    folder.mkdir(parents=True, exist_ok=True)
    command, path = _radicale(folder, port) if name == "radicale" else _xandikos(folder, port)
    with (folder / "log.txt").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, preexec_fn=leash(), cwd=folder)
        try:
            wait_until(lambda: is_listening(port), 30, name)
            yield CalendarServer(f"http://ann:any@127.0.0.1:{port}{path}")
        finally:
            process.terminate()
            process.wait(10)


def _radicale(folder: Path, port: int) -> tuple[list[str], str]:
    config = folder / "config.ini"
    config.write_text(
        f"[server]\nhosts = 127.0.0.1:{port}\n[auth]\ntype = none\ndelay = 0\n"
        f"[storage]\nfilesystem_folder = {folder / 'collections'}\n"
    )
    return [sys.executable, "-m", "radicale", "-C", str(config)], "/ann/work/"


def _xandikos(folder: Path, port: int) -> tuple[list[str], str]:
    program = str(Path(sys.executable).with_name("xandikos"))
    command = [program, "serve", "-l", "127.0.0.1", "-p", str(port), "-d", str(folder / "data"), "--defaults"]
    return command, "/user/calendars/calendar/"
