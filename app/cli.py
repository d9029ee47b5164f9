"""The command `slotgraph`. Imports wait until a command needs them, so that `--help` and a second start are quick."""

import asyncio
import gc
import json
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

if TYPE_CHECKING:
    from app.context import RequestContext
    from app.settings import Settings

Result = TypeVar("Result")

PLAIN: dict[str, Any] = {"no_args_is_help": True, "rich_markup_mode": None, "add_completion": False}

cli = typer.Typer(help="Scheduling infrastructure.", pretty_exceptions_enable=False, **PLAIN)
schema_cli = typer.Typer(help="The GraphQL schema.", **PLAIN)
user_cli = typer.Typer(help="People.", **PLAIN)
org_cli = typer.Typer(help="Organizations.", **PLAIN)
key_cli = typer.Typer(help="API keys.", **PLAIN)
demo_cli = typer.Typer(help="Demo data.", **PLAIN)
mail_cli = typer.Typer(help="Mail.", **PLAIN)
for name, group in (("schema", schema_cli), ("user", user_cli), ("org", org_cli), ("api-key", key_cli)):
    cli.add_typer(group, name=name)
cli.add_typer(demo_cli, name="demo")
cli.add_typer(mail_cli, name="mail")


def main() -> None:
    """The entry point: errors that a person can act on are one line, without a traceback."""
    from app.errors import SlotgraphError

    try:
        cli()
    except SlotgraphError as error:
        print(f"slotgraph: {error.message}", file=sys.stderr)
        sys.exit(1)


def _settings() -> "Settings":
    """The settings; a wrong one is named, its value is not shown."""
    from pydantic import ValidationError

    from app.settings import Settings

    try:
        return Settings()
    except ValidationError as error:
        for each in error.errors():
            print(f"slotgraph: {'.'.join(map(str, each['loc'])).upper()}: {each['msg']}", file=sys.stderr)
        raise typer.Exit(2) from None


def _as_operator(work: Callable[["RequestContext"], Awaitable[Result]]) -> Result:
    """Run `work` on the database of the server, which may be running; it is migrated first if it is embedded."""
    from app.lifecycle import as_operator
    from app.observability.logging import configure_logging

    settings = _settings().model_copy(update={"log_level": "WARNING"})
    configure_logging(settings)
    return asyncio.run(as_operator(settings, work))


def _print(answer: dict[str, object]) -> None:
    print(json.dumps(answer))


@cli.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    workers: Annotated[int, typer.Option(min=1, help="Processes that share the port.")] = 1,
    demo: Annotated[bool, typer.Option("--demo", help="Add demo data and print requests to paste.")] = False,
) -> None:
    """Serve HTTP, with the worker inside unless RUN_WORKER=false."""
    gc.disable()  # importing makes a million objects that stay: collecting meanwhile is a fifth of the start
    from app.observability.logging import configure_logging

    url = f"http://{'127.0.0.1' if host in {'0.0.0.0', '::'} else host}:{port}"  # noqa: S104 compared, not bound
    settings = _settings()
    if "public_url" not in settings.model_fields_set:
        os.environ["PUBLIC_URL"] = url  # for the processes of --workers too
        settings = _settings()
    if demo:
        from app.demo.seed import announce, seed

        print(announce(_as_operator(seed), url), flush=True)
    configure_logging(settings)
    from app.web.server import run_several, run_single

    if workers > 1:
        run_several(settings, host=host, port=port, workers=workers)
        return
    from app.main import create_app

    if not run_single(create_app(settings, under_uvicorn=True), settings, host=host, port=port):
        raise typer.Exit(3)


@cli.command()
def worker() -> None:
    """Run the worker alone: relay, jobs, expiring holds."""
    from app.lifecycle import run_worker
    from app.observability.logging import configure_logging

    settings = _settings()
    configure_logging(settings)
    asyncio.run(run_worker(settings))


@cli.command()
def migrate() -> None:
    """Bring the database to the tables of this release; safe to run in several places at once."""
    from app.lifecycle import migrate as apply

    applied = asyncio.run(apply(_settings()))
    print("\n".join(f"Applied {name}" for name in applied) or "Nothing to apply.")


@cli.command()
def doctor(
    mail: Annotated[bool, typer.Option(help="Try the mail server too; health checks need not.")] = True,
) -> None:
    """Check configuration, database, migrations, Redis, clock and mail server, and say what to do."""
    from app.doctor import examine

    findings = asyncio.run(examine(_settings(), with_mail=mail))
    for finding in findings:
        print(finding)
    if any(finding.level == "fail" for finding in findings):
        raise typer.Exit(1)
    print("Everything that is needed works.")


