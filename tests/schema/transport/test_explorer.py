"""The explorer's page: examples about the coming days, nothing from elsewhere."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import orjson
import pytest
from graphql import build_schema, parse, validate
from graphql.execution.values import get_variable_values
from graphql.language import OperationDefinitionNode

from schema.app import schema
from schema.transport.explorer import FOLDER, example_tabs, explorer_page, with_days

FRIDAY = date(2026, 11, 27)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@today+0", "2026-11-27T00:00:00Z"),
        ("@today+14", "2026-12-11T00:00:00Z"),
        ("@weekday+0T10:00:00Z", "2026-11-27T10:00:00Z"),
        ("@weekday+1T10:00:00Z", "2026-11-30T10:00:00Z"),
        ("@weekday+2T10:00:00Z", "2026-11-30T10:00:00Z"),
        ("someone@today.example", "someone@today.example"),
    ],
)
def test_days_of_examples_lie_ahead(text: str, expected: str) -> None:
    assert with_days(text, FRIDAY) == expected


def test_the_page_carries_one_tab_per_example() -> None:
    page = explorer_page(datetime(2026, 11, 27, 12, tzinfo=UTC)).decode()
    found = re.search(r'<script type="application/json" id="examples">(.*?)</script>', page)
    assert found
    tabs = orjson.loads(found[1])
    assert len(tabs) == len(list((FOLDER / "examples").glob("*.graphql"))) >= 3
    assert any("subscription" in tab["query"] for tab in tabs)
    assert all(orjson.loads(tab["variables"]) for tab in tabs)
    assert "@today" not in page


def test_no_example_can_end_its_script_element() -> None:
    assert b"</script>" not in orjson.dumps(example_tabs(FRIDAY)).replace(b"<", b"\\u003c")


def test_the_bundle_is_small_and_licensed() -> None:
    size = sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file())
    assert size < 3_000_000
    assert "react-dom" in (FOLDER / "LICENSES.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", sorted((FOLDER / "examples").glob("*.graphql")), ids=lambda path: path.stem)
def test_every_example_fits_the_served_schema(path: Path) -> None:
    served = build_schema(schema.as_str())
    document = parse(path.read_text(encoding="utf-8"))
    assert validate(served, document) == []
    operation = next(node for node in document.definitions if isinstance(node, OperationDefinitionNode))
    variables = orjson.loads(with_days(path.with_suffix(".json").read_text(encoding="utf-8"), FRIDAY))
    assert isinstance(get_variable_values(schema._schema, operation.variable_definitions or (), variables), tuple)
