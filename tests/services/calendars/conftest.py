"""A world of rows on this test's own database."""

from typing import TYPE_CHECKING

import pytest

from app.settings import Settings
from tests.services.slots.world import World

if TYPE_CHECKING:
    from app.db.session import Database


@pytest.fixture
async def world(settings: Settings, database: "Database") -> World:
    """Makes people, event types and bookings; the clock stands at 2026-05-01T00:00Z."""
    return World(settings)
