"""Our own description of the API, OpenAPI 3.1, made from the rows: what is served and what is described are one."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, get_type_hints

import orjson
from pydantic import TypeAdapter, ValidationError
from pydantic.json_schema import GenerateJsonSchema

from app.rest.operation import AnyOperation, Auth, Shape

_REF = "#/components/schemas/{model}"
_PARAMETER = re.compile(r"\{(\w+)\}")
_ABOUT = (
    "Scheduling for people: event types, schedules, slots, bookings and webhooks. Send an API key as "
    "`Authorization: Bearer cal_...`, the shape you want as `cal-api-version`, and with every POST that must not "
    "happen twice an `Idempotency-Key`."
)
_ERROR: Mapping[str, Any] = {
    "type": "object",
    "required": ["status", "timestamp", "path", "error"],
    "properties": {
        "status": {"const": "error"},
        "timestamp": {"type": "string", "format": "date-time"},
        "path": {"type": "string"},
        "error": {
            "type": "object",
            "required": ["code", "message", "details"],
            "properties": {"code": {"type": "string"}, "message": {"type": "string"}, "details": {"type": "object"}},
        },
    },
}
# Path parameters that are numbers.
NUMBERS = frozenset({"eventTypeId", "scheduleId", "userId", "teamId", "orgId", "membershipId"})
_NUMBER: Mapping[str, Any] = {"type": "integer", "minimum": 1, "maximum": 2**31 - 1}
_TEXT: Mapping[str, Any] = {"type": "string", "minLength": 1}
# Lists are read with commas as well as repeated names; the documents call them texts.
_COMMAS: Mapping[str, Any] = {"style": "form", "explode": False}
# `calendarsToLoad[0][credentialId]=1`
_BRACKETS: Mapping[str, Any] = {"style": "deepObject", "explode": True}
_FAILURE = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}


def openapi_document(operations: Iterable[AnyOperation], server: str, versions: Sequence[str]) -> bytes:
    """The document as JSON. Of several shapes of one operation it describes the newest, and the answers of all.

    `versions` are the known ones, oldest first; the oldest is served to who names none (VR-1).
    """
    shapes: dict[tuple[str, str], list[AnyOperation]] = {}
    for row in operations:
        # Shapes of one operation may call what is in the path differently.
        shapes.setdefault((_PARAMETER.sub("{}", row.path), row.method), []).append(row)
    schemas = _Schemas([row for rows in shapes.values() for row in rows])
    paths: dict[str, dict[str, Any]] = {}
    for rows in shapes.values():
        rows.sort(key=_newest, reverse=True)
        paths.setdefault(rows[0].path, {})[rows[0].method.lower()] = _operation(rows, schemas, versions)
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Slotgraph API v2", "version": "2", "description": _ABOUT},
        "servers": [{"url": server}],
        "paths": paths,
        "components": {
            "schemas": {"Error": _ERROR, **schemas.named},
            "securitySchemes": {"apiKey": {"type": "http", "scheme": "bearer", "description": "An API key, `cal_...`"}},
        },
    }
    return orjson.dumps(document)


def _without_null(schema: Mapping[str, Any]) -> dict[str, Any]:
    """What a query can say: a parameter that is absent is not null."""
    plain = {key: value for key, value in schema.items() if key != "anyOf" and (key, value) != ("default", None)}
    parts = [part for part in schema.get("anyOf", ()) if part != {"type": "null"}]
    return {**plain, **parts[0]} if len(parts) == 1 else {**plain, "anyOf": parts} if parts else plain


def _newest(row: AnyOperation) -> str:
    return max(row.versions or ("",))


class _Untitled(GenerateJsonSchema):
    """Properties have their names; a title made of those says nothing more."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        """Never."""
        return False


class _Schemas:
    """JSON schemas of everything rows read and render, made at once so that equal names do not collide."""

    def __init__(self, rows: list[AnyOperation]) -> None:
        bodies = {row.body: TypeAdapter(row.body) for row in rows if row.body is not None}
        renders = {row.render: TypeAdapter(get_type_hints(row.render).get("return", Any)) for row in rows}
        inputs: list[Any] = [
            *((body, "validation", adapter) for body, adapter in bodies.items()),
            *((render, "serialization", adapter) for render, adapter in renders.items()),
        ]
        self._found, shared = TypeAdapter.json_schemas(inputs, ref_template=_REF, schema_generator=_Untitled)
        self._definitions: dict[str, Any] = dict(shared.get("$defs", {}))
        self._rows = rows

    @property
    def named(self) -> dict[str, Any]:
        """What the document names; models of queries have come apart into parameters."""
        queries = {self.body(row).get("$ref") for row in self._rows if row.reads_query and row.body is not None}
        return {name: schema for name, schema in self._definitions.items() if _REF.format(model=name) not in queries}

    def body(self, row: AnyOperation) -> dict[str, Any]:
        """The model of the body."""
        return self._found[row.body, "validation"] if row.body is not None else {"type": "object"}

    def query(self, row: AnyOperation) -> list[dict[str, Any]]:
        """The model of the query, one parameter a field."""
        if row.body is None:
            return []
        model = self._resolved(self.body(row))
        needed = set(model.get("required", ()))
        found = {name: _without_null(schema) for name, schema in model.get("properties", {}).items()}
        return [
            {"name": name, "in": "query", "required": name in needed, "schema": schema, **self._style(schema)}
            for name, schema in found.items()
        ]

    def _style(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """How lists and objects are written in a query."""
        is_list = schema.get("type") == "array"
        if self._resolved(schema["items"] if is_list else schema).get("type") == "object":
            return _BRACKETS
        return _COMMAS if is_list else {}

    def answer(self, row: AnyOperation) -> dict[str, Any]:
        """The envelope around what the row renders."""
        status = {"const": "success"}
        if row.shape is Shape.STATUS:
            return {"type": "object", "required": ["status"], "properties": {"status": status}}
        data = self._found[row.render, "serialization"]
        if row.shape is Shape.KEYS:
            return {"allOf": [{"type": "object", "properties": {"status": status}, "required": ["status"]}, data]}
        return {"type": "object", "required": ["status", "data"], "properties": {"status": status, "data": data}}

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        name = schema.get("$ref", "").rpartition("/")[2]
        return self._definitions[name] if name else schema


def _operation(rows: list[AnyOperation], schemas: _Schemas, versions: Sequence[str]) -> dict[str, Any]:
    row = rows[0]
    described: dict[str, Any] = {
        "operationId": row.operation_id,
        "summary": row.summary or row.operation_id,
        "tags": [row.tag] if row.tag else [],
        "parameters": [*_parameters(row, versions), *(schemas.query(row) if row.reads_query else [])],
        "responses": {**_successes(rows, schemas), "default": {"description": "What is wrong", **_FAILURE}},
        "security": [{"apiKey": []}] if row.auth is Auth.REQUIRED else [{"apiKey": []}, {}],
        "x-graphql-field": row.field,
    }
    if len(rows) > 1:
        older = ", ".join(sorted(version for other in rows[1:] for version in other.versions or ()))
        described["description"] = f"Older shapes are served to `cal-api-version` {older}."
    if not row.reads_query:
        described["requestBody"] = {
            "required": not _may_be_empty(row),
            "content": {"application/json": {"schema": schemas.body(row)}},
        }
    return described


def _may_be_empty(row: AnyOperation) -> bool:
    """Whether no body at all, which is read as an empty object, is a good one."""
    try:
        return row.body is None or row.body.model_validate({}) is not None
    except ValidationError:
        return False


def _successes(rows: list[AnyOperation], schemas: _Schemas) -> dict[str, Any]:
    """By status, the answers of the newest shape and of older ones."""
    answers: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        answers.setdefault(row.status, []).append(schemas.answer(row))
    return {
        str(status): {
            "description": "Success",
            "content": {"application/json": {"schema": found[0] if len(found) == 1 else {"anyOf": found}}},
        }
        for status, found in answers.items()
    }


def _parameters(row: AnyOperation, versions: Sequence[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": _NUMBER if name in NUMBERS else _TEXT}
        for name in _PARAMETER.findall(row.path)
    ]
    if row.versions:
        schema = {"type": "string", "enum": sorted(row.versions)}
        required = versions[0] not in row.versions
        found.append({"name": "cal-api-version", "in": "header", "required": required, "schema": schema})
    if row.method == "POST":
        key = {"type": "string", "minLength": 1, "maxLength": 255}
        found.append({"name": "Idempotency-Key", "in": "header", "required": False, "schema": key})
    return found
