"""A process that reads one iCalendar file: `python -m app.integrations.calendars.ics_worker START END ZONE`.

The file comes on standard input, the answer goes to standard output as JSON. It may be killed at any time.
"""

import json
import resource
import sys
from contextlib import suppress
from dataclasses import asdict
from typing import Final
from zoneinfo import ZoneInfo

from app.integrations.calendars.ics_events import FileError, Window, read_events

MEMORY: Final = 1024 * 1024 * 1024


def main(arguments: list[str]) -> None:
    """Read, answer."""
    with suppress(ValueError, OSError):  # not every system can limit it
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    start, end, zone = arguments
    try:
        answer = asdict(read_events(sys.stdin.buffer.read(), Window(int(start), int(end), ZoneInfo(zone))))
    except FileError as error:
        answer = {"error": str(error)}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1:])
