"""What feeds say is taken: zones, series, exceptions; and that nothing hostile stops the reader."""

import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from app.integrations.calendars import ics_events
from app.integrations.calendars.ics_events import FileError, Window, read_events
from app.integrations.calendars.ics_feed import FeedError, read_feed


def second(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


WINDOW = Window(second("2026-03-01"), second("2026-05-01"), ZoneInfo("Europe/Berlin"))


def feed(*events: str, head: str = "") -> bytes:
    """A calendar of events, each given as its properties."""
    parts = [f"BEGIN:VEVENT\nUID:{number}@x\n{event.strip()}\nEND:VEVENT" for number, event in enumerate(events)]
    text = "\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", *([head.strip()] if head else []), *parts])
    return f"{text}\nEND:VCALENDAR\n".replace("\n", "\r\n").encode()


def spans(body: bytes, window: Window = WINDOW) -> list[tuple[str, str]]:
    """Busy times as UTC texts."""
    texts = (datetime.fromtimestamp, lambda moment: moment.strftime("%m-%d %H:%M"))
    return [
        (texts[1](texts[0](start, UTC)), texts[1](texts[0](end, UTC)))
        for start, end, _ in read_events(body, window).spans
    ]


@pytest.mark.parametrize(
    ("event", "head", "found"),
    [
        ("DTSTART:20260309T090000Z\nDTEND:20260309T100000Z", "", [("03-09 09:00", "03-09 10:00")]),
        ("DTSTART:20260309T090000Z\nDURATION:PT15M", "", [("03-09 09:00", "03-09 09:15")]),
        ("DTSTART;TZID=America/New_York:20260309T090000\nDURATION:PT1H", "", [("03-09 13:00", "03-09 14:00")]),
        ("DTSTART:20260309T090000\nDURATION:PT1H", "", [("03-09 08:00", "03-09 09:00")]),
        ("DTSTART:20260309T090000\nDURATION:PT1H", "X-WR-TIMEZONE:Asia/Tokyo", [("03-09 00:00", "03-09 01:00")]),
        ("DTSTART;VALUE=DATE:20260309", "", [("03-08 23:00", "03-09 23:00")]),
        (
            "DTSTART;VALUE=DATE:20260309\nDTEND;VALUE=DATE:20260311",
            "X-WR-TIMEZONE:UTC",
            [("03-09 00:00", "03-11 00:00")],
        ),
        ("DTSTART;VALUE=DATE:20260328\nDTEND;VALUE=DATE:20260330", "", [("03-27 23:00", "03-29 22:00")]),
        ("DTSTART:20260309T090000Z\nDURATION:PT1H\nTRANSP:TRANSPARENT", "", []),
        ("DTSTART:20260309T090000Z\nDURATION:PT1H\nSTATUS:CANCELLED", "", []),
        ("DTSTART:20260309T090000Z\nDURATION:PT1H\nSTATUS:TENTATIVE", "", [("03-09 09:00", "03-09 10:00")]),
        ("DTSTART:20260309T090000Z", "", []),
        ("DTSTART:20250309T090000Z\nDURATION:PT1H", "", []),
        ("DTSTART:20250309T090000Z\nDTEND:20280309T090000Z", "", [("03-09 09:00", "03-09 09:00")]),
        (
            "DTSTART;TZID=Europe/Berlin:20260327T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=4\n"
            "EXDATE;TZID=Europe/Berlin:20260328T090000",
            "",
            [("03-27 08:00", "03-27 09:00"), ("03-29 07:00", "03-29 08:00"), ("03-30 07:00", "03-30 08:00")],
        ),
        (
            "DTSTART:20260309T090000Z\nDURATION:PT1H\nRDATE:20260310T120000Z",
            "",
            [("03-09 09:00", "03-09 10:00"), ("03-10 12:00", "03-10 13:00")],
        ),
    ],
)
def test_busy_times(event: str, head: str, found: list[tuple[str, str]]) -> None:
    assert spans(feed(event, head=head)) == found


