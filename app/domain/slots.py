"""Listing free starts (SL)."""

from app.domain.facts import SlotQuery
from app.domain.outcomes import SlotList


def list_slots(query: SlotQuery) -> SlotList:
    """The free starts of a window, in time order, after every rule of AV, BT, SL, RS and TM-1 to TM-3."""
    raise NotImplementedError
