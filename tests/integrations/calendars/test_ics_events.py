"""What feeds say is taken: zones, series, exceptions; and that nothing hostile stops the reader."""

import time
from typing import Any

import pytest

from app.integrations.calendars import ics_events
from app.integrations.calendars.ics_events import FileError, merged, read_events
from app.integrations.calendars.ics_feed import Asked, FeedError, read_feed
from app.integrations.calendars.ics_rules import Budget
from tests.integrations.calendars.ics import WINDOW, feed, second, spans, zone

HOUR = "DTSTART:20260309T090000Z\nDURATION:PT1H"
TAKEN = [("03-09 09:00", "03-09 10:00")]


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
        (f"{HOUR}\nSTATUS:TENTATIVE", "", TAKEN),
        (f"{HOUR}\nX-MICROSOFT-CDO-BUSYSTATUS:FREE", "", []),
        (f"{HOUR}\nX-MICROSOFT-CDO-BUSYSTATUS:OOF", "", TAKEN),
        ("DTSTART;VALUE=DATE:20260309\nDTEND;VALUE=DATE:20260309", "", [("03-08 23:00", "03-09 23:00")]),
        ("DTSTART;VALUE=DATE:20260309\nDURATION:P2D", "", [("03-08 23:00", "03-10 23:00")]),
        ("DTSTART;VALUE=DATE:20260309\nDTEND:20260309T110000Z", "", [("03-08 23:00", "03-09 11:00")]),
        # RFC 5545, 3.3.6: a day is until the same clock time, hours are hours.
        ("DTSTART;TZID=Europe/Berlin:20260328T120000\nDURATION:P1D", "", [("03-28 11:00", "03-29 10:00")]),
        ("DTSTART;TZID=Europe/Berlin:20260329T010000\nDURATION:PT2H", "", [("03-29 00:00", "03-29 02:00")]),
        (
            "DTSTART;TZID=America/New_York:20260309T200000\nDTEND;TZID=Europe/Berlin:20260310T090000",
            "",
            [("03-10 00:00", "03-10 08:00")],
        ),
        # Z in a series of a calendar that says its zone: the series keeps its hour there.
        (
            "DTSTART:20260328T080000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2",
            "X-WR-TIMEZONE:Europe/Berlin",
            [("03-28 08:00", "03-28 09:00"), ("03-29 07:00", "03-29 08:00")],
        ),
        (
            "DTSTART;TZID=Europe/Berlin:20260309T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY;UNTIL=20260310",
            "",
            [("03-09 08:00", "03-09 09:00"), ("03-10 08:00", "03-10 09:00")],
        ),
        (
            "DTSTART:20260309T090000Z\nDURATION:PT1H\nRDATE;VALUE=PERIOD:20260310T120000Z/PT3H",
            "",
            [("03-09 09:00", "03-09 10:00"), ("03-10 12:00", "03-10 15:00")],
        ),
        (
            f"{HOUR}\nRRULE:FREQ=DAILY;COUNT=9\nEXRULE:FREQ=DAILY;COUNT=8;INTERVAL=1",
            "",
            [("03-17 09:00", "03-17 10:00")],
        ),
        (f"{HOUR}\nRRULE:FREQ=DAILY;COUNT=-1;UNTIL=20260309T090000Z", "", TAKEN),
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
    assert spans(feed(base, moved, gone)) == [*TAKEN, ("03-10 15:00", "03-10 16:00")]


def test_events_of_one_uid_all_count() -> None:
    """Some programs give every event the same UID."""
    later = "UID:s\nDTSTART:20260310T090000Z\nDURATION:PT1H"
    assert spans(feed(f"UID:s\n{HOUR}", later)) == [*TAKEN, ("03-10 09:00", "03-10 10:00")]


def test_own_bookings_do_not_count() -> None:
    """BT-5: copies of bookings, unless they were moved."""
    own = [("a", second("2026-03-09T09:00")), ("b", second("2026-03-09T08:00"))]
    assert read_events(feed(f"UID:a\n{HOUR}"), WINDOW, own).spans == []
    assert len(read_events(feed(f"UID:b\n{HOUR}"), WINDOW, own).spans) == 1


