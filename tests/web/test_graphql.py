"""What the log says of GraphQL operations."""

import logging
from datetime import timedelta

import httpx
import pytest

from app.main import create_app
from app.settings import Settings


@pytest.mark.parametrize(
    ("changes", "query", "warnings"),
    [
        ({}, "{ __typename }", []),
        ({"slow_operation": timedelta(microseconds=1)}, "query Who { __typename }", ["slow operation: query Who took"]),
        ({"slow_operation": timedelta(0)}, "query Who { __typename }", []),
        ({"environment": "production"}, "query Who { __typename }", []),
        ({"environment": "production"}, "{ __typename }", ["a query without a name"]),
        ({"environment": "production"}, "{ nothing }", []),
    ],
)
async def test_slow_and_nameless_operations_are_warnings(
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
    changes: dict[str, object],
    query: str,
    warnings: list[str],
) -> None:
    """Both name the operation's kind and nothing of its values."""
    app = create_app(settings.model_copy(update=changes))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://slotgraph") as client,
    ):
        await client.post("/graphql", json={"query": query})
    told = [record.message for record in caplog.records if record.name == "app.web.graphql"]
    assert [record.levelno for record in caplog.records if record.name == "app.web.graphql"] == [logging.WARNING] * len(
        warnings
    )
    assert len(told) == len(warnings)
    assert all(text.startswith(start) for text, start in zip(told, warnings, strict=True)), told
