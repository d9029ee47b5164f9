"""`slotgraph doctor`: looks at what the server needs and says what to do about what is wrong."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

from app.db import connection, raw
from app.db.history import missing_migrations
from app.errors import ServiceUnavailableError
from app.integrations.mail.mailer import MailRefusedError, MailUnavailableError
from app.integrations.mail.smtp import SmtpMailer
from app.settings import Settings

SKEW_NOTICED: Final = 1.0
SKEW_HARMFUL: Final = 30.0
OLD_OUTBOX: Final = 60.0
CHECK_SECONDS: Final = 10.0
MAIL_SECONDS: Final = 3.0
"""For each answer of the mail server."""

OLDEST_POSTGRES: Final = 130_000
OLDEST_SQLITE: Final = (3, 37, 0)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found; `advice` is what to do about it."""

    level: Literal["ok", "warn", "fail"]
    what: str
    text: str
    advice: str = ""

    def __str__(self) -> str:
        """One line, with the advice in a second one."""
        line = f"{self.level.upper():4}  {self.what}: {self.text}"
        return f"{line}\n      -> {self.advice}" if self.advice else line


async def examine(settings: Settings, *, with_mail: bool = True) -> list[Finding]:
    """Every check, in the order in which problems are best solved."""
    findings = [*_configuration(settings)]
    findings += await _within_time("database", _database(settings))
    findings += await _within_time("redis", _redis(settings))
    if with_mail:
        findings += await _within_time("mail", _mail(settings))
    return findings


async def _within_time(what: str, checks: Awaitable[list[Finding]]) -> list[Finding]:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            return await checks
    except TimeoutError:
        return [Finding("fail", what, f"no answer within {CHECK_SECONDS:g} s", "Is it reachable from here?")]


def _configuration(settings: Settings) -> list[Finding]:
    production = settings.environment == "production"
    findings = [Finding("ok", "configuration", f"{settings.environment}, {settings.public_url}")]
    if settings.uses_default_secret or len(settings.secret_key) < 16:
        findings.append(
            Finding(
                "fail" if production else "warn",
                "secret key",
                "everybody knows it" if settings.uses_default_secret else "too short",
                "Set SECRET_KEY to the output of `openssl rand -hex 32`.",
            )
        )
    else:
        findings.append(Finding("ok", "secret key", "set"))
    local = any(host in settings.public_url for host in ("127.0.0.1", "localhost", "[::1]"))
    if production and not settings.public_url.startswith("https://"):
        advice = "Set PUBLIC_URL to the https address that people open."
        findings.append(Finding("warn", "public address", "local" if local else "not https", advice))
    if production and settings.is_sqlite:
        advice = "Set DATABASE_URL=postgres://... before you run more than one machine."
        findings.append(Finding("warn", "database", "embedded SQLite: one machine only", advice))
    return findings


async def _database(settings: Settings) -> list[Finding]:
    if settings.is_sqlite and (problem := _folder_problem(settings)):
        return [problem]
    try:
        async with connection.database(settings):
            return [each async for each in _of_open_database(settings)]
    except ServiceUnavailableError:
        advice = "Check DATABASE_URL, that the server runs, and that user and password are right."
        return [Finding("fail", "database", "cannot be reached", advice)]


def _folder_problem(settings: Settings) -> Finding | None:
    path = Path(settings.database_url.removeprefix("sqlite://").partition("?")[0])
    folder = path.parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".slotgraph-doctor"
        probe.touch()
        probe.unlink()
    except OSError:
        return Finding("fail", "database", f"{folder} cannot be written", "Give the server's user that folder.")
    return None


async def _of_open_database(settings: Settings) -> AsyncIterator[Finding]:
    if settings.is_sqlite:
        yield _sqlite_version()
    else:
        async for finding in _postgres_facts():
            yield finding
    missing = await missing_migrations()
    if missing:
        yield Finding("fail", "migrations", f"{len(missing)} missing", "Run `slotgraph migrate`.")
        return
    yield Finding("ok", "migrations", "all applied")
    yield await _outbox()


def _sqlite_version() -> Finding:
    version = sqlite3.sqlite_version
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        return Finding("fail", "database", f"SQLite {version} is too old", "Use a Python with SQLite 3.37 or newer.")
    return Finding("ok", "database", f"SQLite {version}")


