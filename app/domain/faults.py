"""What the core answers when an input has things wrong with it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with an input: the field (API name, dotted for nested ones) and the reason."""

    field: str
    reason: str
