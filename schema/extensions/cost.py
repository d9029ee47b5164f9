"""What an operation costs: computed before execution, measured after it, paid from a bucket per caller."""

from dataclasses import dataclass


@dataclass(slots=True)
class CostReport:
    """`extensions.cost` of one operation."""

    requested: int
    actual: int
    limit: int
    remaining: int
    restore_rate: int
    reset_at: float
