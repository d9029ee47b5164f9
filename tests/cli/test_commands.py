"""The commands of operators, as processes."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.settings import Settings
from tests.parts.processes import free_port
from tests.parts.server import Slotgraph
from tests.parts.smtp import HOST, SmtpServer, own_authority


async def test_user_key_and_organization(slotgraph: Slotgraph) -> None:
    """Each prints one JSON object and nothing else; the key works."""
    user = json.loads(
        await slotgraph.run(
            "user", "create", "--email", "Ann@Example.com", "--username", "ann", "--name", "Ann", "--password",
            "long-enough", "--time-zone", "Asia/Tokyo", "--admin", "--api-key",
        )
    )  # fmt: skip
    assert set(user) == {"id", "username", "email", "apiKey"}
    assert user["username"] == "ann"
    assert user["email"].lower() == "ann@example.com"
    assert user["apiKey"].startswith("cal_")
    other = json.loads(await slotgraph.run("user", "create", "--email", "bo@example.com", "--username", "bo"))
    assert other["apiKey"] is None
    org = json.loads(
        await slotgraph.run("org", "create", "--name", "Acme", "--slug", "acme", "--owner-email", "bo@example.com")
    )
    assert set(org) == {"id", "slug"}
    assert org["slug"] == "acme"
    key = json.loads(await slotgraph.run("api-key", "create", "--email", "bo@example.com", "--note", "mine"))
    assert set(key) == {"id", "apiKey"}


async def test_commands_work_while_the_server_runs(slotgraph: Slotgraph) -> None:
    """The same database, the same moment."""
    import aiohttp  # noqa: PLC0415 only here

    server = await slotgraph.serve()
    user = json.loads(
        await slotgraph.run("user", "create", "--email", "c@example.com", "--username", "cyd", "--api-key")
    )
    headers = {"Authorization": f"Bearer {user['apiKey']}"}
    async with aiohttp.ClientSession(headers=headers) as client:
        query = {"query": "{ viewer { user { username } } }"}
        async with client.post(f"{server.url}/graphql", json=query) as answer:
            body = await answer.json()
    assert body.get("data", {}).get("viewer") is not None, body
    assert await server.stop() == 0


async def test_mistakes_are_one_line_without_a_traceback(slotgraph: Slotgraph) -> None:
    """What a person can act on is said, and the exit status is not 0."""
    with pytest.raises(RuntimeError, match="slotgraph: There is nobody with the e-mail address") as found:
        await slotgraph.run("api-key", "create", "--email", "nobody@example.com")
    assert "Traceback" not in str(found.value)
    with pytest.raises(RuntimeError, match="exit 1") as found:
        await slotgraph.run("user", "create", "--email", "not-an-address", "--username", "x-y")
    assert "Traceback" not in str(found.value)
    with pytest.raises(RuntimeError, match=r"(?s)exit 2.*DATABASE_POOL_MAX"):
        await slotgraph.run("doctor", environment={"DATABASE_POOL_MAX": "many"})


async def test_migrate_says_what_it_did(slotgraph: Slotgraph, empty_database_url: str) -> None:
    """Once it applies, then there is nothing to apply."""
    slotgraph.database_url = empty_database_url
    assert "Applied 0_" in await slotgraph.run("migrate")
    assert await slotgraph.run("migrate") == "Nothing to apply.\n"


async def test_doctor_is_content_with_a_good_set_up(slotgraph: Slotgraph, redis_url: str) -> None:
    """Database, migrations, Redis and clocks are looked at."""
    slotgraph.redis_url = redis_url
    text = await slotgraph.run("doctor")
    for words in ("OK    secret key: set", "OK    migrations: all applied", "OK    redis: version", "Everything that"):
        assert words in text


async def test_doctor_says_what_to_do(slotgraph: Slotgraph, empty_database_url: str) -> None:
    """Each problem comes with its advice, and the exit status is 1."""
    slotgraph.database_url = empty_database_url
    slotgraph.redis_url = "redis://127.0.0.1:9/0"
    with pytest.raises(RuntimeError, match="exit 1") as found:
        await slotgraph.run(
            "doctor",
            environment={"ENVIRONMENT": "production", "SECRET_KEY": Settings.model_fields["secret_key"].default},
        )
    text = str(found.value)
    assert "FAIL  secret key: everybody knows it" in text
    assert "-> Set SECRET_KEY to the output of `openssl rand -hex 32`." in text
    assert "FAIL  migrations: " in text
    assert "-> Run `slotgraph migrate`." in text
    assert "WARN  redis: cannot be reached" in text


async def test_doctor_without_a_database(slotgraph: Slotgraph) -> None:
    """A server that does not answer is a finding, not a crash."""
    slotgraph.database_url = "postgres://nobody:secret@127.0.0.1:9/none"
    with pytest.raises(RuntimeError, match="FAIL  database: cannot be reached") as found:
        await slotgraph.run("doctor")
    assert "secret@" not in str(found.value)
    assert "Traceback" not in str(found.value)


class TestDoctorOnMail:
    """What becomes of mails is said, and a mail server is tried without sending anything."""

    @pytest.fixture
    async def server(self, tmp_path: Path) -> AsyncIterator[SmtpServer]:
        """A mail server with STARTTLS and a password."""
        with own_authority(tmp_path) as (its, _):
            running = await SmtpServer(user="u", password="p", tls_context=its).start()
            yield running
            await running.stop()

    def settings(self, server: SmtpServer, tmp_path: Path, **more: str) -> dict[str, str]:
        """How a process is told about it, and whom to trust."""
        return {
            "EMAIL_SERVER_HOST": HOST, "EMAIL_SERVER_PORT": str(server.port), "EMAIL_FROM": "bot@example.com",
            "EMAIL_SERVER_USER": "u", "EMAIL_SERVER_PASSWORD": "p", "SSL_CERT_FILE": str(tmp_path / "server.pem"),
            **more,
        }  # fmt: skip

    async def test_a_good_server(self, slotgraph: Slotgraph, server: SmtpServer, tmp_path: Path) -> None:
        pages = {"NEXT_PUBLIC_WEBAPP_URL": "https://book.example/"}
        text = await slotgraph.run("doctor", environment=self.settings(server, tmp_path, **pages))
        place = f"{HOST}:{server.port}"
        assert f"OK    mail: sent through {place}, TLS, signed in as u, from Slotgraph <bot@example.com>" in text
        assert "OK    links in mails: lead to https://book.example\n" in text
        assert set(server.logins) == {"u"}
        assert server.envelopes == []

    async def test_a_wrong_password(self, slotgraph: Slotgraph, server: SmtpServer, tmp_path: Path) -> None:
        with pytest.raises(RuntimeError, match="exit 1") as found:
            await slotgraph.run("doctor", environment=self.settings(server, tmp_path, EMAIL_SERVER_PASSWORD="hunter2"))
        assert "FAIL  mail: " in str(found.value)
        assert "cannot be used (535 " in str(found.value)
        assert "hunter2" not in str(found.value)

    async def test_a_certificate_that_nobody_vouches_for(
        self, slotgraph: Slotgraph, server: SmtpServer, tmp_path: Path
    ) -> None:
        environment = self.settings(server, tmp_path)
        del environment["SSL_CERT_FILE"]
        with pytest.raises(RuntimeError, match=r"FAIL  mail: .*CERTIFICATE_VERIFY_FAILED"):
            await slotgraph.run("doctor", environment=environment)

    async def test_a_password_in_the_clear(self, slotgraph: Slotgraph) -> None:
        server = await SmtpServer(user="u", password="p").start()
        try:
            environment = {
                "EMAIL_SERVER_HOST": HOST, "EMAIL_SERVER_PORT": str(server.port),
                "EMAIL_SERVER_USER": "u", "EMAIL_SERVER_PASSWORD": "p",
            }  # fmt: skip
            text = await slotgraph.run("doctor", environment=environment)
        finally:
            await server.stop()
        assert "WARN  mail: sent through" in text
        assert "not encrypted" in text
        assert "OK    links in mails: none" in text

    async def test_nobody_listens(self, slotgraph: Slotgraph) -> None:
        environment = {"EMAIL_SERVER_HOST": HOST, "EMAIL_SERVER_PORT": str(free_port())}
        with pytest.raises(RuntimeError, match=r"FAIL  mail: .*SMTPConnectError"):
            await slotgraph.run("doctor", environment=environment)
        assert "mail" not in await slotgraph.run("doctor", "--no-mail", environment=environment)

    @pytest.mark.parametrize(
        ("environment", "line"),
        [
            ({}, "OK    mail: kept in the database and shown at /mailbox"),
            ({"EMAIL_ENABLED": "false"}, "OK    mail: switched off"),
            ({"ENVIRONMENT": "production"}, "WARN  mail: kept in the database: nobody gets any"),
        ],
    )
    async def test_without_a_server(self, slotgraph: Slotgraph, environment: dict[str, str], line: str) -> None:
        assert line in await slotgraph.run("doctor", environment=environment)


async def test_schema_export_and_check(slotgraph: Slotgraph) -> None:
    """The file is current right after the export; a changed one is named with what clients would feel."""
    path = slotgraph.folder / "schema.graphql"
    assert "Wrote" in await slotgraph.run("schema", "export", "--output", str(path))
    assert "up to date" in await slotgraph.run("schema", "export", "--check", "--output", str(path))
    path.write_text(path.read_text().replace("type Query {", "type Query {\n  gone: String\n"))
    with pytest.raises(RuntimeError, match=r"BREAKING: .*Field Query\.gone was removed"):
        await slotgraph.run("schema", "export", "--check", "--output", str(path))


async def test_mail_bounce_ignores_what_is_none(slotgraph: Slotgraph) -> None:
    """A mail server pipes anything into it; an error would make it bounce the bounce."""
    assert json.loads(await slotgraph.run("mail", "bounce")) == {"mail": None, "reason": None}
