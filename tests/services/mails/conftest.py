"""Fixtures of the mail services."""

import pytest

from app.db.session import Database
from app.settings import Settings
from tests.services.mails.post import Post


@pytest.fixture
async def post(settings: Settings, database: Database) -> Post:
    """An open, empty database, a desk to book at, and a post office."""
    return Post(settings)
