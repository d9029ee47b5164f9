"""The page a browser gets at `/graphql`: GraphiQL from the files beside this one, one tab per example operation."""

import re
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import orjson

FOLDER = Path(__file__).parent / "static" / "graphiql"
_SLOT = b'<script type="application/json" id="examples">[]</script>'
_DAY = re.compile(r"@(today|weekday)\+(\d{1,3})(T[\d:]+Z)?")


def with_days(text: str, today: date) -> str:
    """`@today+3` becomes midnight UTC in three days; `@weekday+3T10:00:00Z` that time, moved off a weekend."""

    def day(match: "re.Match[str]") -> str:
        found = today + timedelta(days=int(match[2]))
        if match[1] == "weekday" and found.weekday() >= 5:
            found += timedelta(days=7 - found.weekday())
        return f"{found.isoformat()}{match[3] or 'T00:00:00Z'}"

    return _DAY.sub(day, text)


@cache
def _examples(folder: Path) -> tuple[tuple[str, str], ...]:
    """Document and variables of each tab, in order of their file names."""
    tabs = []
    for path in sorted(folder.glob("*.graphql")):
        variables = path.with_suffix(".json")
        tabs.append(
            (path.read_text(encoding="utf-8"), variables.read_text(encoding="utf-8") if variables.exists() else "")
        )
    return tuple(tabs)


@cache
def _page() -> bytes:
    return (FOLDER / "index.html").read_bytes()


def example_tabs(today: date) -> list[dict[str, str]]:
    """The tabs as the page wants them, about the days after `today`."""
    tabs = _examples(FOLDER / "examples")
    return [{"query": query, "variables": with_days(text, today).strip()} for query, text in tabs]


def explorer_page(now: datetime | None = None) -> bytes:
    """The HTML page, with examples about the coming days."""
    # `<` is escaped so that no text can end the script element.
    encoded = orjson.dumps(example_tabs((now or datetime.now(UTC)).date())).replace(b"<", b"\\u003c")
    return _page().replace(_SLOT, _SLOT.replace(b"[]", encoded))
