"""The page at `/`: where everything is."""

from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from app.web.mailbox import has_mailbox

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Slotgraph</title>
<style>
  :root {{ color-scheme: light dark }}
  body {{ font: 16px/1.6 system-ui, sans-serif; max-width: 42rem; margin: 12vh auto; padding: 0 1.5rem }}
  h1 {{ font-size: 2rem; margin: 0 }}
  dt {{ font-family: ui-monospace, monospace; margin-top: 1rem }}
  dd {{ margin: 0; opacity: .75 }}
</style>
<h1>Slotgraph</h1>
<p>Scheduling infrastructure: event types, live free slots and bookings.</p>
<dl>
  <dt><a href="/graphql">/graphql</a></dt>
  <dd>GraphQL: an explorer in a browser; POST operations; subscribe over WebSocket or server-sent events.</dd>
  <dt><a href="/docs">/docs</a></dt>
  <dd>REST API v2, described by <a href="/v2/openapi.json">/v2/openapi.json</a>.</dd>
  <dt><a href="/healthz">/healthz</a> · <a href="/readyz">/readyz</a></dt>
  <dd>Is the process alive; can it serve requests.</dd>
  <dt><a href="/metrics">/metrics</a></dt>
  <dd>Figures for Prometheus.</dd>
{mailbox}</dl>
<p>This server is known as {url}.</p>
</html>
"""
_MAILBOX = """  <dt><a href="/mailbox">/mailbox</a></dt>
  <dd>Mails, which are kept here because no mail server is set up.</dd>
"""


async def landing(request: Request) -> Response:
    """A short page for people who open the server in a browser."""
    settings = request.app.state.settings
    page = _PAGE.format(url=escape(settings.public_url), mailbox=_MAILBOX if has_mailbox(settings) else "")
    return HTMLResponse(page, headers={"Content-Security-Policy": _POLICY})
