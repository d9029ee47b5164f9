"""`scripts/setup.sh` on machines that lack something: it says what, and changes nothing."""

import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "setup.sh"
TOOLS = ("sh", "dirname", "cat", "cksum", "rm")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with the script, and a PATH folder `bin` with no Python yet."""
    (tmp_path / "scripts").mkdir()
    shutil.copy(SCRIPT, tmp_path / "scripts")
    (tmp_path / "bin").mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found is not None
        (tmp_path / "bin" / tool).symlink_to(found)
    return tmp_path


def set_up(checkout: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [checkout / "scripts" / "setup.sh", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": str(checkout / "bin")},
    )


def fake_python(checkout: Path, name: str, body: str) -> None:
    path = checkout / "bin" / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


def test_without_python_says_what_is_needed(checkout: Path) -> None:
    done = set_up(checkout)
    assert done.returncode == 1
    assert done.stderr.startswith("Slotgraph needs Python 3.11 or newer with its venv module, and found none.\n")
    assert not (checkout / ".venv").exists()


def test_too_old_a_python_counts_as_none(checkout: Path) -> None:
    fake_python(checkout, "python3", "exit 1  # what the version test of an old one answers")
    assert "needs Python 3.11 or newer" in set_up(checkout).stderr


def test_a_newer_python_beside_an_old_python3_is_taken(checkout: Path) -> None:
    fake_python(checkout, "python3", "exit 1")
    fake_python(checkout, "python3.12", '[ "$1" = --version ] && echo "Python 3.12.0"; [ "$1" != -m ]')
    done = set_up(checkout)
    assert "Making .venv with Python 3.12.0" in done.stdout
    assert done.returncode != 0  # the made-up Python makes no venv


def test_unknown_argument_is_refused_before_anything_happens(checkout: Path) -> None:
    done = set_up(checkout, "everything")
    assert (done.returncode, done.stderr) == (2, "usage: scripts/setup.sh [runtime|all]\n")