@pytest.mark.parametrize(
    ("name", "head", "start"),
    [
        ("Own Time", zone("Own Time", east="+0300", summer="+0400"), "06:00"),
        ("W. Europe Standard Time", zone("W. Europe Standard Time", "1601"), "08:00"),
        ("W. Europe Standard Time", "", "08:00"),
        ("Tokyo Standard Time", "", "00:00"),
        ("EST", zone("EST", east="-0500", summer="-0400"), "14:00"),
        # What the tz database has under its full name is not described better by a file.
        ("America/New_York", zone("America/New_York", east="+0900"), "13:00"),
        ("/freeassociation.sourceforge.net/Asia/Tokyo", "", "00:00"),
    ],
)
def test_names_of_zones(name: str, head: str, start: str) -> None:
    """As the tz database, the file or Windows knows them; none of them is told."""
    body = feed(f'DTSTART;TZID="{name}":20260309T090000\nDURATION:PT1H', head=f"{head}\n{zone('Another')}")
    assert spans(body)[0][0] == f"03-09 {start}"
    assert read_events(body, WINDOW).note is None


def test_described_zones_change_their_clocks() -> None:
    """A weekly series at nine keeps its hour, and an hour that is skipped is read as before the change."""
    event = "DTSTART;TZID=Own:20260322T{}\nDURATION:PT30M\nRRULE:FREQ=WEEKLY;COUNT=3"
    assert spans(feed(event.format("090000"), head=zone("Own", "1601"))) == [
        ("03-22 08:00", "03-22 08:30"),
        ("03-29 07:00", "03-29 07:30"),
        ("04-05 07:00", "04-05 07:30"),
    ]
    assert spans(feed(event.format("023000"), head=zone("Own", "1601")))[1] == ("03-29 01:30", "03-29 02:00")
    assert spans(feed(event.format("013000"), head=zone("Own", "1601")))[1] == ("03-29 00:30", "03-29 01:00")


@pytest.mark.parametrize("described", ["", "BEGIN:VTIMEZONE\nTZID:Mars/Base\nEND:VTIMEZONE"])
def test_unknown_zones_are_told_and_block(described: str) -> None:
    """Their times are read as those without a zone."""
    event = "DTSTART;TZID=Mars/Base:20260309T090000\nDURATION:PT1H"
    found = read_events(feed(event, event, head=described), WINDOW)
    assert found.spans == [(second("2026-03-09T08:00"), second("2026-03-09T09:00"))]
    assert found.note == 'The time zone "Mars/Base" is not known; its times are read as Europe/Berlin.'
    many = [event.replace("Base", f"{number}") for number in range(7)]
    assert str(read_events(feed(*many), WINDOW).note).endswith("2 more time zones are not known either.")
    for odd in ("../../etc/passwd", "America", "x" * 5_000, "a\tb"):
        assert read_events(feed(event.replace("Mars/Base", odd)), WINDOW).spans == found.spans


HOSTILE = [
    ("DTSTART:20200101T000000Z\nDURATION:PT1S\nRRULE:FREQ=SECONDLY", "FREQ=SECONDLY is not read"),
    ("DTSTART:20200101T000000Z\nDURATION:PT1S\nRRULE:FREQ=MINUTELY", "FREQ=MINUTELY is not read"),
    ("DTSTART:20260101T000000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;INTERVAL=0", "INTERVAL must be 1 to 10000"),
    ("DTSTART:20260101T000000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;INTERVAL=9999999", "INTERVAL must be 1 to 10000"),
    ("DTSTART:00010101T000000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=999999999", "too often since its start"),
    (
        f"DTSTART:20260301T000000Z\nDURATION:PT1S\nRRULE:FREQ=HOURLY;BYMINUTE={','.join(map(str, range(60)))}"
        f";BYSECOND={','.join(map(str, range(60)))}",
        "too often since its start",
    ),
    ("DTSTART:20250101T000000Z\nDURATION:PT1H\nRRULE:FREQ=YEARLY;BYSETPOS=" + ",".join(["1"] * 50_000), "too often"),
    ("DTSTART:20250601T000000Z\nDURATION:P300D\nRRULE:FREQ=HOURLY", "repeats more than 5000 times"),
    ("DTSTART:20260101T000000Z\nDURATION:PT1H\nEXRULE:FREQ=SECONDLY\nRRULE:FREQ=DAILY", "FREQ=SECONDLY is not read"),
    ("DTSTART:20260101T000000Z\nDURATION:PT1H\nRRULE:FREQ=SOMETIMES", "it cannot be read"),
    ("DTSTART:20260309T090000Z\nDURATION:-PT1H", "it ends before it starts"),
    ("DTSTART:20260309T090000Z\nDTEND:20260309T080000Z", "it ends before it starts"),
    ("DTSTART:never", "it cannot be read"),
    ("DTSTART:101010", "DTSTART is no time"),
    ("SUMMARY:no time", "it has no start"),
    ("DTSTART:20260101T000000Z\nDURATION:P99999999D\nRRULE:FREQ=DAILY", "it cannot be read"),
]


