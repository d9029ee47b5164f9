"""How each database spells JSON: statements answer with one JSON text per event type, host or booking."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from app.db.raw import Sql


@dataclass(frozen=True, slots=True)
class JsonDialect:
    """The JSON functions of one database. `keep` marks text as JSON, which SQLite forgets across subqueries.

    `instant` writes an instant as microseconds since the epoch, or leaves it the text that it is on SQLite.
    """

    array: str
    group: str
    keep: str
    sorts_groups: bool
    elements: str
    element: str
    instant: str

    def listing(self, subquery: str) -> str:
        """A JSON list made by a subquery that aggregates; `[]` when it finds nothing."""
        return f"coalesce({self.keep}(({subquery})), {self.keep}('[]'::json))"

    def grouped(self, expression: str, order: str) -> str:
        """A JSON list of a group; where groups cannot be ordered they keep the order of the subquery they read."""
        return f"{self.group}({expression} ORDER BY {order})" if self.sorts_groups else f"{self.group}({expression})"

    def item(self, row: str, index: int) -> str:
        """One item of a JSON list as text, `row` being a row of `elements`."""
        return self.element.format(row=row, index=index)


_POSTGRES: Final = JsonDialect(
    array="json_build_array",
    group="json_agg",
    keep="to_json",
    sorts_groups=True,
    elements="json_array_elements({parameter}::text::json)",
    element="({row}.value->>{index})",
    instant="(extract(epoch FROM {}) * 1000000)::bigint",
)
_SQLITE: Final = JsonDialect(
    array="json_array",
    group="json_group_array",
    keep="json",
    sorts_groups=False,
    elements="json_each({parameter})",
    element="json_extract({row}.value, '$[{index}]')",
    instant="{}",
)


def both(build: Callable[[JsonDialect], str]) -> Sql:
    """The statement in both spellings."""
    return Sql(postgres=build(_POSTGRES), sqlite=build(_SQLITE))
