"""A process that reads one iCalendar file: `python -m app.integrations.calendars.ics_worker`.

Standard input is a line of JSON (see `main`) and the file, standard output the answer as JSON. It may be killed at any
time, yields to processes that serve requests, and has so much memory and time of the processor.
"""

import json
import os
import resource
import sys
from contextlib import suppress
from dataclasses import asdict
from typing import Final
from zoneinfo import ZoneInfo

from app.integrations.calendars.ics_events import FileError, Window, read_events

MEMORY: Final = 768 * 1024 * 1024
CPU_SECONDS: Final = 20
NICENESS: Final = 5


def main() -> None:
    """Read, answer."""
    with suppress(ValueError, OSError):  # not every system can limit it
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        os.nice(NICENESS)
    asked = json.loads(sys.stdin.buffer.readline())
    window = Window(asked["start"], asked["end"], ZoneInfo(asked["zone"]))
    try:
        own = {(uid, start) for uid, start in asked["own"]}
        answer = asdict(read_events(sys.stdin.buffer.read(), window, own))
    except FileError as error:
        answer = {"error": str(error)}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
