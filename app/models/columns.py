"""Columns that Tortoise has otherwise."""

from typing import Any

from tortoise import fields
from tortoise.fields.data import T_STR
from tortoise.models import Model

from app.errors import UNSTORABLE, InvalidInputError


class CharField(fields.CharField[T_STR]):
    """A text of at most so many characters; looking for a longer one finds nothing instead of being an error.

    Tortoise checks what is looked for like what is written; it gives the class of the rows then, not one of them.
    NUL characters are refused on every database: PostgreSQL takes none.
    """

    def to_db_value(self, value: Any, instance: type[Model] | Model) -> Any:
        """The text to write (raises ValidationError when it is too long) or to look for; raises InvalidInputError."""
        if isinstance(value, str) and "\0" in value:
            raise InvalidInputError(UNSTORABLE)
        return value if isinstance(instance, type) else super().to_db_value(value, instance)
