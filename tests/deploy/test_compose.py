"""No engine runs here, so what would be built and started is read and held against the program itself."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.settings import Settings

ROOT = Path(__file__).parents[2]
COMMAND = Path(sys.executable).with_name("slotgraph")
OURS = ["migrate", "web-1", "web-2", "worker"]
READ_BY_LIBRARIES = {"FORWARDED_ALLOW_IPS"}


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    """The services of docker-compose.yml."""
    services: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    return services


@pytest.fixture(scope="module")
def steps() -> list[tuple[str, str]]:
    """The Dockerfile as (instruction, arguments), with continued lines joined."""
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    lines = (line.strip() for line in text.splitlines())
    pairs = (line.partition(" ") for line in lines if line and not line.startswith("#"))
    return [(instruction, arguments.strip()) for instruction, _, arguments in pairs]


def options(words: list[str]) -> list[str]:
    return [word for word in words if word.startswith("--")]


def help_of(command: str) -> str:
    """What `slotgraph COMMAND --help` prints, without colours and at a width that breaks no name."""
    done = subprocess.run(
        [COMMAND, command, "--help"],
        capture_output=True,
        text=True,
        check=True,
        env={"COLUMNS": "200", "TERM": "dumb", "NO_COLOR": "1"},
    )
    return re.sub(r"\x1b\[[0-9;]*m", "", done.stdout)


def test_two_web_replicas_and_one_worker_over_postgres_and_redis(services: dict[str, Any]) -> None:
    assert set(services) == {*OURS, "postgres", "redis", "mail", "proxy"}
    assert services["web-1"] == services["web-2"]
    assert services["web-1"]["environment"]["DATABASE_URL"].startswith("postgres://")
    assert services["web-1"]["environment"]["REDIS_URL"] == "redis://redis:6379/0"


@pytest.mark.parametrize("service", OURS)
def test_commands_exist_with_their_options(services: dict[str, Any], service: str) -> None:
    command, *arguments = services[service]["command"]
    printed = help_of(command)
    assert [option for option in options(arguments) if option not in printed] == []


@pytest.mark.parametrize("service", OURS)
def test_environment_is_read_by_the_program(services: dict[str, Any], service: str) -> None:
    known = {name.upper() for name in Settings.model_fields} | READ_BY_LIBRARIES
    assert set(services[service]["environment"]) - known == set()


def test_every_lasting_service_has_a_health_check(services: dict[str, Any]) -> None:
    from_image = {"web-1", "web-2"}  # the HEALTHCHECK of the Dockerfile
    lasting = set(services) - from_image - {"migrate"}
    assert {name for name in lasting if not services[name].get("healthcheck", {}).get("test")} == set()


def test_nothing_serves_before_the_migrations_are_applied(services: dict[str, Any]) -> None:
    for name in ("web-1", "web-2", "worker"):
        assert services[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    assert services["migrate"]["depends_on"]["postgres"] == {"condition": "service_healthy"}


def test_only_the_proxy_and_the_mails_are_published_and_only_here(services: dict[str, Any]) -> None:
    published = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert published == {"proxy": ["127.0.0.1:8000:8000"], "mail": ["127.0.0.1:8025:8025"]}


def test_one_worker_works_and_the_replicas_do_not(services: dict[str, Any]) -> None:
    works = {name: services[name]["environment"]["RUN_WORKER"] for name in OURS}
    assert works == {"migrate": "false", "web-1": "false", "web-2": "false", "worker": "true"}


def test_grace_period_outlasts_our_shutdown(services: dict[str, Any]) -> None:
    ours = Settings.model_fields["shutdown_grace"].default.total_seconds()
    assert int(services["web-1"]["stop_grace_period"].removesuffix("s")) > ours + 2


def test_images_are_pinned_to_a_version(services: dict[str, Any], steps: list[tuple[str, str]]) -> None:
    images = [service["image"] for service in services.values() if "build" not in service]
    images += [arguments.split()[0] for instruction, arguments in steps if instruction == "FROM"]
    assert [image for image in images if not re.search(r":v?\d", image)] == []


def test_image_is_built_in_stages_and_runs_as_nobody_special(steps: list[tuple[str, str]]) -> None:
    instructions = [instruction for instruction, _ in steps]
    assert instructions.count("FROM") == 2
    users = [arguments for instruction, arguments in steps if instruction == "USER"]
    assert users == ["slotgraph"]
    assert instructions.index("USER") < instructions.index("ENTRYPOINT")
    assert {"HEALTHCHECK", "STOPSIGNAL", "EXPOSE"} <= set(instructions)


def test_image_installs_by_hash_and_keeps_no_build_tools(steps: list[tuple[str, str]]) -> None:
    runs = [arguments for instruction, arguments in steps if instruction == "RUN"]
    assert any("--require-hashes" in run for run in runs)
    assert [run for run in runs if "apt-get" in run or "curl" in run] == []


def test_what_is_copied_exists_and_is_let_through_by_dockerignore(steps: list[tuple[str, str]]) -> None:
    copied = [arguments.split()[:-1] for instruction, arguments in steps if instruction == "COPY"]
    sources = {source for each in copied for source in each if not each[0].startswith("--from")}
    let_through = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert sources == let_through
    assert [source for source in sources if not (ROOT / source).exists()] == []


def test_entry_point_and_default_command_exist(steps: list[tuple[str, str]]) -> None:
    last = {
        instruction: yaml.safe_load(arguments)
        for instruction, arguments in steps
        if instruction in {"ENTRYPOINT", "CMD"}
    }
    assert last["ENTRYPOINT"] == ["slotgraph"]
    command, *arguments = last["CMD"]
    printed = help_of(command)
    assert [option for option in options(arguments) if option not in printed] == []


def test_example_environment_names_what_the_program_reads() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    named = {match[1] for line in lines if (match := re.match(r"(?:# )?([A-Z][A-Z0-9_]+)=", line))}
    assert named - {name.upper() for name in Settings.model_fields} == set()
    assert {"DATABASE_URL", "REDIS_URL", "PUBLIC_URL", "SECRET_KEY", "LOG_FORMAT"} <= named
