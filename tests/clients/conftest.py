"""Clients that were not written by us: installed once into pytest's cache, run as their own processes.

Where the tools or the package registries are missing the tests are skipped and say why; with `CI=true` they fail.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, NoReturn

import httpx
import pytest

from tests.contract import contract
from tests.parts.server import Slotgraph, SlotgraphProcess

HERE = Path(__file__).parent
INSTALL_WITHIN = 150
# Without a registry npm tries for minutes otherwise.
IMPATIENT = ["--fetch-retries", "2", "--fetch-retry-mintimeout", "500", "--fetch-retry-maxtimeout", "3000"]
GENERATOR = "post_hooks: []\npackage_name_override: api_client\n"


@dataclass(frozen=True, slots=True)
class Someone:
    """A person with a key on a running server."""

    url: str
    username: str
    key: str


def missing(reason: str) -> NoReturn:
    """Skip with the reason; in CI that is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def install(command: Sequence[str | Path], folder: Path, environment: Mapping[str, str] | None = None) -> None:
    """Run one step of an installation; a failure is a missing part, with the tool's last words as the reason."""
    merged = {**os.environ, **(environment or {})}
    try:
        done = subprocess.run(
            command, cwd=folder, env=merged, capture_output=True, text=True, timeout=INSTALL_WITHIN, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        missing(f"{command[0]}: {error}")
    if done.returncode:
        missing(f"{' '.join(map(str, command[:4]))}: exit {done.returncode}: {(done.stderr or done.stdout)[-500:]}")


def kept(config: pytest.Config, make: Callable[[Path], None], *sources: Path) -> Path:
    """The folder that `make` has filled from these files, in this run or an earlier one."""
    said = sha256(b"".join([sys.version.encode(), *(source.read_bytes() for source in sources)])).hexdigest()
    assert config.cache is not None
    folder = config.cache.mkdir(f"client-{make.__name__}-{said[:16]}")
    if not (folder / "made").exists():
        shutil.rmtree(folder)
        folder.mkdir()
        make(folder)
        (folder / "made").touch()
    return folder


def install_python(requirements: Path, folder: Path) -> None:
    """Install pinned packages into a folder of their own, beside the packages of the development environment."""
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--disable-pip-version-check"]
    install([*pip, "--target", folder, "-r", requirements], folder)


def install_npm(source: Path, folder: Path) -> None:
    """Fill a folder with `node_modules` as the `package-lock.json` of `source` pins them."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        missing("the npm clients need node and npm on the PATH")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(source / name, folder)
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--omit-lockfile-registry-resolved"]
    install([npm, "ci", *quiet, *IMPATIENT], folder)


@pytest.fixture(scope="session")
def npm_clients(pytestconfig: pytest.Config) -> Path:
    """The folder that has `@calcom/sdk`."""

    def sdk(folder: Path) -> None:
        install_npm(HERE, folder)

    return kept(pytestconfig, sdk, HERE / "package-lock.json")


@pytest.fixture(scope="session")
def booker(pytestconfig: pytest.Config) -> Path:
    """The folder that has `@calcom/atoms`, and what shows its pages."""

    def atoms(folder: Path) -> None:
        install_npm(HERE / "booker", folder)

    return kept(pytestconfig, atoms, HERE / "booker" / "package-lock.json")


@pytest.fixture(scope="session")
def mcp_client(pytestconfig: pytest.Config) -> Path:
    """The folder that has the package `calcom_mcp_for_customers` and its framework."""
    requirements = HERE / "mcp_requirements.txt"

    def mcp(folder: Path) -> None:
        install_python(requirements, folder)

    return kept(pytestconfig, mcp, requirements)


@pytest.fixture(scope="session")
def python_client(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that has the package `api_client`, generated from the documented API v2 as we correct it."""
    if not contract.is_here():
        pytest.skip(contract.ABSENT)  # it stands outside of the project
    requirements = HERE / "requirements.txt"

    def generator(folder: Path) -> None:
        install_python(requirements, folder)

    tools, folder = kept(pytestconfig, generator, requirements), tmp_path_factory.mktemp("python-client")
    (folder / "generator.yml").write_text(GENERATOR)
    (folder / "document.json").write_text(json.dumps(contract.corrected_document()))
    generate = [sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none"]
    chosen = ["--config", "generator.yml", "--path", "document.json"]
    made = folder / "made"
    install([*generate, *chosen, "--output-path", made / "api_client"], folder, {"PYTHONPATH": str(tools)})
    return made


@pytest.fixture
async def ann(slotgraph: Slotgraph, server: SlotgraphProcess) -> Someone:
    """A person in Berlin who works from Monday to Friday, 09:00-17:00."""
    made = await slotgraph.run(
        "user", "create", "--email", "ann@example.com", "--username", "ann", "--name", "Ann",
        "--password", "a-good-password", "--time-zone", "Europe/Berlin", "--api-key",
    )  # fmt: skip
    return Someone(server.url, "ann", json.loads(made)["apiKey"])


async def make_event_type(ann: Someone, **more: Any) -> int:
    """A meeting of half an hour."""
    headers = {"Authorization": f"Bearer {ann.key}", "cal-api-version": "2024-06-14"}
    body = {"title": "Intro", "slug": "intro", "lengthInMinutes": 30, **more}
    async with httpx.AsyncClient(base_url=ann.url, headers=headers) as http:
        answer = await http.post("/v2/event-types", json=body)
    assert answer.status_code == 201, answer.text
    made: int = answer.json()["data"]["id"]
    return made


def run_client(command: Sequence[str | Path], environment: Mapping[str, str], told: str = "") -> Any:
    """What a client prints as JSON; fails with what it says when it breaks off."""
    done = subprocess.run(
        command, input=told, env={**os.environ, **environment}, capture_output=True, text=True, timeout=150, check=False
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout)
