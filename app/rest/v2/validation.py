"""What is wrong with an input, in the form that clients of the documented API read (AU-31, BK-1).

Each wrong property is an object `{property, constraints: {name: text}, children: [...]}`.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'")


class WrongInputError(Exception):
    """A body or query does not fit its model; `errors` are the wrong properties."""

    def __init__(self, errors: Sequence[Mapping[str, Any]]) -> None:
        super().__init__("Bad Request Exception")
        self.errors = list(errors)

    def joined(self) -> str:
        """Everything in one line, as some resources answer it (BK-1)."""
        return _joined(self.errors)


def wrong(constraint: str, message: str) -> PydanticCustomError:
    """For validators of models: `raise wrong("isTimeZone", "$property must be ...")`."""
    return PydanticCustomError(constraint, "{text}", {"text": message})


def wrong_input(error: ValidationError, model: type[BaseModel], given: Any) -> WrongInputError:
    """The wrong properties of a failed validation, nested as the input is."""
    root: dict[str, Any] = {"children": []}
    for detail in error.errors(include_url=False, include_input=False):
        path = _path(detail["loc"], given)
        node = root
        for name in path or ["input"]:
            node = _child(node, name)
        name, text = _constraint(detail, model, path)
        node.setdefault("constraints", {})[name] = text.replace("$property", path[-1] if path else "input")
    return WrongInputError(root["children"])


def single(property_: str, constraint: str, message: str) -> WrongInputError:
    """One wrong property, by its dotted path."""
    root: dict[str, Any] = {"children": []}
    node = root
    for name in property_.split("."):
        node = _child(node, name)
    node["constraints"] = {constraint: message}
    return WrongInputError(root["children"])


def _child(node: dict[str, Any], name: str) -> dict[str, Any]:
    for child in node["children"]:
        if child["property"] == name:
            return child  # type: ignore[no-any-return]
    child = {"property": name, "children": []}
    node["children"].append(child)
    return child


def _path(loc: Sequence[int | str], given: Any) -> list[str]:
    """The location without the tags that pydantic puts in for unions."""
    path: list[str] = []
    current = given
    for part in loc:
        if isinstance(current, dict) and part not in current and part == current.get("type"):
            continue
        path.append(str(part))
        current = _inside(current, part)
    return path


def _inside(current: Any, part: int | str) -> Any:
    if isinstance(current, dict):
        return current.get(part)
    if isinstance(current, list) and isinstance(part, int) and part < len(current):
        return current[part]
    return None


def _constraint(detail: ErrorDetails, model: type[BaseModel], path: list[str]) -> tuple[str, str]:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "missing":
        kind = _MISSING.get(_expected(model, path), "missing")
    if "text" in context:
        return kind, str(context["text"])
    name, text = _TEXTS.get(kind, ("isValid", detail["msg"]))
    if kind in {"literal_error", "enum"}:
        context = {"expected": _choices(str(context.get("expected", "")))}
    try:
        return name, text.format(**context)
    except (KeyError, IndexError):
        return name, text


def _choices(expected: str) -> str:
    """`'a', 'b' or 'c'` and `12 or 24` as plain lists."""
    return ", ".join(_QUOTED.findall(expected)) or expected.replace(" or ", ", ")


def _expected(model: Any, path: list[str]) -> Any:
    """The plain type of the field at `path`; None when it cannot be told."""
    annotation: Any = model
    for name in path:
        annotation = _plain(annotation)
        if name.isdecimal() and get_origin(annotation) in {list, tuple}:
            annotation = get_args(annotation)[0]
        elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
            fields = {field.alias or key: field.annotation for key, field in annotation.model_fields.items()}
            annotation = fields.get(name)
        else:
            return None
    annotation = _plain(annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return dict
    return get_origin(annotation) or annotation


def _plain(annotation: Any) -> Any:
    while True:
        arguments = [argument for argument in get_args(annotation) if argument is not type(None)]
        if hasattr(annotation, "__metadata__") or (len(arguments) == 1 and type(None) in get_args(annotation)):
            annotation = arguments[0]
        else:
            return annotation


_MISSING: Mapping[Any, str] = {
    str: "string_type",
    int: "int_type",
    float: "float_type",
    bool: "bool_type",
    list: "list_type",
    tuple: "list_type",
    dict: "dict_type",
    datetime: "datetime_type",
}
_STRING = ("isString", "$property must be a string")
_INT = ("isInt", "$property must be an integer number")
_NUMBER = ("isNumber", "$property must be a number conforming to the specified constraints")
_BOOLEAN = ("isBoolean", "$property must be a boolean value")
_ARRAY = ("isArray", "$property must be an array")
_OBJECT = ("isObject", "$property must be an object")
_DATE = ("isDateString", "$property must be a valid ISO 8601 date string")
_ENUM = ("isEnum", "$property must be one of the following values: {expected}")
_TEXTS: Mapping[str, tuple[str, str]] = {
    "missing": ("isDefined", "$property should not be null or undefined"),
    "string_type": _STRING,
    "string_unicode": _STRING,
    "int_type": _INT,
    "int_parsing": _INT,
    "int_parsing_size": _INT,
    "int_from_float": _INT,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": _NUMBER,
    "bool_type": _BOOLEAN,
    "bool_parsing": _BOOLEAN,
    "list_type": _ARRAY,
    "tuple_type": _ARRAY,
    "dict_type": _OBJECT,
    "datetime_type": _DATE,
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "literal_error": _ENUM,
    "enum": _ENUM,
    "greater_than_equal": ("min", "$property must not be less than {ge}"),
    "greater_than": ("min", "$property must be greater than {gt}"),
    "less_than_equal": ("max", "$property must not be greater than {le}"),
    "less_than": ("max", "$property must be less than {lt}"),
    "string_too_short": ("minLength", "$property must be longer than or equal to {min_length} characters"),
    "string_too_long": ("maxLength", "$property must be shorter than or equal to {max_length} characters"),
    "string_pattern_mismatch": ("matches", "$property must match {pattern} regular expression"),
    "too_short": ("arrayMinSize", "$property must contain at least {min_length} elements"),
    "too_long": ("arrayMaxSize", "$property must contain no more than {max_length} elements"),
    "extra_forbidden": ("whitelistValidation", "property $property should not exist"),
}


def _joined(errors: Sequence[Mapping[str, Any]]) -> str:
    lines = []
    for error in errors:
        constraints = ", ".join(error.get("constraints", {}).values())
        lines.append(f"{error['property']} property is wrong,{constraints} {_joined(error['children'])}")
    return ", ".join(lines)
