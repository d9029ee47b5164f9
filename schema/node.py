"""Global ids and the fields `node` and `nodes`."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any

import strawberry

from app.errors import ErrorCode, SlotgraphError
from schema.context import Context, Info

MAX_NODES = 100
NODE_ID = "Opaque id, unique over all types; it never changes."
"""Description of the field `id`."""

NodeLoader = Callable[[Context, Sequence[str]], Awaitable[Sequence[Any]]]
"""Given internal ids (text), answers one object or None per id, in their order.

None for a missing object and for one that the caller may not see alike.
"""


class InvalidIdError(SlotgraphError):
    """Not an id of this API, or an id of another type."""

    code = ErrorCode.INVALID_ID


class TooManyIdsError(SlotgraphError):
    """More ids than one `nodes` field takes."""

    code = ErrorCode.PAGE_SIZE


@strawberry.interface(description="An object that can be fetched again by its id.")
class Node:
    """Types implement it by filling `id` with `global_id(...)` in their `from_view`, or by a field that makes it."""

    id: strawberry.ID = strawberry.field(description=NODE_ID)


def global_id(type_name: str, internal_id: object) -> strawberry.ID:
    """The opaque id of an object: base64url of `Type:id` without padding."""
    return strawberry.ID(urlsafe_b64encode(f"{type_name}:{internal_id}".encode()).decode("ascii").rstrip("="))


def read_global_id(text: str) -> tuple[str, str]:
    """Type name and internal id; raises InvalidIdError for anything that `global_id` did not make."""
    try:
        raw = urlsafe_b64decode((text + "=" * (-len(text) % 4)).encode("ascii")).decode("utf-8")
    except (binascii.Error, ValueError):
        raise InvalidIdError("This is not an id of this API.") from None
    type_name, colon, internal_id = raw.partition(":")
    if not colon or not internal_id or global_id(type_name, internal_id) != text.rstrip("="):
        raise InvalidIdError("This is not an id of this API.")
    return type_name, internal_id


def internal_id(text: str, type_name: str) -> str:
    """The internal id in a global id of `type_name`; raises InvalidIdError for another type."""
    found, value = read_global_id(text)
    if found != type_name:
        raise InvalidIdError(f"This is the id of another type; expected {type_name}.")
    return value


def database_id(text: str, type_name: str) -> int:
    """The numeric internal id in a global id of `type_name`; raises InvalidIdError."""
    value = internal_id(text, type_name)
    if not value.isascii() or not value.isdigit() or len(value) > 18:
        raise InvalidIdError(f"This is not an id of type {type_name}.")
    return int(value)


class NodeRegistry:
    """Which type is loaded how; filled once while the schema is put together."""

    def __init__(self) -> None:
        self._loaders: dict[str, NodeLoader] = {}

    def register(self, type_name: str, load: NodeLoader) -> None:
        """Load objects of `type_name` with `load`; raises ValueError when the type has a loader already."""
        if type_name in self._loaders:
            raise ValueError(f"{type_name} has a node loader already")
        self._loaders[type_name] = load

    async def load(self, context: Context, ids: Sequence[str]) -> list[Any]:
        """The objects in the order of `ids`, None for missing and forbidden alike; raises InvalidIdError."""
        wanted: dict[str, list[str]] = {}
        keys = [read_global_id(text) for text in ids]
        for type_name, key in keys:
            if type_name not in self._loaders:
                raise InvalidIdError("This is not an id of this API.")
            wanted.setdefault(type_name, []).append(key)
        found: dict[tuple[str, str], Any] = {}
        for type_name, type_keys in wanted.items():
            unique = list(dict.fromkeys(type_keys))
            objects = await self._loaders[type_name](context, unique)
            found.update(zip(((type_name, key) for key in unique), objects, strict=True))
        return [found[key] for key in keys]


def node_queries(registry: NodeRegistry) -> type:
    """A mixin for `Query` with the fields `node` and `nodes` over `registry`."""

    @strawberry.type
    class NodeQueries:
        @strawberry.field(description="The object with this id; null when there is none that the caller may see.")
        async def node(
            self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Opaque id of any object.")]
        ) -> Node | None:
            loaded = await registry.load(info.context, [id])
            return loaded[0]  # type: ignore[no-any-return]

        @strawberry.field(description="The objects with these ids, in their order; null where `node` would be null.")
        async def nodes(
            self,
            info: Info,
            ids: Annotated[list[strawberry.ID], strawberry.argument(description="Opaque ids, at most 100.")],
        ) -> list[Node | None]:
            if len(ids) > MAX_NODES:
                raise TooManyIdsError(f"At most {MAX_NODES} ids at once.", path=("ids",))
            return await registry.load(info.context, ids)

    return NodeQueries
