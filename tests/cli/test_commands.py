"""The commands of operators, as processes."""

import json

import pytest

from app.settings import Settings
from tests.parts.server import Slotgraph


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
