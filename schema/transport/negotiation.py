"""Media types and statuses of GraphQL over HTTP (draft of 2026-08)."""

from enum import Enum
from functools import lru_cache

from app.errors import ErrorCode
from schema.executor.engine import Outcome
from schema.executor.prepared import Phase


class Media(Enum):
    """What can be answered, in order of preference among equals."""

    JSON = "application/json"
    GRAPHQL = "application/graphql-response+json"
    EVENTS = "text/event-stream"
    HTML = "text/html"


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.strip().partition("=")
        if name.strip().lower() == "q":
            try:
                return min(max(float(value), 0.0), 1.0)
            except ValueError:
                return 0.0
    return 1.0


def _matches(pattern: str, media: Media) -> int:
    """How exactly an accepted range names the type: 0 not, 1 `*/*`, 2 `type/*`, 3 exactly."""
    if pattern == media.value:
        return 3
    if pattern == "*/*":
        return 1
    return 2 if pattern == media.value.split("/")[0] + "/*" else 0


@lru_cache(maxsize=256)
def choose(accept: str | None, html: bool) -> Media | None:
    """The type to answer; None when the client accepts none. Without a wish it is `application/json`.

    Event streams and (for `html`) the explorer are only chosen when named exactly.
    """
    if not accept or not accept.strip():
        return Media.JSON
    ranges = [part.split(";") for part in accept.lower().split(",")]
    offered = [(pieces[0].strip(), _quality(pieces[1:])) for pieces in ranges if pieces[0].strip()]
    best: tuple[float, int, int] | None = None
    chosen: Media | None = None
    for order, media in enumerate(Media):
        if media is Media.HTML and not html:
            continue
        found = max(((_matches(pattern, media), quality) for pattern, quality in offered), default=(0, 0.0))
        exactness, quality = found
        if not exactness or quality <= 0 or (exactness < 3 and media in {Media.EVENTS, Media.HTML}):
            continue
        rank = (quality, exactness, -order)
        if best is None or rank > best:
            best, chosen = rank, media
    return chosen


@lru_cache(maxsize=256)
def is_json(content_type: str | None) -> bool:
    """Whether a body may be read: `application/json` in UTF-8. Anything else could come from a plain form."""
    if content_type is None:
        return False
    kind, *parameters = content_type.lower().split(";")
    charsets = [p.strip().removeprefix("charset=").strip('"') for p in parameters if p.strip().startswith("charset=")]
    return kind.strip() == Media.JSON.value and all(charset in {"utf-8", "utf8"} for charset in charsets)


def status_of(outcome: Outcome, media: Media, *, partial_294: bool = False) -> int:
    """The HTTP status: old `application/json` clients get 200 for everything that is a well-formed request."""
    if outcome.phase is Phase.EXECUTED:
        partial = outcome.errors and outcome.data is not None and media is Media.GRAPHQL
        return 294 if partial and partial_294 else 200
    if outcome.phase is Phase.REQUEST:
        return _refusal_status(outcome, media)
    if media is not Media.GRAPHQL:
        return 200
    if outcome.phase is Phase.PARSE:
        return 400
    return 429 if outcome.retry_after is not None else 422


def _refusal_status(outcome: Outcome, media: Media) -> int:
    code = outcome.errors[0]["extensions"]["code"] if outcome.errors else ""
    if media is not Media.GRAPHQL and code in {
        ErrorCode.PERSISTED_QUERY_NOT_FOUND.value,
        ErrorCode.PERSISTED_QUERY_NOT_SUPPORTED.value,
    }:
        return 200
    return outcome.status or 400