async def _postgres_facts() -> AsyncIterator[Finding]:
    number = int(await raw.value("SELECT current_setting('server_version_num')"))
    version = await raw.value("SELECT current_setting('server_version')")
    if number < OLDEST_POSTGRES:
        yield Finding("fail", "database", f"PostgreSQL {version} is too old", "Use PostgreSQL 13 or newer.")
    else:
        yield Finding("ok", "database", f"PostgreSQL {version}")
    if not await raw.value("SELECT 1 FROM pg_available_extensions WHERE name = 'btree_gist'"):
        advice = "Install PostgreSQL's contrib package: the rule against double booking needs it."
        yield Finding("fail", "database", "the extension btree_gist is not there", advice)
    before = time.time()
    theirs = float(await raw.value("SELECT extract(epoch FROM clock_timestamp())::float8"))
    yield _skew("clock of the database", theirs, before)


def _skew(what: str, theirs: float, before: float) -> Finding:
    """The answer was written at some moment between sending the question and now."""
    skew = max(before - theirs, theirs - time.time(), 0.0)
    if skew < SKEW_NOTICED:
        return Finding("ok", what, "agrees with this machine's")
    level: Literal["warn", "fail"] = "fail" if skew > SKEW_HARMFUL else "warn"
    return Finding(level, what, f"differs from this machine's by {skew:.0f} s", "Let both follow NTP.")


async def _outbox() -> Finding:
    oldest = raw.instant(await raw.value("SELECT min(created_at) FROM outbox"))
    age = (datetime.now(UTC) - oldest).total_seconds() if oldest else 0.0
    if age > OLD_OUTBOX:
        advice = "No worker is running: start `slotgraph worker` or `serve` with RUN_WORKER=true."
        return Finding("warn", "worker", f"changes have waited for {age:.0f} s", advice)
    return Finding("ok", "worker", "nothing has waited long")


async def _redis(settings: Settings) -> list[Finding]:
    if settings.redis_url is None:
        return [Finding("ok", "redis", "not used: processes hear of each other's changes within a second")]
    from redis.asyncio import Redis  # noqa: PLC0415 only where it is used
    from redis.asyncio.retry import Retry  # noqa: PLC0415
    from redis.backoff import NoBackoff  # noqa: PLC0415
    from redis.exceptions import RedisError  # noqa: PLC0415

    try:
        async with Redis.from_url(
            settings.redis_url, socket_timeout=3, socket_connect_timeout=3, retry=Retry(NoBackoff(), 0)
        ) as client:
            before = time.time()
            seconds, microseconds = await client.time()
            version = (await client.info("server"))["redis_version"]
    except (RedisError, OSError, TimeoutError) as error:
        advice = "Check REDIS_URL. Meanwhile nothing is lost; other processes hear of changes within a second."
        return [Finding("warn", "redis", f"cannot be reached ({type(error).__name__})", advice)]
    skew = _skew("clock of Redis", seconds + microseconds / 1e6, before)
    return [Finding("ok", "redis", f"version {version}"), skew]


async def _mail(settings: Settings) -> list[Finding]:
    """What becomes of mails; a mail server is asked, and gets no mail."""
    if not settings.email_enabled:
        return [Finding("ok", "mail", "switched off: no mails are written (EMAIL_ENABLED)")]
    if not settings.email_server_host:
        return [_kept(settings)]
    return [await _mail_server(settings), _links(settings)]


def _kept(settings: Settings) -> Finding:
    if settings.environment == "production":
        advice = "Set EMAIL_SERVER_HOST and EMAIL_FROM, or EMAIL_ENABLED=false to write none."
        return Finding("warn", "mail", "kept in the database: nobody gets any", advice)
    return Finding("ok", "mail", "kept in the database and shown at /mailbox: nobody gets any")


async def _mail_server(settings: Settings) -> Finding:
    mailer = SmtpMailer(settings, timeout=MAIL_SECONDS)
    place = mailer.place
    try:
        encrypted = await mailer.check()
    except (MailRefusedError, MailUnavailableError) as error:
        advice = "Check EMAIL_SERVER_HOST, _PORT, _USER and _PASSWORD. Meanwhile mails wait, for three days at most."
        return Finding("fail", "mail", f"{place} cannot be used ({error})", advice)
    finally:
        await mailer.close()
    signed_in = f"signed in as {settings.email_server_user}" if settings.email_server_user else "without a password"
    text = f"sent through {place}, {'TLS' if encrypted else 'not encrypted'}, {signed_in}, from {mailer.sender}"
    if settings.email_server_user and not encrypted:
        return Finding("warn", "mail", text, "The password can be read on its way: use port 465 or 587.")
    if settings.email_from is None:
        return Finding("warn", "mail", text, "Set EMAIL_FROM to an address that the mail server may send from.")
    return Finding("ok", "mail", text)


def _links(settings: Settings) -> Finding:
    pages = settings.booking_pages
    text = f"lead to {pages}" if pages else "none: NEXT_PUBLIC_WEBAPP_URL names no booking pages"
    return Finding("ok", "links in mails", text)
