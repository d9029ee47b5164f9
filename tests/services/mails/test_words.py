"""Mails in the receiver's language, zone and clock; titles per reader; hostile names."""

import re
import string
import tomllib
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest

from app.domain.recurrence import Frequency, Recurrence
from app.domain.titles import Reader
from app.services.bookings.create import Booker
from app.services.mails.content import (
    AwayContent,
    BookingContent,
    MailContent,
    MailKind,
    Participant,
    Recipient,
    Role,
    Series,
    content_from_json,
    content_to_json,
)
from app.services.mails.language import CATALOGUES, FOLDER, language
from app.settings import Settings
from tests.services.mails.post import Post, message, page, rendered

MONDAY = "2026-05-04T09:00"
START = 1_777_885_200  # 2026-05-04T09:00Z
ANN = "ann@example.com"
DASH = "\N{EN DASH}"


def catalogue(code: str) -> dict[str, dict[str, str]]:
    return tomllib.loads((FOLDER / f"{code}.toml").read_text(encoding="utf-8"))


def names(sentence: str) -> set[str]:
    """The values that a sentence mentions."""
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("code", CATALOGUES)
def test_every_sentence_is_in_every_catalogue(code: str) -> None:
    """With the same values in it, and saying something."""
    english, other = catalogue("en"), catalogue(code)
    assert {(part, key) for part in english for key in english[part]} == {(s, key) for s in other for key in other[s]}
    for section, sentences in english.items():
        for key, sentence in sentences.items():
            said = other[section][key]
            assert said.strip() == said != ""
            plural = section in {"weekly", "monthly", "yearly", "times"} and key == "one"
            assert names(said) == names(sentence) or (plural and names(said) <= names(sentence)), (section, key)


@pytest.mark.parametrize("code", [code for code in CATALOGUES if code != "en"])
def test_sentences_are_translated(code: str) -> None:
    english, other = catalogue("en"), catalogue(code)
    same = [(s, k) for s in ("subject", "heading", "intro") for k in english[s] if english[s][k] == other[s][k]]
    assert same == []


def test_every_kind_has_its_sentences() -> None:
    words = language("en")
    for kind in MailKind:
        assert words.knows("subject", kind)
        assert words.knows("heading", kind)
        assert any(words.knows("intro", key) for key in (kind, f"{kind}_host", f"{kind}_attendee"))


@pytest.mark.parametrize(
    ("code", "taken"),
    [("de", "de"), ("pt", "pt-BR"), ("es-419", "es"), ("ja", "en"), ("xx", "en"), ("../en", "en")],
)
def test_languages_without_a_catalogue(code: str, taken: str) -> None:
    assert language(code).code == taken


@pytest.mark.parametrize(
    ("code", "zone", "time_format", "written"),
    [
        ("en", "America/New_York", 12, f"Monday, May 4, 2026, 5:00 AM {DASH} 5:30 AM"),
        ("en", "America/New_York", 24, f"Monday, May 4, 2026, 05:00 {DASH} 05:30"),
        ("en", "America/New_York", None, f"Monday, May 4, 2026, 5:00 AM {DASH} 5:30 AM"),
        ("de", "Europe/Berlin", None, f"Montag, 4. Mai 2026, 11:00 {DASH} 11:30"),
        ("de", "Europe/Berlin", 12, f"Montag, 4. Mai 2026, 11:00 AM {DASH} 11:30 AM"),
        ("es", "Europe/Madrid", 24, f"lunes, 4 de mayo de 2026, 11:00 {DASH} 11:30"),
        ("fr", "Europe/Paris", None, f"lundi 4 mai 2026, 11:00 {DASH} 11:30"),
        ("pt-BR", "America/Sao_Paulo", None, f"segunda-feira, 4 de maio de 2026, 06:00 {DASH} 06:30"),
        ("en", "Pacific/Auckland", 24, f"Monday, May 4, 2026, 21:00 {DASH} 21:30"),
    ],
)
def test_times(code: str, zone: str, time_format: int | None, written: str) -> None:
    said = language(code).span(START, START + 1800, zone, time_format)
    assert said.replace("\N{NO-BREAK SPACE}", " ") == written


def test_a_meeting_over_midnight_names_both_days() -> None:
    said = language("de").span(START, START + 6 * 3600, "Pacific/Auckland", 24)
    assert said == f"Montag, 4. Mai 2026, 21:00 {DASH} Dienstag, 5. Mai 2026, 03:00"


