"""Fixtures of the tests of API v2."""

import pytest

from app.settings import Settings
from tests.contract.client import ContractClient
from tests.rest.v2.booking_desk import BookingDesk
from tests.services.slots.world import World


@pytest.fixture
def desk(rest: ContractClient, settings: Settings) -> BookingDesk:
    """Short ways to book."""
    return BookingDesk(rest, World(settings))
