"""What the tools cannot say about the tree, said once."""

import ast
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(path for top in ("app", "schema") for path in (ROOT / top).rglob("*.py"))
LOCKS = ["requirements.lock", "requirements-dev.lock"]


def pins(lock: str) -> dict[str, str]:
    """Name to version of everything in a lock file."""
    return dict(re.findall(r"^([a-z0-9._-]+)==([^ ;]+)", (ROOT / lock).read_text(), flags=re.MULTILINE))


def imported_modules(path: Path) -> set[str]:
    """Top-level names of what a file imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


def test_the_graphql_folder_hides_no_package() -> None:
    assert list((ROOT / "graphql").rglob("*.py")) == []


def test_every_folder_of_code_is_a_package() -> None:
    folders = {path.parent for path in SOURCES}
    assert [str(folder) for folder in folders if not (folder / "__init__.py").exists()] == []


@pytest.mark.parametrize("path", sorted((ROOT / "app" / "domain").rglob("*.py")), ids=lambda path: path.stem)
def test_the_core_imports_itself_and_the_standard_library_only(path: Path) -> None:
    allowed = {"app.domain"} | sys.stdlib_module_names
    foreign = {name for name in imported_modules(path) if name.split(".")[0] not in allowed}
    assert {name for name in foreign if not (name + ".").startswith("app.domain.")} == set()


def test_files_stay_readable() -> None:
    too_long = {str(path.relative_to(ROOT)): lines for path in SOURCES if (lines := path.read_text().count("\n")) > 400}
    assert too_long == {}


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_name_no_place_and_hash_everything(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert re.findall(r"https?://|file:|--index|--find-links|^/", text, flags=re.MULTILINE) == []
    entries = re.split(r"\n(?=[a-z])", text.strip())
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_the_development_lock_holds_every_runtime_pin() -> None:
    runtime, development = (pins(lock) for lock in LOCKS)
    assert {name: version for name, version in runtime.items() if development.get(name) != version} == {}