@pytest.mark.parametrize(("event", "problem"), HOSTILE, ids=range(len(HOSTILE)))
def test_bad_series_are_left_out_and_the_rest_counts(event: str, problem: str) -> None:
    """Each is told, none takes long, and what stands beside it is read."""
    began = time.monotonic()
    found = read_events(feed(event, HOUR), WINDOW)
    assert time.monotonic() - began < 20  # it does not hang
    assert found.spans == [(second("2026-03-09T09:00"), second("2026-03-09T10:00"))]
    assert [told.partition(": ")[0] for told in found.problems] == ["0@x"]
    assert problem in found.problems[0]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;INTERVAL=12;BYMONTH=5",
        "FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=WEEKLY;INTERVAL=10000;BYDAY=MO;BYMONTH=1",
    ],
)
def test_rules_that_never_match_end_with_the_window(rule: str) -> None:
    """They are searched for no longer than it takes to pass it, and nothing is wrong with them."""
    events = [f"DTSTART:19000101T000000Z\nDURATION:PT1H\nRRULE:{rule}"] * 20
    began = time.monotonic()
    found = read_events(feed(*events), WINDOW)
    assert time.monotonic() - began < 20  # it does not hang
    assert (found.spans, found.problems) == ([], [])


@pytest.mark.parametrize(
    ("event", "first"),
    [
        ("DTSTART:00010101T000000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY", "03-01 00:00"),
        ("DTSTART:19000101T000000Z\nDURATION:PT1M\nRRULE:FREQ=HOURLY;INTERVAL=7", "03-01 03:00"),
        ("DTSTART:20260101T000000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=999999999", "03-01 00:00"),
        ("DTSTART:00010101T000000Z\nDTEND:20260401T000000Z\nRRULE:FREQ=YEARLY;COUNT=1", "01-01 00:00"),
    ],
)
def test_long_series(event: str, first: str) -> None:
    """From the beginning of time, or for ever: they are read where they matter."""
    assert spans(feed(event))[0][0] == first


def test_hostile_descriptions_of_zones_are_none() -> None:
    """A rule by seconds, a million changes, nothing at all: the name stays unknown, and the file is read."""
    bad = zone("Bad").replace("FREQ=YEARLY", "FREQ=SECONDLY")
    never = zone("Never").replace("BYDAY=-1SU;BYMONTH=10", "BYMONTH=2;BYMONTHDAY=30")
    event = "DTSTART;TZID={}:20260309T090000\nDURATION:PT1H"
    found = read_events(feed(*map(event.format, ("Bad", "Never", "Empty")), head=f"{bad}\n{never}"), WINDOW)
    assert found.problems == []
    assert str(found.note).count("is not known") == 2
    assert "Never" not in str(found.note)


def test_problems_name_events_as_their_owner_knows_them() -> None:
    """By the UID, else by summary and start; never by what Python calls them, and fit for any database."""
    body = feed(
        "DTSTART:20260309T090000Z\nDURATION:-PT1H\nSUMMARY:Dentist\x00\x1b", "UID:\nSUMMARY:no time", "UID:\nX:Y"
    )
    found = read_events(body.replace(b"UID:0@x\r\n", b""), WINDOW)
    assert found.problems == [
        "Dentist (20260309T090000Z): it ends before it starts",
        "no time (no start): it has no start",
        "an event (no start): it has no start",
    ]


def test_mistakes_in_other_lines_are_nobodys_trouble() -> None:
    """A file of a program that does not fold, quote or escape; alarms have times of their own."""
    noise = 'DESCRIPTION:a\nb c d\nATTENDEE;CN="x:y\nBEGIN:VALARM\nDTSTART:never\nDURATION:PT5M\nEND:VALARM'
    assert spans(feed(f"{HOUR}\n{noise}", head="X-Y\nREFRESH-INTERVAL;VALUE")) == TAKEN
    folded = feed(HOUR).replace(b"20260309", b"2026\r\n 0309").replace(b"DURATION", b"DURA\r\n\tTION")
    assert spans(folded) == TAKEN
    assert spans(b"\xef\xbb\xbf" + feed(HOUR)) == TAKEN


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"<html></html>", b"BEGIN:VCALENDAR", b"\xff\xfe\x00", b"BEGIN:VEVENT\r\n" * 20_001),
        *(b"END:VCALENDAR", b"BEGIN:X\r\n" * 100_000, b"BEGIN:VCALENDAR\r\n" + b"UID:1\r\n" * 400_000),
        b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 20_000,
    ],
    ids=["empty", "html", "open", "binary", "events", "end", "deep", "lines", "nested"],
)
def test_files_that_are_no_calendars(body: bytes) -> None:
    with pytest.raises(FileError):
        read_events(body, WINDOW)


