"""The page at `/docs`: the OpenAPI document of API v2, rendered by Redoc from files of our own.

`static/redoc.standalone.js` is the bundle of redoc 2.5.0 without its source map and without the logo that it would
fetch from its maker.
"""

from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

FOLDER = Path(__file__).parent / "static"
SCRIPT = "redoc.standalone.js"
# Redoc styles itself inline and searches in a worker made from a blob.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "
    "worker-src blob:; font-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
_PAGE = f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Slotgraph API v2</title>
<style>body {{ margin: 0 }}</style>
<redoc spec-url="/v2/openapi.json" disable-google-font="true" hide-download-button="false"></redoc>
<script src="/docs/{SCRIPT}"></script>
</html>
"""


async def docs(_: Request) -> Response:
    """The rendered documentation."""
    return HTMLResponse(_PAGE, headers={"Content-Security-Policy": _POLICY})


async def script(_: Request) -> Response:
    """The renderer; it changes with a release only."""
    headers = {"Cache-Control": "public, max-age=86400"}
    return Response(_script(), media_type="text/javascript", headers=headers)


@cache
def _script() -> bytes:
    return (FOLDER / SCRIPT).read_bytes()


ROUTES = [Route("/docs", docs), Route(f"/docs/{SCRIPT}", script)]
