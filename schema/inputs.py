"""What input types of several resources share."""

from typing import Annotated, Any, TypeVar

import strawberry

from app.services.unset import UNSET, Unset

Value = TypeVar("Value")

Id = Annotated[strawberry.ID, strawberry.argument(description="Opaque id.")]


def given(value: Any) -> Any:
    """The value of a `Maybe` input field, UNSET when it was left out."""
    return UNSET if value is None else value.value


def given_as(value: Any, convert: Any) -> Any:
    """As `given`, converted; an explicit null stays None."""
    plain: Any | Unset = given(value)
    return plain if plain is UNSET or plain is None else convert(plain)
