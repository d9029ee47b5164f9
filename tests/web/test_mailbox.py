"""The developer mailbox, and where there is none."""

from collections.abc import AsyncIterator, Callable

import httpx
import pytest
from icalendar import Calendar
from starlette.routing import Route

from app.db.session import Database
from app.main import create_app
from app.settings import Settings
from app.web.mailbox import mailbox_routes
from tests.services.mails.post import Post

Make = Callable[..., Settings]
EVIL = "<img src=x onerror=alert(1)>"


@pytest.fixture
async def post(settings: Settings, database: Database) -> Post:
    """A post office without a mail server."""
    office = Post(settings)
    office.drawer.is_ready = False
    return office


@pytest.fixture
async def client(post: Post) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application on the same database."""
    transport = httpx.ASGITransport(create_app(post.settings), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://slotgraph") as client:
        yield client


@pytest.mark.parametrize(
    "fields", [{"environment": "production"}, {"email_server_host": "mail.example.com"}], ids=["production", "sending"]
)
def test_there_is_no_mailbox(make_settings: Make, fields: dict[str, str]) -> None:
    """Mails of real people are shown to nobody who passes by."""
    assert mailbox_routes(make_settings(**fields)) == []
    routes = create_app(make_settings(**fields)).routes
    assert not any(isinstance(each, Route) and each.path.startswith("/mailbox") for each in routes)


async def test_an_empty_mailbox(client: httpx.AsyncClient) -> None:
    answer = await client.get("/mailbox")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "No mail yet" in answer.text


async def test_mails_are_listed_and_read(post: Post, client: httpx.AsyncClient) -> None:
    """List, text, HTML and calendar file."""
    host = await post.person(name=EVIL)
    await post.book(await post.event_type(host, title="Coffee"), "2026-05-04T09:00")
    mail = await post.to("ann@example.com")
    listed = await client.get("/mailbox")
    assert listed.text.count("Confirmed: Coffee between") == 2
    assert EVIL not in listed.text
    links = [part.partition('"')[0] for part in listed.text.split('href="')[1:]]
    pages = {link: (await client.get(link)).text for link in links}
    link = next(link for link, text in pages.items() if "to ann@example.com" in text)
    assert "Your appointment is confirmed." in pages[link]
    assert "kept" in pages[link]
    assert EVIL not in pages[link]
    assert f'<iframe sandbox title="HTML" src="{link}/mail.html">' in pages[link]
    html = await client.get(f"{link}/mail.html")
    assert "<h1" in html.text
    assert EVIL not in html.text
    for answer in (html, listed):
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "no-store"
    file = await client.get(f"{link}/event.ics")
    assert file.headers["content-type"] == "text/calendar; charset=utf-8"
    assert file.headers["content-disposition"] == 'attachment; filename="event.ics"'
    assert mail.booking is not None
    assert str(Calendar.from_ical(file.content).events[0]["UID"]) == mail.booking.ical_uid


async def test_a_mail_without_a_file(post: Post, client: httpx.AsyncClient) -> None:
    host = await post.person()
    await post.book(await post.event_type(host, requires_confirmation=True), "2026-05-04T09:00")
    await post.new()
    link = (await client.get("/mailbox")).text.partition('href="')[2].partition('"')[0]
    assert "event.ics" not in (await client.get(link)).text
    assert (await client.get(f"{link}/event.ics")).status_code == 404


async def test_unknown_mails(client: httpx.AsyncClient) -> None:
    for path in ("nothing", "nothing/mail.html", "nothing/event.ics"):
        assert (await client.get(f"/mailbox/{path}")).status_code == 404
