"""Slotgraph as real processes: web servers and workers started with the command that operators use."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import aiohttp

from tests.parts.processes import free_port, leash

COMMAND = Path(sys.executable).with_name("slotgraph")
READY_WITHIN = 20.0
STOP_WITHIN = 15.0
WORKER_STARTED = '"worker started"'

DEFAULTS = {
    "LOG_FORMAT": "json",
    "PASSWORD_HASH_COST": "cheap",
    "SECRET_KEY": "a-secret-key-that-only-tests-use",
    "RATE_LIMIT_API_KEY": "0",
    "RATE_LIMIT_ACCESS_TOKEN": "0",
    "RATE_LIMIT_CLIENT": "0",
    "RATE_LIMIT_IP": "0",
    "OUTBOUND_ALLOW_PRIVATE": "true",
    "WEBHOOK_RETRY_BASE_SECONDS": "0.1",
}
NOTHING_MORE: Mapping[str, str] = MappingProxyType({})


class SlotgraphProcess:
    """One `slotgraph` command with its log in a file; `url` where it serves, empty for a worker."""

    def __init__(self, arguments: Sequence[str], environment: Mapping[str, str], folder: Path, port: int = 0) -> None:
        self.arguments = list(arguments)
        self.environment = dict(environment)
        self.folder = folder
        self.port = port
        self.log_path = folder / f"{arguments[0]}-{port or time.monotonic_ns()}.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Base URL, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}" if self.port else ""

    @property
    def pid(self) -> int:
        """Process id of the command itself."""
        assert self._process is not None
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether the process has not ended yet."""
        return self._process is not None and self._process.poll() is None

    @property
    def log(self) -> str:
        """Everything it has written to standard output and error, over restarts too."""
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def spawn(self) -> None:
        """Start the process and return at once."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.log_path.open("ab") as log:
            self._process = subprocess.Popen(
                [COMMAND, *self.arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,  # so that no .env of a developer is read
                env=self.environment,
                start_new_session=True,
                preexec_fn=leash(),
            )

    async def start(self) -> float:
        """Start and wait until it is ready (a worker: until it says so); returns the seconds this took."""
        started = time.monotonic()
        said = self.log.count(WORKER_STARTED)
        self.spawn()
        await (self.ready() if self.port else self._said_again(said))
        return time.monotonic() - started

    async def _said_again(self, said: int) -> None:
        deadline = time.monotonic() + READY_WITHIN
        while self.log.count(WORKER_STARTED) == said:
            if not self.is_running or time.monotonic() > deadline:
                raise RuntimeError(f"slotgraph {' '.join(self.arguments)} did not start:\n{self.log}")
            await asyncio.sleep(0.02)

    async def ready(self, within: float = READY_WITHIN) -> None:
        """Wait until `/readyz` answers 200; raises RuntimeError with the log when it does not."""
        deadline = time.monotonic() + within
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as client:
            while time.monotonic() < deadline:
                if not self.is_running:
                    raise RuntimeError(f"slotgraph {' '.join(self.arguments)} ended:\n{self.log}")
                try:
                    async with client.get(f"{self.url}/readyz") as answer:
                        if answer.status == 200:
                            return
                except (aiohttp.ClientError, TimeoutError):
                    pass
                await asyncio.sleep(0.05)
        raise RuntimeError(f"slotgraph {' '.join(self.arguments)} was not ready in {within:g} s:\n{self.log}")

    def send(self, sent: signal.Signals) -> None:
        """Send a signal to the command."""
        assert self._process is not None
        self._process.send_signal(sent)

    async def wait(self, within: float = STOP_WITHIN) -> int:
        """Wait for its end; returns the exit status (negative: the signal that killed it)."""
        assert self._process is not None
        return await asyncio.to_thread(self._process.wait, within)

    async def stop(self, within: float = STOP_WITHIN) -> int:
        """End it as an operator would; returns the exit status, raises subprocess.TimeoutExpired when it hangs."""
        if self.is_running:
            self.send(signal.SIGTERM)
        return await self.wait(within)

    def kill(self) -> None:
        """`kill -9` the command and every process it started."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(10)


class Slotgraph:
    """Starts web processes and workers on one database and one Redis, and ends them all with the test."""

    def __init__(self, folder: Path, database_url: str, redis_url: str | None = None) -> None:
        self.folder = folder
        self.database_url = database_url
        self.redis_url = redis_url
        self.defaults = dict(DEFAULTS)
        self.processes: list[SlotgraphProcess] = []

    def environment(self, more: Mapping[str, str]) -> dict[str, str]:
        """What a process gets: the system's paths, the settings of tests, these databases, and `more` on top."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TZ", "TMPDIR") if name in os.environ}
        redis = {"REDIS_URL": self.redis_url} if self.redis_url else {}
        return {**kept, **self.defaults, "DATABASE_URL": self.database_url, **redis, **more}

    async def serve(
        self, *arguments: str, port: int = 0, environment: Mapping[str, str] = NOTHING_MORE
    ) -> SlotgraphProcess:
        """Start `slotgraph serve` on a free port (or this one) and wait until it is ready."""
        port = port or free_port()
        more = ["serve", "--host", "127.0.0.1", "--port", str(port), *arguments]
        process = SlotgraphProcess(more, self.environment(environment), self.folder, port)
        self.processes.append(process)
        await process.start()
        return process

    async def worker(self, *arguments: str, environment: Mapping[str, str] = NOTHING_MORE) -> SlotgraphProcess:
        """Start `slotgraph worker` and wait until it works."""
        process = SlotgraphProcess(["worker", *arguments], self.environment(environment), self.folder)
        self.processes.append(process)
        await process.start()
        return process

    async def run(self, *arguments: str, within: float = 60, environment: Mapping[str, str] = NOTHING_MORE) -> str:
        """Run another command to its end; returns what it prints, raises RuntimeError with that when it fails."""
        self.folder.mkdir(parents=True, exist_ok=True)
        process = await asyncio.create_subprocess_exec(
            COMMAND,
            *arguments,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=self.folder,
            env=self.environment(environment),
            preexec_fn=leash(),
        )
        try:
            output, errors = await asyncio.wait_for(process.communicate(), within)
        except TimeoutError:
            process.kill()
            raise
        if process.returncode != 0:
            said = (output + errors).decode(errors="replace")
            raise RuntimeError(f"slotgraph {' '.join(arguments)}: exit {process.returncode}\n{said}")
        return output.decode()

    async def close(self) -> None:
        """End every process that still runs, kindly first."""
        running = [process for process in self.processes if process.is_running]
        for process in running:
            process.send(signal.SIGTERM)
        await asyncio.gather(*(process.wait(5) for process in running), return_exceptions=True)
        for process in self.processes:
            process.kill()