@pytest.mark.parametrize(
    ("code", "frequency", "interval", "count", "written"),
    [
        ("en", "weekly", 1, 4, "every week, 4 times"),
        ("en", "monthly", 2, 12, "every 2 months, 12 times"),
        ("de", "weekly", 2, 4, "alle 2 Wochen, 4-mal"),
        ("de", "yearly", 1, 3, "jedes Jahr, 3-mal"),
        ("es", "monthly", 1, 1, "cada mes, una vez"),
        ("fr", "weekly", 1, 2, "chaque semaine, 2 fois"),
        ("pt-BR", "yearly", 3, 2, "a cada 3 anos, 2 vezes"),
    ],
)
def test_how_series_go_on(code: str, frequency: str, interval: int, count: int, written: str) -> None:
    series = Series(Recurrence(interval, count, Frequency(frequency)), count)
    assert language(code).repeats(series) == written


def mail(kind: MailKind, code: str, reader: Reader) -> MailContent:
    return MailContent(
        kind=kind,
        recipient=Recipient(email=ANN, name="Ann", zone="Europe/Berlin", language=code, reader=reader),
        booking=None
        if kind.value.startswith(("away", "slug"))
        else BookingContent(
            uid="u1",
            ical_uid="u1@Cal.com",
            ical_sequence=1,
            title="Titel",
            start_s=START,
            end_s=START + 1800,
            person="Bo",
            participants=(Participant(Role.ORGANIZER, "Bo", "bo@example.com"), Participant(Role.ATTENDEE, "Ann", ANN)),
            location="https://meet.example.com/x",
            notes="Two\nlines",
            answers=(("Shoe size", "44"),),
            reason="Because",
            old_start_s=START - 3600,
            old_end_s=START - 1800,
            series=Series(Recurrence(2, 4, Frequency.WEEKLY), 4),
        ),
        away=AwayContent("Bo", "2026-06-01", "2026-06-05", "At sea") if kind.value.startswith("away") else None,
        slug="intro" if kind is MailKind.SLUG_REPLACED else None,
    )


READERS = {
    MailKind.REQUEST: [Reader.HOST],
    MailKind.REMINDER: [Reader.HOST],
    MailKind.SEAT_ADDED: [Reader.HOST],
    MailKind.REASSIGNED: [Reader.HOST],
    MailKind.REQUEST_RECEIVED: [Reader.ATTENDEE],
    MailKind.DECLINED: [Reader.ATTENDEE],
    MailKind.UPDATED: [Reader.ATTENDEE],
}
ALL = [(kind, code, reader) for kind in MailKind for code in CATALOGUES for reader in READERS.get(kind, [*Reader])]


@pytest.mark.parametrize(("kind", "code", "reader"), ALL, ids=str)
def test_every_mail_in_every_language(kind: MailKind, code: str, reader: Reader) -> None:
    """Both parts say the same; nothing is left unfilled; it survives being stored."""
    content = mail(kind, code, reader)
    assert content_from_json(content_to_json(content)) == content
    written, lines = rendered(content), page(content)
    assert not re.search(r"\{\w*\}", written.subject + written.text)
    assert f'<html lang="{code}">' in written.html
    for part in (lines.heading, lines.intro, *(value for line in lines.lines for value in line.values)):
        assert part.splitlines()[0] in written.text
        assert part.splitlines()[0] in text_of(written.html)
    assert message(content)["Subject"] == written.subject


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.tags: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)


def parsed(html: str) -> _Text:
    parser = _Text()
    parser.feed(html)
    return parser


def text_of(html: str) -> str:
    return "\n".join(parsed(html).found)


async def test_everybody_reads_their_own_language_zone_and_clock(post: Post) -> None:
    host = await post.person("America/New_York", name="Hedda", locale="fr", time_format=24)
    meeting = await post.event_type(host, title="Kaffee")
    booker = Booker(name="Ann", email=ANN, time_zone="Europe/Berlin", language="de")
    await post.book(meeting, "2026-05-04T14:00", attendee=booker)
    mails = {each.recipient.email: rendered(each) for each in await post.new()}
    assert mails[ANN].subject == "Bestätigt: Kaffee between Hedda and Ann, 04.05.2026, 16:00"
    assert f"Montag, 4. Mai 2026, 16:00 {DASH} 16:30" in mails[ANN].text
    assert "Mitteleuropäische Sommerzeit (Europe/Berlin, GMT+02:00)" in mails[ANN].text
    assert mails[host.email].subject.startswith("Confirmé : Kaffee")
    assert f"lundi 4 mai 2026, 10:00 {DASH} 10:30" in mails[host.email].text


