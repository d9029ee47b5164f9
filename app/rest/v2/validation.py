"""What is wrong with an input, in the form that clients of the documented API read (AU-31, BK-1).

Each wrong property is an object `{property, constraints: {name: text}, children: [...]}`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any, Final, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from app.errors import FieldFault
from app.rest.v2 import constraints as says
from app.rest.v2.constraints import Constraint, Told
from app.rest.v2.places import Place, find

WIDEST: Final = 2**31 - 1
"""The bounds of the database's numbers are nobody's constraint."""


class WrongInputError(Exception):
    """A body or query does not fit its model; `errors` are the wrong properties."""

    def __init__(self, errors: Sequence[Mapping[str, Any]]) -> None:
        super().__init__("Bad Request Exception")
        self.errors = list(errors)

    def joined(self) -> str:
        """Everything in one line, as some resources answer it (BK-1)."""
        return _joined(self.errors)


def wrong(constraint: Constraint) -> PydanticCustomError:
    """For validators of models: `raise wrong(TIME_ZONE)`."""
    return PydanticCustomError(constraint.name, "{text}", {"text": constraint.text})


def wrong_input(error: ValidationError, model: type[BaseModel]) -> WrongInputError:
    """The wrong properties of a failed validation, nested as the input is."""
    root: dict[str, Any] = {"children": []}
    for detail in error.errors(include_url=False):
        place = find(model, detail["loc"])
        for constraint in _broken(detail, place):
            _note(root, place.path, constraint)
    return WrongInputError(root["children"])


def single(path: Sequence[str], constraint: Constraint) -> WrongInputError:
    """One wrong property, by its path."""
    root: dict[str, Any] = {"children": []}
    _note(root, path, constraint)
    return WrongInputError(root["children"])


def told_by_service(faults: Sequence[FieldFault]) -> WrongInputError:
    """The wrong properties as a service found them."""
    root: dict[str, Any] = {"children": []}
    for fault in faults:
        _note(root, fault.path, says.of_service(fault.code, fault.message))
    return WrongInputError(root["children"])


def text_of(message: str, faults: Sequence[FieldFault]) -> str:
    """The text of an error of a service; where it is that of its first fault it names the property."""
    if not faults or faults[0].message != message:
        return message
    first = told_by_service(faults[:1]).errors[0]
    while first["children"]:
        first = first["children"][0]
    return str(next(iter(first["constraints"].values())))


def _note(root: dict[str, Any], path: Sequence[str], constraint: Constraint) -> None:
    """An element of a list is told as `each value in` the list; objects in it have a place of their own."""
    property_ = path[-1] if path else "input"
    if len(path) > 1 and path[-1].isdecimal():
        property_, constraint = path[-2], constraint.each()
        path = path if constraint.name == says.NESTED.name else path[:-1]
    node = root
    for name in path or ["input"]:
        node = _child(node, name)
    node.setdefault("constraints", {}).setdefault(constraint.name, constraint.about(property_))


def _child(node: dict[str, Any], name: str) -> dict[str, Any]:
    for child in node["children"]:
        if child["property"] == name:
            return child  # type: ignore[no-any-return]
    child = {"property": name, "children": []}
    node["children"].append(child)
    return child


def _broken(detail: ErrorDetails, place: Place) -> list[Constraint]:
    """A wrong value breaks one constraint; a value of the wrong kind, or none, all that the property has."""
    context = detail.get("ctx", {})
    if "text" in context:
        return [Constraint(detail["type"], str(context["text"]))]
    made = _OF_VALUES.get(detail["type"])
    if made is not None:
        return [made(context)]
    is_absent = detail["type"] == "missing" or detail["input"] is None
    return list(_of_kind(place, is_absent=is_absent))


def _of_kind(place: Place, *, is_absent: bool) -> Iterable[Constraint]:
    if place.is_model:
        yield says.OBJECT if is_absent and not "".join(place.path[-1:]).isdecimal() else says.NESTED
        return
    told = next((rule.constraints for rule in reversed(place.rules) if isinstance(rule, Told)), None)
    if told is None and place.element is not None:
        if is_absent and not place.element.is_model:
            yield from (each.each() for each in _of_kind(place.element, is_absent=True))
        yield says.ARRAY
        return
    yield from _bounds(place)
    yield from told or (_plain(place.kind),)


def _bounds(place: Place) -> Iterable[Constraint]:
    for name, make in (
        ("le", says.at_most), ("ge", says.at_least), ("max_length", says.not_longer), ("min_length", says.not_shorter),
    ):  # fmt: skip
        for rule in place.rules:
            bound = getattr(rule, name, None)
            if bound is not None and abs(bound) < WIDEST:
                yield make(bound)


def _plain(kind: Any) -> Constraint:
    """What a plain type says of a value that is not of it."""
    if get_origin(kind) is Literal:
        return says.one_of(get_args(kind))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return says.one_of(member.value for member in kind)
    return _PLAIN.get(get_origin(kind) or kind, says.DEFINED)


_PLAIN: Final[Mapping[Any, Constraint]] = {
    str: says.STRING,
    int: says.INT,
    float: says.NUMBER,
    bool: says.BOOLEAN,
    dict: says.OBJECT,
    date: says.DATE_STRING,
    datetime: says.DATE_STRING,
}
_OF_VALUES: Final[Mapping[str, Callable[[Mapping[str, Any]], Constraint]]] = {
    "int_from_float": lambda _: says.INT,
    "finite_number": lambda _: says.NUMBER,
    "greater_than_equal": lambda context: says.at_least(context["ge"]),
    "less_than_equal": lambda context: says.at_most(context["le"]),
    "string_too_short": lambda context: says.not_shorter(context["min_length"]),
    "string_too_long": lambda context: says.not_longer(context["max_length"]),
    "too_short": lambda context: says.not_fewer(context["min_length"]),
    "too_long": lambda context: says.not_more(context["max_length"]),
    "extra_forbidden": lambda _: says.UNKNOWN,
}


def _joined(errors: Sequence[Mapping[str, Any]]) -> str:
    lines = []
    for error in errors:
        constraints = ", ".join(error.get("constraints", {}).values())
        lines.append(f"{error['property']} property is wrong,{constraints} {_joined(error['children'])}")
    return ", ".join(lines)
