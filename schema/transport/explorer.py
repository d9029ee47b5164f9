"""The page a browser gets at `/graphql`: GraphiQL from the files beside this one."""

from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "static" / "graphiql"


@cache
def explorer_page() -> bytes:
    """The HTML page; read once."""
    return (_FOLDER / "index.html").read_bytes()
