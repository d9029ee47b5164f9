"""No personal data and no secret reaches a log, whoever writes the entry."""

import io
import logging

import orjson
import pytest

from app.observability.logging import configure_logging, log_context
from app.observability.scrubbing import REMOVED, is_private_key, scrub_text, scrub_value
from app.settings import Settings


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("booked by ann.o'neil+work@example.co.uk today", f"booked by {REMOVED} today"),
        ("key cal_live_0123456789abcdef used", f"key {REMOVED} used"),
        ("Authorization: Bearer abcdef0123456789", f"Authorization: Bearer {REMOVED}"),
        ("postgres://slotgraph:s3cret@db:5432/x", f"postgres://{REMOVED}@db:5432/x"),
        ("redis://:hunter2@cache/0", f"redis://{REMOVED}@cache/0"),
        ("GET /v1/me?apiKey=cal_0123456789&x=1", f"GET /v1/me?apiKey={REMOVED}&x=1"),
        ("sk_test_0123456789abcd", REMOVED),
        ("token=eyJhbGciOiJIUzI1.eyJzdWIiOiIx.c2lnbmF0dXJl", f"token={REMOVED}"),
        ("user müller@bücher.example called", f"user {REMOVED} called"),
        ("slot 2026-12-01T09:00:00Z of event type 7", "slot 2026-12-01T09:00:00Z of event type 7"),
    ],
)
def test_text(text: str, expected: str) -> None:
    """E-mail addresses, keys, tokens and passwords of URLs are replaced, the rest stays."""
    assert scrub_text(text) == expected


@pytest.mark.parametrize(
    "key", ["password", "new_password", "email", "attendeeEmail", "api_key", "apiKey", "authorization", "Cookie",
            "phone_number", "name", "user_name", "client_ip", "variables", "body", "responses", "secret", "guests"],
)  # fmt: skip
def test_private_keys(key: str) -> None:
    """What is logged under these names is never shown."""
    assert is_private_key(key)


@pytest.mark.parametrize(
    "key", ["event", "status", "error_type", "job_kind", "token_count", "route", "duration_ms", "logger"]
)
def test_harmless_keys(key: str) -> None:
    """Operators need these."""
    assert not is_private_key(key)


def test_nested_values() -> None:
    """Private things inside of mappings and lists are found."""
    value = {"booking": {"email": "a@b.example", "uid": "x1"}, "texts": ["to c@d.example", 3, None]}
    assert scrub_value(value) == {"booking": {"email": REMOVED, "uid": "x1"}, "texts": [f"to {REMOVED}", 3, None]}


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_entries_tracebacks_and_foreign_loggers(
    log_format: str, monkeypatch: pytest.MonkeyPatch, make_settings: "type[Settings]"
) -> None:
    """The whole way: message, arguments, extras, context and traceback of any library's logger are scrubbed."""
    written = io.StringIO()
    monkeypatch.setattr("sys.stderr", written)
    root = logging.getLogger()
    before = root.handlers, root.level
    try:
        configure_logging(make_settings(log_format=log_format))
        with log_context(request_id="r-12345678"):
            try:
                raise ValueError("no such user eve@example.com")
            except ValueError:
                logging.getLogger("some.library").exception(
                    "failed for %s", "ann@example.com", extra={"password": "hunter2", "job_id": 7}
                )
    finally:
        root.handlers, level = before
        root.setLevel(level)
    text = written.getvalue()
    for private in ("ann@example.com", "eve@example.com", "hunter2"):
        assert private not in text
    assert "r-12345678" in text
    assert "ValueError" in text
    if log_format == "json":
        entry = orjson.loads(text)
        assert entry["event"] == f"failed for {REMOVED}"
        assert entry["password"] == REMOVED
        assert entry["job_id"] == 7
        assert entry["level"] == "error"
        assert entry["logger"] == "some.library"
