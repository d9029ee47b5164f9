"""The servers that are measured: one process each, started and ended here."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from tests.parts.processes import free_port, is_listening, leash

QUIET = ("--no-access-log", "--log-level", "warning", "--loop", "uvloop", "--http", "httptools")
ENVIRONMENT = {
    "LOG_FORMAT": "json",
    "LOG_LEVEL": "WARNING",
    "SECRET_KEY": "a-secret-key-that-only-benchmarks-use",
    "RATE_LIMIT_API_KEY": "0",
    "RATE_LIMIT_ACCESS_TOKEN": "0",
    "RATE_LIMIT_CLIENT": "0",
    "RATE_LIMIT_IP": "0",
    "GRAPHQL_COST_RESTORE_RATE": "1000000000",
    "GRAPHQL_COST_LIMIT": "1000000000",
    "GRAPHQL_MAX_PAGE": "250",
    "GRAPHQL_MAX_SOCKETS_PER_TOKEN": "100000",
    "GRAPHQL_MAX_SOCKETS_PER_IP": "100000",
    "DATABASE_POOL_MAX": "32",
}


@dataclass
class Server:
    """One uvicorn worker; `boot_seconds` is how long it took until it listened."""

    application: str
    database_url: str
    factory: bool = False
    run_worker: bool = False
    port: int = 0
    boot_seconds: float = 0.0

    def __enter__(self) -> Self:
        self.port = free_port()
        arguments = [self.application, "--port", str(self.port), *QUIET, *(("--factory",) if self.factory else ())]
        extra = {"DATABASE_URL": self.database_url, "RUN_WORKER": str(self.run_worker).lower()}
        started = time.perf_counter()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "uvicorn", *arguments],
            env={**os.environ, **ENVIRONMENT, **extra},
            preexec_fn=leash(),  # noqa: PLW1509 no thread of ours runs yet
        )
        while not is_listening(self.port):
            if self._process.poll() is not None:
                raise RuntimeError(f"{self.application} did not start")
            time.sleep(0.02)
        self.boot_seconds = time.perf_counter() - started
        return self

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