def test_exceptions_of_a_series() -> None:
    """One occurrence is moved, another one cancelled."""
    base = "UID:s\nDTSTART:20260309T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=3"
    moved = "UID:s\nRECURRENCE-ID:20260310T090000Z\nDTSTART:20260310T150000Z\nDURATION:PT1H"
    gone = "UID:s\nRECURRENCE-ID:20260311T090000Z\nDTSTART:20260311T090000Z\nDURATION:PT1H\nSTATUS:CANCELLED"
    body = (
        feed(base, moved, gone).replace(b"UID:0@x\r\n", b"").replace(b"UID:1@x\r\n", b"").replace(b"UID:2@x\r\n", b"")
    )
    assert spans(body) == [("03-09 09:00", "03-09 10:00"), ("03-10 15:00", "03-10 16:00")]


HOSTILE = [
    "DTSTART:20200101T000000Z\nDURATION:PT1S\nRRULE:FREQ=SECONDLY",
    "DTSTART:20200101T000000Z\nDURATION:PT1S\nRRULE:FREQ=MINUTELY",
    "DTSTART:20260101T000000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;INTERVAL=0",
    "DTSTART:20260101T000000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=999999999",
    "DTSTART:00010101T000000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY",
    "DTSTART:19000101T000000Z\nDURATION:PT1H\nRRULE:FREQ=HOURLY",
    "DTSTART:20260301T000000Z\nDURATION:PT1S\nRRULE:FREQ=HOURLY;BYMINUTE="
    + ",".join(map(str, range(60)))
    + ";BYSECOND="
    + ",".join(map(str, range(60))),
    "DTSTART:20260101T000000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
    "DTSTART:20260101T000000Z\nDURATION:PT1H\nEXRULE:FREQ=SECONDLY\nRRULE:FREQ=DAILY",
    "DTSTART:20260101T000000Z\nDURATION:PT1H\nRRULE:FREQ=SOMETIMES",
]


@pytest.mark.parametrize("event", HOSTILE)
def test_hostile_series_are_left_out_and_the_rest_counts(event: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is told, none takes long, and what stands beside it is read."""
    monkeypatch.setattr(ics_events, "SERIES_SECONDS", 0.5)
    began = time.monotonic()
    found = read_events(feed(event, "DTSTART:20260309T090000Z\nDURATION:PT1H"), WINDOW)
    assert time.monotonic() - began < 20  # it does not hang
    assert [uid for _, _, uid in found.spans] == ["1@x"]
    assert [problem.partition(":")[0] for problem in found.problems] in (["0@x"], [])


def test_broken_events_are_left_out() -> None:
    found = read_events(feed("DTSTART:never", "SUMMARY:no time", "DTSTART:20260309T090000Z\nDURATION:PT1H"), WINDOW)
    assert [uid for _, _, uid in found.spans] == ["2@x"]
    assert len(found.problems) == 2


@pytest.mark.parametrize(
    "body", [b"", b"<html></html>", b"BEGIN:VCALENDAR", b"\xff\xfe\x00", b"BEGIN:VEVENT\r\n" * 20_001]
)
def test_files_that_are_no_calendars(body: bytes) -> None:
    with pytest.raises(FileError):
        read_events(body, WINDOW)


async def test_a_process_reads_and_is_killed_at_its_deadline() -> None:
    body = feed("DTSTART:20260309T090000Z\nDURATION:PT1H", head="X-WR-CALNAME:Work")
    found = await read_feed(body, WINDOW.start_s, WINDOW.end_s, "UTC")
    assert (found.name, found.spans, found.problems) == (
        "Work",
        ((second("2026-03-09T09:00"), second("2026-03-09T10:00"), "0@x"),),
        (),
    )
    many = feed(*["DTSTART:20200101T000000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY"] * 300)
    began = time.monotonic()
    with pytest.raises(FeedError, match="within 1 s"):
        await read_feed(many, WINDOW.start_s, WINDOW.end_s, "UTC", seconds=1)
    assert time.monotonic() - began < 20  # it does not hang
    with pytest.raises(FeedError, match="not an iCalendar file"):
        await read_feed(b"<html>", WINDOW.start_s, WINDOW.end_s, "UTC")