@schema_cli.command("export")
def schema_export(
    check: Annotated[bool, typer.Option("--check", help="Compare with the file, write nothing.")] = False,
    output: Annotated[Path | None, typer.Option(help="The file; graphql/schema.graphql by default.")] = None,
) -> None:
    """Write the GraphQL schema; with --check, fail when the file is not up to date and name breaking changes."""
    from schema import sdl
    from schema.app import schema

    path = output or sdl.SDL_PATH
    if not check:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(sdl.export(schema), encoding="utf-8")
        print(f"Wrote {path}")
        return
    problems = sdl.check(schema, path)
    print("\n".join(problems) or "The schema is up to date.")
    if problems:
        raise typer.Exit(1)


@user_cli.command("create")
def user_create(
    email: Annotated[str, typer.Option()],
    username: Annotated[str, typer.Option()],
    name: Annotated[str | None, typer.Option()] = None,
    password: Annotated[str | None, typer.Option(help="At least 8 characters.")] = None,
    time_zone: Annotated[str, typer.Option(help="An IANA zone.")] = "Europe/London",
    admin: Annotated[bool, typer.Option("--admin", help="May administer the whole installation.")] = False,
    api_key: Annotated[bool, typer.Option("--api-key", help="Make an API key too.")] = False,
) -> None:
    """Make a person with working hours Mon-Fri 09:00-17:00; prints {"id", "username", "email", "apiKey"}."""
    from app.services.users.create import CreateUser

    command = CreateUser(email, username, name=name, password=password, time_zone=time_zone, is_admin=admin)

    async def work(ctx: "RequestContext") -> dict[str, object]:
        from app.lifecycle import acting_as
        from app.services.api_keys.create import CreateApiKey, create_api_key
        from app.services.users.create import create_user

        user = await create_user(ctx, command)
        key = await create_api_key(acting_as(ctx, user.id), CreateApiKey(note="Command line")) if api_key else None
        secret = key.secret if key else None
        return {"id": user.id, "username": user.username, "email": user.email, "apiKey": secret}

    _print(_as_operator(work))


@org_cli.command("create")
def org_create(
    name: Annotated[str, typer.Option()],
    slug: Annotated[str, typer.Option()],
    owner_email: Annotated[str, typer.Option(help="Somebody who exists; becomes the accepted owner.")],
    platform: Annotated[bool, typer.Option("--platform", help="For managed users of platform clients.")] = False,
) -> None:
    """Make an organization; prints {"id", "slug"}."""

    async def work(ctx: "RequestContext") -> dict[str, object]:
        from app.lifecycle import acting_as
        from app.services.teams.write import CreateTeam, create_team

        owner = acting_as(ctx, await _user_id(owner_email), is_admin=True)
        team = await create_team(owner, CreateTeam(name, slug, is_organization=True, is_platform=platform))
        return {"id": team.id, "slug": team.slug}

    _print(_as_operator(work))


@key_cli.command("create")
def api_key_create(
    email: Annotated[str, typer.Option(help="Whose key it will be.")],
    note: Annotated[str, typer.Option(help="What it is for.")] = "Command line",
) -> None:
    """Make an API key; prints {"id", "apiKey"}. It is shown only now."""

    async def work(ctx: "RequestContext") -> dict[str, object]:
        from app.lifecycle import acting_as
        from app.services.api_keys.create import CreateApiKey, create_api_key

        made = await create_api_key(acting_as(ctx, await _user_id(email)), CreateApiKey(note=note))
        return {"id": made.key.id, "apiKey": made.secret}

    _print(_as_operator(work))


@demo_cli.command("seed")
def demo_seed() -> None:
    """Add the demo data if it is not there, and print the key and the requests."""
    from app.demo.seed import announce, seed

    print(announce(_as_operator(seed), _settings().public_url))


@mail_cli.command("bounce")
def mail_bounce() -> None:
    """Read a returned mail from standard input and note that it did not arrive; prints {"mail", "reason"}.

    For a pipe of the mail server: whatever else comes in is ignored, with exit status 0.
    """
    message = sys.stdin.buffer.read()

    async def work(ctx: "RequestContext") -> dict[str, object]:
        from app.services.mails.bounces import record_bounce

        bounce = await record_bounce(ctx, message)
        return {"mail": bounce.mail_id if bounce else None, "reason": bounce.reason if bounce else None}

    _print(_as_operator(work))


async def _user_id(email: str) -> int:
    from app.errors import NotFoundError
    from app.models import User

    user = await User.filter(email=email.lower()).first()
    if user is None:
        raise NotFoundError(f"There is nobody with the e-mail address {email}.")
    return int(user.id)
