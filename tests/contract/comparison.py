"""What our own description of an operation has against the documented one: parameters, bodies and answers."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import orjson

from app.rest.openapi import openapi_document
from app.rest.operation import AnyOperation
from app.rest.v2.versions import VERSIONS
from tests.contract import contract

Schema = Mapping[str, Any]
DEPTH = 6
_REF = "#/components/schemas/"
# Headers that say who asks: our description has a security scheme for them.
_WHO = frozenset({"authorization", "x-cal-secret-key", "x-cal-client-id"})
_TYPES = {bool: "boolean", str: "string", int: "number", float: "number", dict: "object", list: "array"}


class Described:
    """One operation of one document."""

    def __init__(self, document: Schema, operation: Schema) -> None:
        self._schemas: Schema = document["components"]["schemas"]
        self.operation = operation

    @property
    def parameters(self) -> dict[tuple[str, str], Schema]:
        """By where they are and what they are called."""
        return {(each["in"], _bare(each["name"])): each for each in self.operation.get("parameters", ())}

    @property
    def body(self) -> Schema:
        """The schema of the body."""
        content: Schema = self.operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        return content.get("schema", {})  # type: ignore[no-any-return]

    def answer(self, status: str) -> Schema:
        """The schema of an answer."""
        content: Schema = self.operation["responses"][status].get("content", {}).get("application/json", {})
        return content.get("schema", {})  # type: ignore[no-any-return]

    def variants(self, schema: Schema) -> list[Schema]:
        """The plain schemas that one stands for; all parts of an `allOf` are taken as variants of one value."""
        if "$ref" in schema:
            return self.variants(self._schemas[schema["$ref"].removeprefix(_REF)])
        parts = [*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())]
        own = {key: value for key, value in schema.items() if key not in {"anyOf", "oneOf", "allOf"}}
        found = [own] if own.keys() & {"type", "properties", "enum", "const"} else []
        return found + [plain for part in parts for plain in self.variants(part)]

    def types(self, schema: Schema) -> set[str]:
        """JSON types of a value, but for null; empty when anything goes."""
        found: set[str] = set()
        for plain in self.variants(schema):
            values = [plain["const"]] if "const" in plain else plain.get("enum", ())
            named = plain.get("type", [_TYPES[type(value)] for value in values if value is not None])
            found |= {named} if isinstance(named, str) else set(named)
        return {"number" if each == "integer" else each for each in found} - {"null"}

    def properties(self, schema: Schema) -> dict[str, Schema]:
        """Properties of an object, of all its variants."""
        found: dict[str, list[Schema]] = {}
        for plain in self.variants(schema):
            for name, inner in plain.get("properties", {}).items():
                found.setdefault(name, []).append(inner)
        return {name: {"anyOf": inner} for name, inner in found.items()}

    def needed(self, schema: Schema) -> set[str]:
        """Properties that every variant requires; of an `allOf`, those that any part does."""
        if "$ref" in schema:
            return self.needed(self._schemas[schema["$ref"].removeprefix(_REF)])
        found = set(schema.get("required", ()))
        for part in schema.get("allOf", ()):
            found |= self.needed(part)
        for key in ("anyOf", "oneOf"):
            objects = [part for part in schema.get(key, ()) if "object" in self.types(part)]
            found |= set.intersection(*(self.needed(part) for part in objects)) if objects else set()
        return found

    def items(self, schema: Schema) -> Schema | None:
        """What a list holds."""
        found = [plain["items"] for plain in self.variants(schema) if plain.get("items")]
        return {"anyOf": found} if found else None


def ours(row: AnyOperation) -> Described:
    """A row as our document describes it when it is alone there."""
    document = orjson.loads(openapi_document([row], "http://slotgraph", VERSIONS))
    return Described(document, document["paths"][row.path][row.method.lower()])


@cache
def theirs(operation_id: str) -> Described:
    """An operation as it is documented, corrected."""
    document = contract.corrected_document()
    found = contract.operations()[operation_id]
    return Described(document, document["paths"][found.path][found.method.lower()])


def differences(row: AnyOperation) -> Iterator[str]:
    """All, each as `where: what`."""
    mine, documented = ours(row), theirs(row.operation_id)
    yield from _parameters(mine, documented)
    if documented.body:
        yield from _inputs(mine, mine.body, documented, documented.body, "body")
    for status in documented.operation["responses"]:
        if documented.answer(status):
            yield from _outputs(mine, mine.answer(status), documented, documented.answer(status), "answer")


def _is_text(mine: Described, parameter: Schema) -> bool:
    """Whether a text is how it is written: numbers in paths and queries are, and lists with commas."""
    types = mine.types(parameter["schema"])
    return types <= {"string", "number"} or (types == {"array"} and parameter.get("explode") is False)


def _bare(name: str) -> str:
    return name.removesuffix("[]")


def _parameters(mine: Described, documented: Described) -> Iterator[str]:
    for key, parameter in documented.parameters.items():
        where = f"{key[0]} {key[1]}"
        if key[1].lower() in _WHO:
            continue
        if (own := mine.parameters.get(key)) is None:
            yield f"{where}: missing"
            continue
        if documented.types(parameter["schema"]) != {"string"} or not _is_text(mine, own):
            yield from _narrower(documented, parameter["schema"], mine, own["schema"], where)
    for (place, name), own in mine.parameters.items():
        there = documented.parameters.get((place, name), {"required": place == "path"})
        if own["required"] and not there["required"]:
            yield f"{place} {name}: required"


def _inputs(
    mine: Described, own: Schema, documented: Described, there: Schema, where: str, depth: int = 0
) -> Iterator[str]:
    """What may be sent by the documents must be in ours, and ours may not need more."""
    if depth > DEPTH:
        return
    own_properties = mine.properties(own)
    for name, schema in documented.properties(there).items():
        here = f"{where}.{name}"
        if name not in own_properties:
            yield f"{here}: missing"
            continue
        yield from _narrower(documented, schema, mine, own_properties[name], here)
        yield from _inputs(mine, own_properties[name], documented, schema, here, depth + 1)
    if own_properties:
        for name in sorted(mine.needed(own) - documented.needed(there)):
            yield f"{where}.{name}: required"
    if (items := documented.items(there)) and (own_items := mine.items(own)):
        yield from _inputs(mine, own_items, documented, items, f"{where}[]", depth + 1)


def _outputs(
    mine: Described, own: Schema, documented: Described, there: Schema, where: str, depth: int = 0
) -> Iterator[str]:
    """What the documents require must be in ours, as a type that they know."""
    if depth > DEPTH:
        return
    yield from _narrower(mine, own, documented, there, where)
    own_properties, needed = mine.properties(own), documented.needed(there)
    for name, schema in documented.properties(there).items():
        if name in own_properties:
            yield from _outputs(mine, own_properties[name], documented, schema, f"{where}.{name}", depth + 1)
            if name in needed and name not in mine.needed(own):
                yield f"{where}.{name}: not always there"
        elif name in needed and own_properties:
            yield f"{where}.{name}: missing"
    if (items := documented.items(there)) and (own_items := mine.items(own)):
        yield from _outputs(mine, own_items, documented, items, f"{where}[]", depth + 1)


def _narrower(small: Described, inner: Schema, wide: Described, outer: Schema, where: str) -> Iterator[str]:
    """Every type of the one must be a type of the other."""
    known, types = wide.types(outer), small.types(inner)
    if known and types - known:
        yield f"{where}: {', '.join(sorted(types))} against {', '.join(sorted(known))}"