def test_parts_within_parts() -> None:
    """Events within other things are none of the calendar's; a deep file ends nothing."""
    deep = b"BEGIN:X\r\n" * 20_000 + b"BEGIN:VEVENT\r\n" + HOUR.encode().replace(b"\n", b"\r\n") + b"\r\nEND:VEVENT\r\n"
    body = b"BEGIN:VCALENDAR\r\n" + deep + b"END:X\r\n" * 20_000 + b"END:VCALENDAR\r\n"
    assert spans(body) == []
    inner = feed(HOUR).replace(b"END:VEVENT", b"BEGIN:VALARM\r\nTRANSP:TRANSPARENT\r\nEND:VALARM\r\nEND:VEVENT")
    assert spans(inner.replace(b"BEGIN:VEVENT", b"BEGIN:VTODO\r\nDTSTART:never\r\nEND:VTODO\r\nBEGIN:VEVENT")) == TAKEN


def test_huge_lines_and_folds() -> None:
    body = feed(HOUR, HOUR)
    assert spans(body.replace(b"UID:1", b"SUMMARY:" + b"x\r\n " * 300_000 + b"\r\nUID:1", 1)) == TAKEN
    assert spans(body.replace(b"UID:1", b"X-A:" + b"\r\n" * 300_000 + b"\r\nUID:1", 1)) == TAKEN


def test_spans_are_merged() -> None:
    assert merged([(5, 7), (1, 3), (3, 4), (6, 9), (20, 21)]) == [(1, 4), (5, 9), (20, 21)]


def test_the_first_spans_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ics_events, "MAX_SPANS", 2)
    found = read_events(feed("DTSTART:20260309T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY"), WINDOW)
    assert (len(found.spans), found.note) == (2, "Only the first 2 busy times count.")


def test_large_calendars() -> None:
    """2,000 weekly series since years, each with an exception; 20,000 events: nothing is left out."""
    series = [
        f"UID:{number}\nDTSTART;TZID=Europe/Berlin:202001{number % 28 + 1:02}T{number % 24:02}0000\nDURATION:PT5M\n"
        f"RRULE:FREQ=WEEKLY\nEXDATE;TZID=Europe/Berlin:202603{number % 28 + 1:02}T{number % 24:02}0000"
        for number in range(2_000)
    ]
    found = read_events(feed(*series), WINDOW)
    assert (len(found.spans) > 1_000, found.problems, found.note) == (True, [], None)
    days = [f"DTSTART:202603{number % 31 + 1:02}T{number % 24:02}0000Z\nDURATION:PT5M" for number in range(20_000)]
    assert len(read_events(feed(*days), WINDOW).spans) == 31 * 24


def test_problems_are_counted() -> None:
    found = read_events(feed(*["SUMMARY:never"] * 25), WINDOW)
    assert (len(found.problems), found.note) == (20, "25 series are left out.")


def test_what_one_file_may_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    """Series beyond it are left out and told, those before count."""
    monkeypatch.setattr(ics_events, "Budget", lambda: Budget(occurrences=5))
    found = read_events(feed(*[f"{HOUR}\nRRULE:FREQ=DAILY;COUNT=3"] * 3), WINDOW)
    assert (len(found.spans), [told.partition(":")[0] for told in found.problems]) == (3, ["1@x", "2@x"])


ASKED: dict[str, Any] = {"start_s": WINDOW.start_s, "end_s": WINDOW.end_s, "zone": "UTC"}


async def test_a_process_reads() -> None:
    body = feed(HOUR, "UID:own\nDTSTART:20260310T090000Z\nDURATION:PT1H", head="X-WR-CALNAME:Work")
    found = await read_feed(body, Asked(**ASKED, own=(("own", second("2026-03-10T09:00")),)))
    assert (found.name, found.spans, found.problems, found.note) == (
        "Work",
        ((second("2026-03-09T09:00"), second("2026-03-09T10:00")),),
        (),
        None,
    )
    with pytest.raises(FeedError, match="not an iCalendar file"):
        await read_feed(b"<html>", Asked(**ASKED))


async def test_a_process_is_killed_at_its_deadline() -> None:
    many = feed(*["DTSTART:20200101T000000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=90000"] * 2_000)
    began = time.monotonic()
    with pytest.raises(FeedError, match=r"within 0\.5 s"):
        await read_feed(many, Asked(**ASKED), seconds=0.5)
    assert time.monotonic() - began < 20  # it does not hang
