"""Fixtures of the booking services."""

import pytest

from app.db.session import Database
from app.settings import Settings
from tests.services.bookings.desk import Desk


@pytest.fixture
async def desk(settings: Settings, database: Database) -> Desk:
    """An open, empty database and short ways to book in it."""
    return Desk(settings)
