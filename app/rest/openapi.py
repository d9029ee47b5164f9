"""Our own description of the API, OpenAPI 3.1, made from the rows: what is served and what is described are one."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, get_type_hints

import orjson
from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, models_json_schema

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
            "required": ["code", "message"],
            "properties": {"code": {"type": "string"}, "message": {"type": "string"}, "details": {"type": "object"}},
        },
    },
}
_FAILURE = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}


def openapi_document(operations: Iterable[AnyOperation], server: str) -> bytes:
    """The document as JSON. Of several shapes of one operation it describes the newest."""
    newest: dict[tuple[str, str], AnyOperation] = {}
    for row in operations:
        other = newest.get((row.path, row.method))
        if other is None or max(row.versions or ("",)) > max(other.versions or ("",)):
            newest[row.path, row.method] = row
    schemas = _Schemas(list(newest.values()))
    paths: dict[str, dict[str, Any]] = {}
    for (path, method), row in newest.items():
        paths.setdefault(path, {})[method.lower()] = _operation(row, schemas)
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Slotgraph API v2", "version": "2", "description": _ABOUT},
        "servers": [{"url": server}],
        "paths": paths,
        "components": {
            "schemas": {"Error": _ERROR, **schemas.definitions},
            "securitySchemes": {"apiKey": {"type": "http", "scheme": "bearer", "description": "An API key, `cal_...`"}},
        },
    }
    return orjson.dumps(document)


class _Schemas:
    """JSON schemas of all models: bodies and queries by model, answers by row."""

    def __init__(self, rows: list[AnyOperation]) -> None:
        models = sorted({row.body for row in rows if row.body is not None}, key=lambda model: model.__name__)
        found, shared = models_json_schema([(model, "validation") for model in models], ref_template=_REF)
        self.definitions: dict[str, Any] = dict(shared.get("$defs", {}))
        self._bodies = {model: schema for (model, _), schema in found.items()}

    def body(self, row: AnyOperation) -> dict[str, Any]:
        """The model of the body."""
        return self._bodies[row.body] if row.body is not None else {"type": "object"}

    def query(self, row: AnyOperation) -> list[dict[str, Any]]:
        """The model of the query, one parameter a field."""
        if row.body is None:
            return []
        model = self.definitions.get(row.body.__name__, {})
        needed = set(model.get("required", ()))
        return [
            {"name": name, "in": "query", "required": name in needed, "schema": schema}
            for name, schema in model.get("properties", {}).items()
        ]

    def answer(self, row: AnyOperation) -> dict[str, Any]:
        """The envelope around what the row renders."""
        status = {"const": "success"}
        if row.shape is Shape.STATUS:
            return {"type": "object", "required": ["status"], "properties": {"status": status}}
        data = self._rendered(row)
        if row.shape is Shape.KEYS:
            return {"allOf": [{"type": "object", "properties": {"status": status}, "required": ["status"]}, data]}
        return {"type": "object", "required": ["status", "data"], "properties": {"status": status, "data": data}}

    def _rendered(self, row: AnyOperation) -> dict[str, Any]:
        returned = get_type_hints(row.render).get("return", Any)
        schema = TypeAdapter(returned).json_schema(
            mode="serialization", ref_template=_REF, schema_generator=GenerateJsonSchema
        )
        self.definitions.update(schema.pop("$defs", {}))
        return schema


def _operation(row: AnyOperation, schemas: _Schemas) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": row.operation_id,
        "summary": row.summary or row.operation_id,
        "tags": [row.tag] if row.tag else [],
        "parameters": [*_parameters(row), *(schemas.query(row) if row.reads_query else [])],
        "responses": {
            str(row.status): {
                "description": "Success",
                "content": {"application/json": {"schema": schemas.answer(row)}},
            },
            "default": {"description": "What is wrong", **_FAILURE},
        },
        "security": [{"apiKey": []}] if row.auth is Auth.REQUIRED else [{"apiKey": []}, {}],
        "x-graphql-field": row.field,
    }
    if not row.reads_query:
        schema = schemas.body(row)
        described["requestBody"] = {
            "required": row.body is not None,
            "content": {"application/json": {"schema": schema}},
        }
    return described


def _parameters(row: AnyOperation) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for name in _PARAMETER.findall(row.path)
    ]
    if row.versions:
        schema = {"type": "string", "enum": sorted(row.versions)}
        found.append({"name": "cal-api-version", "in": "header", "required": True, "schema": schema})
    if row.method == "POST":
        key = {"type": "string", "minLength": 1, "maxLength": 255}
        found.append({"name": "Idempotency-Key", "in": "header", "required": False, "schema": key})
    return found
