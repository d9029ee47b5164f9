"""Our OpenAPI document with real values in it, and as strict about answers as it can be."""

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson

from app.rest.openapi import openapi_document
from app.rest.operation import AnyOperation
from app.rest.v2.operations import OPERATIONS
from app.rest.v2.versions import VERSIONS

Json = dict[str, Any]
Values = Mapping[str, Sequence[Any]]
_REF = "#/components/schemas/"
REFUSALS = ("400", "401", "403", "404", "409", "413", "422", "429")
"""Statuses of errors that a request may bring about; 500 and 503 are none of them."""
_TEXT: Json = {"type": "string"}
_BOOKING_FIELD: Json = {
    "type": "object",
    "required": ["type", "slug"],
    "properties": {
        "type": {"enum": ["name", "email", "text", "number", "select", "multiselect", "checkbox", "phone", "boolean"]},
        "slug": {"enum": ["name", "email", "size", "title", "location", "guests", ""]},
        "label": _TEXT,
        "required": {"type": "boolean"},
        "placeholder": _TEXT,
        "options": {"type": "array", "items": _TEXT},
        "hidden": {"type": "boolean"},
    },
}
_LOCATION: Json = {
    "type": "object",
    "required": ["type"],
    "properties": {
        "type": {"enum": ["address", "link", "integration", "phone", "attendeeAddress", "attendeePhone", "no"]},
        "address": _TEXT,
        "link": {"enum": ["https://meet.example.com/x", "no"]},
        "integration": {"enum": ["cal-video", "zoom", "no"]},
        "phone": {"enum": ["+4930123456", "no"]},
        "public": {"type": "boolean"},
    },
}
_ANSWERS: Json = {
    "type": "object",
    "properties": {
        "name": {"anyOf": [_TEXT, {"type": "object", "properties": {"firstName": _TEXT, "lastName": _TEXT}}]},
        "email": {"enum": ["gus@example.com", "no", ""]},
        "size": {"enum": ["s", "xl", 1]},
        "age": {"type": ["integer", "string"]},
        "guests": {"type": "array", "items": {"enum": ["guest@example.com", "no"]}},
        "location": {"type": "object", "properties": {"value": _TEXT, "optionValue": _TEXT}},
        "attendeePhoneNumber": {"enum": ["+4930123456", "no"]},
    },
}
SHAPES: Mapping[str, Json] = {
    "bookingFields": {"type": "array", "items": _BOOKING_FIELD},
    "locations": {"type": "array", "items": _LOCATION},
    "bookingFieldsResponses": _ANSWERS,
    "responses": {
        **_ANSWERS,
        "required": ["name", "email"],
        "examples": [{"name": "Gus", "email": "gus@example.com", "size": "s"}],
    },
    "slug": {"anyOf": [{"type": "string", "pattern": "^[a-z]{3,12}$"}, _TEXT], "examples": ["a-slug"]},
}
"""Properties that the document leaves open, since what is in them is told by another message."""
LEFT_OUT = frozenset(
    {
        "rescheduleUid",
        "seatUid",
        "seatReferenceUid",
        "lengthInMinutes",
        "duration",
        "slotDuration",
        "phoneNumber",
        "end",
    }
)
"""What most requests do without."""


def oldest_rows() -> list[AnyOperation]:
    """Of every operation the oldest shape."""
    oldest: dict[tuple[str, str], AnyOperation] = {}
    for row in sorted(OPERATIONS, key=lambda row: max(row.versions or [""]), reverse=True):
        oldest[row.method, "/".join("{}" if part[:1] == "{" else part for part in row.path.split("/"))] = row
    return list(oldest.values())


