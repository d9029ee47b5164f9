"""Why a start is offered or not, from the very functions that decide it."""

from app.domain.facts import SlotQuery
from app.domain.outcomes import RuleOutcome


def explain_start(query: SlotQuery, start_s: int, host_id: int | None = None) -> list[RuleOutcome]:
    """Every rule that speaks about this start, in the order of deciding; all hosts, or only `host_id`."""
    raise NotImplementedError
