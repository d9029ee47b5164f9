"""Files and windows for tests of feeds."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from app.integrations.calendars.ics_events import Window, read_events


def second(text: str) -> int:
    """Epoch second of a UTC time."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


WINDOW = Window(second("2026-03-01"), second("2026-05-01"), ZoneInfo("Europe/Berlin"))


def feed(*events: str, head: str = "") -> bytes:
    """A calendar of events, each given as its properties; those without a UID get one."""
    parts = []
    for number, event in enumerate(events):
        uid = "" if "UID:" in event else f"UID:{number}@x\n"
        parts.append(f"BEGIN:VEVENT\n{uid}{event.strip()}\nEND:VEVENT")
    text = "\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", *([head.strip()] if head else []), *parts])
    return f"{text}\nEND:VCALENDAR\n".replace("\n", "\r\n").encode()


def zone(name: str, since: str = "1970", *, east: str = "+0100", summer: str = "+0200") -> str:
    """A VTIMEZONE with the changes of the European Union, as calendar programs write it."""
    rule = "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH="
    return (
        f"BEGIN:VTIMEZONE\nTZID:{name}\nBEGIN:STANDARD\nDTSTART:{since}1025T030000\n{rule}10\n"
        f"TZOFFSETFROM:{summer}\nTZOFFSETTO:{east}\nEND:STANDARD\nBEGIN:DAYLIGHT\nDTSTART:{since}0329T020000\n"
        f"{rule}3\nTZOFFSETFROM:{east}\nTZOFFSETTO:{summer}\nEND:DAYLIGHT\nEND:VTIMEZONE"
    )


def spans(body: bytes, window: Window = WINDOW) -> list[tuple[str, str]]:
    """Busy times as UTC texts."""
    return [(_text(start), _text(end)) for start, end in read_events(body, window).spans]


def _text(moment_s: int) -> str:
    return datetime.fromtimestamp(moment_s, UTC).strftime("%m-%d %H:%M")
