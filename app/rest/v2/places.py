"""Where in a model an error of pydantic lies: the property, its kind, and what its annotation says of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args, get_origin

from pydantic import AliasChoices, BaseModel, RootModel
from pydantic.fields import FieldInfo


@dataclass(frozen=True, slots=True)
class Place:
    """`path` as clients write it, `kind` its plain type."""

    path: tuple[str, ...]
    kind: Any
    rules: tuple[Any, ...] = ()

    @property
    def is_model(self) -> bool:
        """Whether an object with properties of its own belongs here."""
        return isinstance(self.kind, type) and issubclass(self.kind, BaseModel)

    @property
    def element(self) -> "Place | None":
        """Any element of the list that belongs here; None where no list does."""
        if get_origin(self.kind) not in {list, tuple} or not get_args(self.kind):
            return None
        return _place((*self.path, "0"), get_args(self.kind)[0])


def find(model: type[BaseModel], location: Sequence[int | str]) -> Place:
    """The place of a pydantic location, without the tags that pydantic puts in for unions."""
    place = _place((), model)
    for part in location:
        place = _inside(place, part) or place
    return place


def _place(path: tuple[str, ...], annotation: Any, rules: Sequence[Any] = ()) -> Place:
    kind, more = _unwrapped(annotation)
    return Place(path, kind, (*more, *rules))


def _inside(place: Place, part: int | str) -> Place | None:
    if place.is_model:
        field = _fields(place.kind).get(str(part))
        path = (*place.path, str(part))
        return _place(path, field.annotation, field.metadata) if field is not None else Place(path, Any)
    if place.element is not None and isinstance(part, int):
        return _place((*place.path, str(part)), get_args(place.kind)[0])
    return None


def _fields(model: type[BaseModel]) -> Mapping[str, FieldInfo]:
    return {_alias(name, field): field for name, field in model.model_fields.items()}


def _alias(name: str, field: FieldInfo) -> str:
    alias = field.validation_alias
    if isinstance(alias, AliasChoices):
        alias = alias.choices[0]
    return str(alias or name)


def _unwrapped(annotation: Any) -> tuple[Any, list[Any]]:
    """The plain type, and what `Annotated` says of it on the way there; null is as good as absent."""
    rules: list[Any] = []
    while True:
        arguments = [argument for argument in get_args(annotation) if argument is not type(None)]
        if hasattr(annotation, "__metadata__"):
            for rule in annotation.__metadata__:
                rules += rule.metadata if isinstance(rule, FieldInfo) else [rule]
            annotation = arguments[0]
        elif len(arguments) == 1 and type(None) in get_args(annotation):
            annotation = arguments[0]
        elif isinstance(annotation, type) and issubclass(annotation, RootModel):
            annotation = annotation.model_fields["root"].annotation
        else:
            return annotation, rules
