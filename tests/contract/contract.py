"""The documented API v2: its operations and schemas, corrected, for validating what we answer.

The documents stand outside of the project, in the folder that SLOTGRAPH_SHARED names (default `../shared`).
"""

import copy
import csv
import json
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

from tests.contract.corrections import CORRECTED_PROPERTIES, CORRECTED_SCHEMAS, DATA_IS

FOLDER = Path(os.environ.get("SLOTGRAPH_SHARED") or Path(__file__).parents[3] / "shared") / "contract"
METHODS = ("get", "post", "put", "patch", "delete")
ABSENT = f"the documented contract is not at {FOLDER}; set SLOTGRAPH_SHARED to the folder that holds it"


@dataclass(frozen=True, slots=True)
class Documented:
    """One operation of the contract: where it is, which group it belongs to and what it answers by status."""

    method: str
    path: str
    operation_id: str
    answers: dict[int, Any]


def is_here() -> bool:
    """Whether the contract can be read on this machine."""
    return (FOLDER / "openapi-v2.json").exists()


@cache
def operations() -> dict[str, Documented]:
    """All operations by id."""
    found = {}
    for path, item in _document()["paths"].items():
        for method in METHODS:
            if method in item:
                row = _documented(method, path, item[method])
                found[row.operation_id] = row
    return found


@cache
def groups() -> dict[str, str]:
    """The published group of each operation id; those the reference leaves out are `verified-resources`."""
    with (FOLDER / "operations.tsv").open(encoding="utf-8") as lines:
        published = {row["operationId"]: row["group"] for row in csv.DictReader(lines, delimiter="\t")}
    return {name: published.get(name, "verified-resources") for name in operations()}


def faults(operation_id: str, status: int, answer: Any) -> list[str]:
    """What of an answer does not fit the documented schema; a status that is not documented is a fault."""
    documented = operations()[operation_id]
    if status not in documented.answers:
        return [f"status {status} is not documented, only {sorted(documented.answers)}"]
    errors = _validator(operation_id, status).iter_errors(answer)
    return [f"{'.'.join(map(str, error.instance_path))}: {error.message}" for error in errors]


@cache
def _validator(operation_id: str, status: int) -> Any:
    schema = operations()[operation_id].answers[status]
    return jsonschema_rs.Draft202012Validator({**schema, "components": {"schemas": _schemas()}})


def corrected_document() -> dict[str, Any]:
    """The whole document with its corrected schemas, as OpenAPI 3.1, for programs that make clients of it."""
    document = {**copy.deepcopy(_document()), "openapi": "3.1.0", "components": {"schemas": _schemas()}}
    for item in document["paths"].values():
        for method in item.keys() & set(METHODS):
            operation = item[method]
            if (name := operation["operationId"]) in DATA_IS:
                for answer in operation["responses"].values():
                    answer["content"] = {"application/json": {"schema": _enveloped(DATA_IS[name])}}
    return document


def _documented(method: str, path: str, operation: dict[str, Any]) -> Documented:
    name = operation["operationId"]
    answers = {
        int(status): _plain(answer.get("content", {}).get("application/json", {}).get("schema", {}))
        for status, answer in operation["responses"].items()
    }
    if name in DATA_IS:
        answers = {status: _enveloped(DATA_IS[name]) for status in answers}
    return Documented(method.upper(), path, name, answers)


def _enveloped(data: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["status", "data"],
        "properties": {"status": {"const": "success"}, "data": data},
    }


@cache
def _document() -> dict[str, Any]:
    return json.loads((FOLDER / "openapi-v2.json").read_text(encoding="utf-8"))  # type: ignore[no-any-return]


@cache
def _schemas() -> dict[str, Any]:
    schemas: dict[str, Any] = {name: _plain(schema) for name, schema in _document()["components"]["schemas"].items()}
    for name, schema in CORRECTED_SCHEMAS.items():
        assert name in schemas, name
        schemas[name] = schema
    for (name, key), schema in CORRECTED_PROPERTIES.items():
        schemas[name]["properties"][key] = schema
    return schemas


def _plain(schema: Any) -> Any:
    """An OpenAPI 3.0 schema as JSON schema, with the corrections that hold everywhere."""
    if isinstance(schema, list):
        return [_plain(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {key: _plain(value) for key, value in schema.items() if key not in {"nullable", "example", "pattern"}}
    if "oneOf" in plain:  # its variants overlap
        plain["anyOf"] = plain.pop("oneOf")
        plain.pop("discriminator", None)
    if plain.get("type") == "array":
        plain.pop("enum", None)  # belongs to the items
    properties = plain.get("properties")
    if isinstance(properties, dict):
        # What is not required may be null as well as absent.
        needed = set(plain.get("required", ()))
        plain["properties"] = {key: value if key in needed else _or_null(value) for key, value in properties.items()}
    return _or_null(plain) if schema.get("nullable") is True else plain


def _or_null(schema: Any) -> Any:
    return {"anyOf": [schema, {"type": "null"}]}
