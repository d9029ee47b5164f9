"""Fixtures of the service tests."""

import pytest

from app.db.session import Database
from app.settings import Settings
from tests.services.slots.world import World


@pytest.fixture
async def world(settings: Settings, database: Database) -> World:
    """An open, empty database and short ways to fill it."""
    return World(settings)
