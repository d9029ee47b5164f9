"""Fields that show an attribute of the service view behind an object, said once and read without a call.

A type that has `view` declares such a field as `title: str = viewed("title", "Title.")`. The resolver made here is what
any executor calls; a compiled selection (`schema/executor/compiled.py`) reads the attribute itself.
"""

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Final

import strawberry

VIEWED: Final = "viewed"
"""Where a field's metadata has its `Viewed`."""

Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Viewed:
    """The field shows `view.<attribute>`, converted if there is something to convert."""

    attribute: str
    convert: Convert | None = None


def viewed(attribute: str, description: str, convert: Convert | None = None) -> Any:
    """A field that shows this attribute of the object's view; `convert` must be free of side effects.

    An Enum class as `convert` makes members of stored values. Raises ValueError for what is no attribute's name.
    """
    if not attribute.isidentifier():
        raise ValueError(f"{attribute!r} is not the name of an attribute")
    metadata = {VIEWED: Viewed(attribute, convert)}
    return strawberry.field(resolver=_resolver(attribute, convert), description=description, metadata=metadata)


def _resolver(attribute: str, convert: Convert | None) -> Callable[[Any], Any]:
    read = attrgetter(f"view.{attribute}")
    if convert is None:

        def show(self: Any) -> Any:
            return read(self)

        return show

    def show_converted(self: Any) -> Any:
        return convert(read(self))

    return show_converted
