"""The developer mailbox at `/mailbox`: mails that were kept because no mail server is set up.

Served in development only, and only while nothing is sent, so that mails of real people are never shown to passers-by.
"""

from html import escape
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from app.context import ANONYMOUS, RequestContext
from app.services.mails.mailbox import MailView, list_mails, read_mail
from app.services.mails.render import Rendered
from app.settings import Settings

_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; frame-ancestors 'self'; base-uri 'none'; "
    "form-action 'none'"
)
_HEADERS: Final = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
_STYLE: Final = """
  :root { color-scheme: light dark }
  * { box-sizing: border-box }
  body { font: 15px/1.5 system-ui, sans-serif; max-width: 64rem; margin: 2rem auto; padding: 0 1rem }
  h1 { font-size: 1.4rem; margin: 0 0 1rem }
  table { border-collapse: collapse; width: 100% }
  th { text-align: left; font-weight: 600; font-size: .85rem; opacity: .65 }
  th, td { padding: .45rem .75rem .45rem 0; border-bottom: 1px solid color-mix(in srgb, currentColor 15%, transparent);
           vertical-align: top; overflow-wrap: break-word }
  .tight { white-space: nowrap }
  h1, .faint { overflow-wrap: anywhere }
  @media (max-width: 48rem) {
    thead { display: none }
    table, tbody, tr, td { display: block }
    tr { border-bottom: 1px solid color-mix(in srgb, currentColor 15%, transparent); padding: .6rem 0 }
    td { border: 0; padding: 0; overflow-wrap: anywhere }
    td.tight { display: inline; font-size: .85rem; opacity: .65; margin-right: .75rem }
  }
  iframe { width: 100%; height: 46rem; border: 1px solid color-mix(in srgb, currentColor 20%, transparent) }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; padding: 1rem;
        border: 1px solid color-mix(in srgb, currentColor 20%, transparent) }
  nav a { margin-right: 1rem }
  .faint { opacity: .65 }
"""


def has_mailbox(settings: Settings) -> bool:
    """Whether mails may be read here: neither in production nor where they are sent."""
    return settings.environment == "development" and not settings.email_server_host


def mailbox_routes(settings: Settings) -> list[Route]:
    """The mailbox's addresses."""
    if not has_mailbox(settings):
        return []
    return [
        Route("/mailbox", inbox),
        Route("/mailbox/{id}", mail),
        Route("/mailbox/{id}/mail.html", html_part),
        Route("/mailbox/{id}/event.ics", calendar_part),
    ]


async def inbox(_: Request) -> Response:
    """The latest mails."""
    rows = "".join(_row(view) for view in await list_mails())
    head = "<thead><tr><th>At (UTC)<th>To<th>Subject<th>State</tr></thead>"
    body = f"<table>{head}<tbody>{rows}</tbody></table>" if rows else "<p class=faint>No mail yet. Book something.</p>"
    return _page("Mailbox", f"<h1>Mailbox</h1>{body}")


async def mail(request: Request) -> Response:
    """One mail: what it looks like, and its text."""
    view, rendered = await _read(request)
    attached = f'<a href="/mailbox/{view.id}/event.ics">event.ics</a>' if rendered.calendar is not None else ""
    error = f"<p>{escape(view.error)}</p>" if view.error else ""
    return _page(
        view.subject,
        f'<nav><a href="/mailbox">Mailbox</a>{attached}</nav><h1>{escape(view.subject)}</h1>'
        f"<p class=faint>to {escape(view.recipient)} · {escape(view.content.kind)} · {view.status.lower()}</p>{error}"
        f'<iframe sandbox title="HTML" src="/mailbox/{view.id}/mail.html"></iframe><pre>{escape(rendered.text)}</pre>',
    )


async def html_part(request: Request) -> Response:
    """The HTML part by itself."""
    return HTMLResponse((await _read(request))[1].html, headers=_HEADERS)


async def calendar_part(request: Request) -> Response:
    """The calendar file by itself."""
    _, rendered = await _read(request)
    if rendered.calendar is None:
        return PlainTextResponse("This mail has no calendar file.", 404)
    named = {"Content-Disposition": 'attachment; filename="event.ics"'}
    return Response(rendered.calendar, media_type="text/calendar; charset=utf-8", headers=_HEADERS | named)


async def _read(request: Request) -> tuple[MailView, Rendered]:
    state = request.app.state
    return await read_mail(RequestContext(ANONYMOUS, state.settings, state.bus), request.path_params["id"])


def _row(view: MailView) -> str:
    at = view.created_at.strftime("%Y-%m-%d %H:%M:%S")
    subject = f'<a href="/mailbox/{view.id}">{escape(view.subject)}</a>'
    return (
        f"<tr><td class=tight>{at}<td>{escape(view.recipient)}<td>{subject}<td class=tight>{view.status.lower()}</tr>"
    )


def _page(title: str, body: str) -> Response:
    head = (
        f"<meta charset=utf-8><meta name=viewport content='width=device-width, initial-scale=1'><style>{_STYLE}</style>"
    )
    text = f"<!doctype html><html lang=en><head>{head}<title>{escape(title)}</title></head><body>{body}</body></html>"
    return HTMLResponse(text, headers=_HEADERS)
