"""The PostgreSQL of the wheel must do on a bare machine what an installed one does elsewhere."""

import signal
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from tests.parts import postgres
from tests.parts.postgres import PostgresCluster


@pytest.fixture(scope="module")
def cluster() -> Iterator[PostgresCluster]:
    binaries = postgres.embedded().binaries
    assert binaries is not None
    cluster = PostgresCluster(binaries)
    cluster.start()
    yield cluster
    cluster.remove()


async def test_holds_an_exclusion_constraint_over_scalar_and_range(cluster: PostgresCluster) -> None:
    connection = await asyncpg.connect(cluster.url)
    await connection.execute("CREATE EXTENSION btree_gist")
    await connection.execute("CREATE TABLE t (host int, s int8range, EXCLUDE USING gist (host WITH =, s WITH &&))")
    await connection.execute("INSERT INTO t VALUES (1, '[10,20)'), (1, '[20,30)'), (2, '[10,20)')")
    with pytest.raises(asyncpg.ExclusionViolationError):
        await connection.execute("INSERT INTO t VALUES (1, '[19,21)')")
    await connection.close()


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGQUIT], ids=["shut down", "crash"])
async def test_keeps_its_data_over_a_restart(cluster: PostgresCluster, sent: signal.Signals) -> None:
    await postgres.execute(cluster.url, "DROP TABLE IF EXISTS kept", "CREATE TABLE kept (a int)", "CHECKPOINT")
    cluster.restart(sent)
    connection = await asyncpg.connect(cluster.url)
    assert await connection.fetchval("SELECT count(*) FROM kept") == 0
    await connection.close()


async def test_copies_a_template(cluster: PostgresCluster) -> None:
    template = await postgres.create_database(cluster.url, "template_of_ours")
    await postgres.execute(template, "CREATE TABLE t (a int)", "INSERT INTO t VALUES (7)")
    copy = await postgres.create_database(cluster.url, "copy", "template_of_ours")
    connection = await asyncpg.connect(copy)
    assert await connection.fetchval("SELECT a FROM t") == 7
    await connection.close()
    await postgres.drop_database(cluster.url, "copy")


def test_binaries_that_nobody_may_read_are_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "readable_by_everybody", lambda _: False)
    binaries = postgres.embedded().binaries
    assert binaries is not None
    cluster = PostgresCluster(binaries)
    try:
        cluster.start()
        assert (cluster.user is None) or cluster.folder in cluster.binaries.parents
    finally:
        cluster.remove()
    assert not cluster.folder.exists()


def test_binaries_in_a_private_folder_are_not_readable_by_others(tmp_path: Path) -> None:
    private = tmp_path / "home"
    (private / "bin").mkdir(parents=True)
    private.chmod(0o700)
    assert not postgres.readable_by_everybody(private / "bin")
    assert postgres.readable_by_everybody(Path("/usr/bin"))
