"""Enums of the core, registered as GraphQL enums with a description for every value."""

from collections.abc import Mapping
from enum import Enum
from typing import TypeVar

import strawberry

E = TypeVar("E", bound=type[Enum])


def describe_enum(enum: E, *, name: str, description: str, values: Mapping[str, str]) -> E:
    """Register `enum` under `name`; `values` describes every member by name.

    Raises TypeError when a member is left out or does not exist: the schema is fully described (see `schema/sdl.py`).
    """
    if set(enum.__members__) != set(values):
        raise TypeError(f"{name}: describe exactly {sorted(enum.__members__)}, got {sorted(values)}")
    registered = strawberry.enum(enum, name=name, description=description)
    for value in registered.__strawberry_definition__.values:  # type: ignore[attr-defined]
        value.description = values[value.name]
    return registered
