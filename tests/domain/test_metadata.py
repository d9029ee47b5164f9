"""Limits of metadata."""

from typing import Any

import pytest

from app.domain.metadata import check_metadata


@pytest.mark.parametrize(
    "metadata",
    [
        pytest.param({}, id="BK-3 empty"),
        pytest.param({f"k{index}": "v" for index in range(50)}, id="BK-3 50 keys"),
        pytest.param({"k" * 40: "v" * 500}, id="BK-3 longest key and text"),
        pytest.param({"a": 1, "b": 1.5, "c": True}, id="BK-3 numbers and booleans pass"),
    ],
)
def test_good_metadata(metadata: dict[str, Any]) -> None:
    assert check_metadata(metadata) == ()


@pytest.mark.parametrize(
    ("metadata", "field", "reason"),
    [
        pytest.param([], "metadata", "Metadata must be an object.", id="BK-3 list"),
        pytest.param(
            {f"k{index}": "v" for index in range(51)},
            "metadata",
            "Metadata must have at most 50 keys.",
            id="BK-3 51 keys",
        ),
        pytest.param(
            {"k" * 41: 1},
            f"metadata.{'k' * 41}",
            "Metadata keys must be texts of at most 40 characters.",
            id="BK-3 key of 41 characters",
        ),
        pytest.param(
            {"a": "v" * 501}, "metadata.a", "Metadata values must be at most 500 characters.", id="BK-3 long text"
        ),
        pytest.param(
            {"a": {"b": 1}}, "metadata.a", "Metadata values must be texts, numbers or booleans.", id="BK-3 nested"
        ),
        pytest.param({"a": None}, "metadata.a", "Metadata values must be texts, numbers or booleans.", id="BK-3 null"),
    ],
)
def test_bad_metadata(metadata: object, field: str, reason: str) -> None:
    assert [(fault.field, fault.reason) for fault in check_metadata(metadata)] == [(field, reason)]