def deep_document(
    rows: Sequence[AnyOperation],
    values: Callable[[str, str, int], Values],
    authorizations: Mapping[str, Sequence[str]],
) -> bytes:
    """The document of these rows: real values by name, who asks as a header, answers with what is named and no more.

    `values` are those of an operation, by method, path and number; `authorizations` those of the header, by its id.
    """
    document = orjson.loads(openapi_document(rows, "http://slotgraph", VERSIONS))
    schemas = document["components"]["schemas"]
    answers = {f"Answer.{name}": _closed(schema) for name, schema in schemas.items()}
    operations = [(path, method, each) for path, item in document["paths"].items() for method, each in item.items()]
    asked: Json = {}
    for number, (path, method, operation) in enumerate(operations):
        who = authorizations.get(operation["operationId"], authorizations[""])
        own = values(method.upper(), path, number)
        _ask(operation, own, who)
        asked |= _own_schemas(operation, schemas, own, number)
    document["components"]["schemas"] = {**answers, **asked, "Error": schemas["Error"]}
    return orjson.dumps(document)


def _ask(operation: Json, values: Values, authorizations: Sequence[str]) -> None:
    del operation["security"]
    # One key would stand for the first request only; the served document is tried with it.
    operation["parameters"] = [each for each in operation["parameters"] if each["name"] != "Idempotency-Key"]
    for parameter in operation["parameters"]:
        window = parameter["in"] == "query" and parameter["name"] == "start"
        parameter["schema"] = _chosen("window" if window else parameter["name"], parameter["schema"], values)
    schema = {"enum": list(authorizations), "examples": list(authorizations[:1])}
    who = {"name": "Authorization", "in": "header", "required": True, "schema": schema}
    operation["parameters"].append(who)
    refused = operation["responses"].pop("default")
    for answer in operation["responses"].values():
        content = answer["content"]["application/json"]
        content["schema"] = _closed(content["schema"])
    operation["responses"] |= {status: copy.deepcopy(refused) for status in REFUSALS}


def _own_schemas(operation: Json, schemas: Json, values: Values, number: int) -> Json:
    """Schemas of the inputs of one operation, under names of its own."""
    prefix = f"Input{number}."
    for place in (operation.get("requestBody", {}), *operation["parameters"]):
        _rename(place, prefix)
    made: Json = {f"{prefix}{name}": _named(schema, values) for name, schema in schemas.items()}
    for schema in made.values():
        _rename(schema, prefix)
    return made


def _rename(value: Any, prefix: str) -> None:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            value["$ref"] = value["$ref"].replace(_REF, f"{_REF}{prefix}")
        for inner in value.values():
            _rename(inner, prefix)
    elif isinstance(value, list):
        for inner in value:
            _rename(inner, prefix)


def _named(schema: Any, values: Values) -> Any:
    """Properties that have names of real things."""
    if isinstance(schema, list):
        return [_named(each, values) for each in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: _named(value, values) for key, value in schema.items()}
    for name, inner in schema.get("properties", {}).items():
        made["properties"][name] = _chosen(name, inner, values)
    return made


def _chosen(name: str, schema: Json, values: Values) -> Json:
    """Real values where there are some of this name: one, or of a list several."""
    if name in SHAPES:
        return copy.deepcopy(SHAPES[name])
    if name not in values:
        return _named(schema, values)  # type: ignore[no-any-return]
    chosen = list(dict.fromkeys(values[name]))
    # What covers all values of one property keeps the first example of every other.
    absent = [None] if {"type": "null"} in schema.get("anyOf", ()) else []
    first = absent if name in LEFT_OUT and absent else chosen[:1]
    is_list = "array" in {schema.get("type"), *(part.get("type") for part in schema.get("anyOf", ()))}
    if is_list:
        one = {"type": "array", "items": {"enum": chosen}, "minItems": 1, "maxItems": 3, "examples": [chosen[:1]]}
        return {"anyOf": [one, {"type": "null"}]} if absent else one
    return {"enum": [*chosen, *absent], "examples": first}


def _closed(schema: Any) -> Any:
    """Objects of answers have the properties that they name and no others."""
    if isinstance(schema, list):
        return [_closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: _closed(value) for key, value in schema.items()}
    if isinstance(made.get("$ref"), str):
        made["$ref"] = made["$ref"].replace(_REF, f"{_REF}Answer.")
    if isinstance(made.get("properties"), dict) and "additionalProperties" not in made:
        made["additionalProperties"] = False
    return made
