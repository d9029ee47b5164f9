"""How each database spells JSON: the slots statements answer with one JSON text per database row."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from app.db.raw import Sql


@dataclass(frozen=True, slots=True)
class JsonDialect:
    """The JSON functions of one database."""

    array: str
    group: str
    sorts_groups: bool
    keep: str

    def listing(self, subquery: str) -> str:
        """A JSON list made by a subquery that aggregates; `[]` when it finds nothing."""
        return f"coalesce({self.keep}(({subquery})), {self.keep}('[]'::json))"

    def nested(self, expression: str) -> str:
        """JSON that comes out of a subquery and goes into another document; SQLite would quote it as text."""
        return f"{self.keep}({expression})"

    def grouped(self, expression: str, order: str) -> str:
        """A JSON list of a group; where groups cannot be ordered they keep the order of the subquery they read."""
        return f"{self.group}({expression} ORDER BY {order})" if self.sorts_groups else f"{self.group}({expression})"


_POSTGRES: Final = JsonDialect("json_build_array", "json_agg", sorts_groups=True, keep="to_json")
_SQLITE: Final = JsonDialect("json_array", "json_group_array", sorts_groups=False, keep="json")


def both(build: Callable[[JsonDialect], str]) -> Sql:
    """The statement in both spellings."""
    return Sql(postgres=build(_POSTGRES), sqlite=build(_SQLITE))
