"""Fixtures of the schema tests."""

import pytest

from app.db.session import Database
from app.settings import Settings
from tests.schema.api import Api


@pytest.fixture
async def api(settings: Settings, database: Database) -> Api:
    """The served schema on an open, empty database."""
    return Api(settings)
