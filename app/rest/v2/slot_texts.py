"""Free slots as JSON: the core's ready texts are joined, nothing is made of a slot but its own few characters."""

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from app.domain.outcomes import SeatInfo
from app.services.slots.views import SlotsView


def times_by_date(view: SlotsView, start: str) -> orjson.Fragment:
    """`{"2026-05-05": [{start: text}]}`; `start` is the key."""
    between = f'"}},{{"{start}":"'
    days = [f'"{day}":[{{"{start}":"{between.join(texts)}"}}]' for day, texts in view.days.items()]
    return orjson.Fragment(f"{{{','.join(days)}}}")


def ranges_by_date(view: SlotsView, start: str, end: str) -> orjson.Fragment:
    """`{"2026-05-05": [{start: text, end: text}]}`; `start` and `end` are the keys."""
    ends = iter(view.end_texts)
    days = []
    for day, texts in view.days.items():
        slots = [f'{{"{start}":"{first}","{end}":"{last}"}}' for first, last in zip(texts, ends, strict=False)]
        days.append(f'"{day}":[{",".join(slots)}]')
    return orjson.Fragment(f"{{{','.join(days)}}}")


def seated_by_date(
    view: SlotsView, start: str, end: str | None, seats: Callable[[SeatInfo], Mapping[str, Any]]
) -> dict[str, list[dict[str, Any]]]:
    """As the others, each slot with its seats; no `end` key, no ends."""
    ends, seconds = iter(view.end_texts), iter(view.starts)
    days: dict[str, list[dict[str, Any]]] = {}
    for day, texts in view.days.items():
        slots = days[day] = []
        for first, last, second in zip(texts, ends, seconds, strict=False):
            info = view.seats.get(second)
            slot = {start: first} if end is None else {start: first, end: last}
            slots.append({**slot, **seats(info)} if info is not None else slot)
    return days
