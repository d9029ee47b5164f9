"""One column of a query, typed."""

from typing import Any, cast

from tortoise.queryset import QuerySet


async def numbers(query: QuerySet[Any], column: str) -> list[int]:
    """The values of an integer column."""
    return cast(list[int], list(await query.values_list(column, flat=True)))