async def test_an_account_brings_its_clock(post: Post) -> None:
    """A booker with an account reads the clock that it is set to."""
    host, ann = await post.person(), await post.person(email=ANN, time_format=24)
    await post.book(await post.event_type(host), MONDAY, ann.email)
    assert "11:00 " in rendered(await post.to(ANN)).text


async def test_titles_name_the_other_side(post: Post) -> None:
    """BK-21."""
    host = await post.person(name="Hedda Host")
    meeting = await post.event_type(host, custom_name="Call with {HOST/ATTENDEE}")
    await post.book(meeting, MONDAY)
    titles = {each.recipient.email: each.booking and each.booking.title for each in await post.new()}
    assert titles == {host.email: "Call with Ann", ANN: "Call with Hedda Host"}


async def test_links_lead_to_the_booking(post: Post) -> None:
    host = await post.person()
    booking = await post.booked(await post.event_type(host), MONDAY)
    urls = [action.url for action in page(await post.to(ANN)).actions]
    base = "https://meet.example.com"
    assert urls == [
        f"{base}/reschedule/{booking.uid}?rescheduledBy={ANN}",
        f"{base}/booking/{booking.uid}?cancel=true",
    ]


async def test_links_of_a_seat(post: Post) -> None:
    host = await post.person()
    made = await post.book(await post.event_type(host, seats_per_slot=2), MONDAY)
    urls = [action.url for action in page(await post.to(ANN)).actions]
    base = "https://meet.example.com"
    assert urls == [
        f"{base}/reschedule/{made.seat_uid}?rescheduledBy={ANN}",
        f"{base}/booking/{made.booking.uid}?cancel=true&seatReferenceUid={made.seat_uid}",
    ]


async def test_no_links_where_nobody_serves_booking_pages(post: Post) -> None:
    """A link that answers 404 is worse than none."""
    host = await post.person()
    await post.book(await post.event_type(host, location="integrations:zoom"), MONDAY)
    written = rendered(await post.to(ANN), pages=None)
    assert "http" not in written.text
    assert "href" not in written.html


@pytest.mark.parametrize(
    ("given", "pages"),
    [(None, None), ("", None), ("https://book.example", "https://book.example"), ("https://a.b/c/", "https://a.b/c")],
)
def test_where_booking_pages_are(make_settings: Callable[..., Settings], given: str | None, pages: str | None) -> None:
    assert make_settings(next_public_webapp_url=given).booking_pages == pages


async def test_no_links_to_what_is_forbidden(post: Post) -> None:
    host = await post.person()
    meeting = await post.event_type(host, disable_cancelling=True, disable_rescheduling=True)
    await post.book(meeting, MONDAY)
    assert page(await post.to(ANN)).actions == ()


EVIL = "<script>alert(1)</script>\"'&{title}{{7*7}}\r\nBcc: x@evil.example"


async def test_hostile_names_stay_text(post: Post) -> None:
    """No markup, no template, no header comes out of what a booker writes."""
    host = await post.person(name=EVIL)
    field: dict[str, Any] = {"name": "size", "type": "text", "label": EVIL}
    meeting = await post.event_type(host, title=EVIL[:60], booking_fields=[field])
    answers = {"size": EVIL, "notes": EVIL}
    await post.book(meeting, MONDAY, attendee=Booker(name=EVIL, email=ANN, time_zone="UTC"), responses=answers)
    for each in await post.new():
        written = rendered(each)
        assert "script" not in parsed(written.html).tags
        assert "<script" not in written.html
        assert "<script>alert(1)</script>" in written.text
        assert "{{7*7}}" in written.text
        sent = message(each)
        assert sent["Bcc"] is None
        assert len(sent.get_all("To", [])) == 1
        assert "\n" not in written.subject
        assert b"\r\nBcc:" not in sent.as_bytes().partition(b"\r\n\r\n")[0]
