"""Keyset connections: signed cursors of sort key and id, stable while rows come and go.

A resolver asks `PageRequest.read(...)`, hands `page.keyset` to a service query and wraps its rows with
`Connection.of(...)`. The query answers at most `keyset.limit` rows *in query order*: for a backward page that is the
reverse of the served order, nearest to `before` first.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Annotated, Any, Generic, TypeVar, cast

import orjson
import strawberry

from app.errors import ErrorCode, SlotgraphError
from schema.context import Info

DEFAULT_PAGE = 25
MAX_CURSOR = 512
_MAC_BYTES = 12

Key = tuple[str | int | float | bool | None, ...]
"""The sort values of a row and last its id: plain JSON values, instants as whole epoch seconds or microseconds."""

First = Annotated[
    int | None, strawberry.argument(description="How many from the front, 1 to 100; 25 if neither is given.")
]
After = Annotated[str | None, strawberry.argument(description="Only what follows this cursor.")]
Last = Annotated[int | None, strawberry.argument(description="How many from the end, 1 to 100.")]
Before = Annotated[str | None, strawberry.argument(description="Only what precedes this cursor.")]


class InvalidCursorError(SlotgraphError):
    """A cursor that this connection did not make with this order."""

    code = ErrorCode.INVALID_CURSOR


class PageSizeError(SlotgraphError):
    """`first`/`last` out of range, or arguments that contradict each other."""

    code = ErrorCode.PAGE_SIZE


@lru_cache(maxsize=8)
def _signer(secret: str) -> "hmac.HMAC":
    return hmac.new(secret.encode(), b"slotgraph cursor\0", sha256)


def make_cursor(secret: str, order: str, key: Key) -> str:
    """The opaque cursor of the row with this key in this order."""
    payload = orjson.dumps([order, *key])
    mac = _signer(secret).copy()
    mac.update(payload)
    return urlsafe_b64encode(mac.digest()[:_MAC_BYTES] + payload).decode("ascii").rstrip("=")


def read_cursor(secret: str, order: str, cursor: str) -> Key:
    """The key in a cursor; raises InvalidCursorError for a foreign or changed one and for one of another order."""
    if len(cursor) > MAX_CURSOR:
        raise InvalidCursorError("This is not a cursor of this list.")
    try:
        raw = urlsafe_b64decode((cursor + "=" * (-len(cursor) % 4)).encode("ascii"))
    except ValueError:
        raise InvalidCursorError("This is not a cursor of this list.") from None
    mac = _signer(secret).copy()
    mac.update(raw[_MAC_BYTES:])
    if not hmac.compare_digest(mac.digest()[:_MAC_BYTES], raw[:_MAC_BYTES]):
        raise InvalidCursorError("This is not a cursor of this list.")
    made_with, *key = orjson.loads(raw[_MAC_BYTES:])
    if made_with != order:
        raise InvalidCursorError("This cursor belongs to another order of this list.")
    return tuple(key)


@dataclass(frozen=True, slots=True)
class Keyset:
    """What a service query needs to know: plain values.

    `limit` is one more than the page, to see whether anything follows. `backward` asks for the reverse order.
    """

    limit: int
    after: Key | None = None
    before: Key | None = None
    backward: bool = False


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Checked page arguments of one connection field."""

    keyset: Keyset
    order: str
    secret: str

    @classmethod
    def read(
        cls,
        info: Info,
        *,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        order: str,
    ) -> "PageRequest":
        """Check the arguments; `order` names the list, its sort and its direction: `bookings:start:asc`.

        Raises PageSizeError and InvalidCursorError.
        """
        settings = info.context.request.settings
        size = _page_size(first, last, settings.graphql_max_page)
        secret = settings.secret_key
        keyset = Keyset(
            limit=size + 1,
            after=None if after is None else read_cursor(secret, order, after),
            before=None if before is None else read_cursor(secret, order, before),
            backward=last is not None,
        )
        return cls(keyset, order, secret)


def _page_size(first: int | None, last: int | None, maximum: int) -> int:
    if first is not None and last is not None:
        raise PageSizeError("Give `first` or `last`, not both.", path=("first",))
    size = first if first is not None else last if last is not None else DEFAULT_PAGE
    if not 1 <= size <= maximum:
        name = "last" if last is not None else "first"
        raise PageSizeError(f"`{name}` must lie between 1 and {maximum}.", path=(name,))
    return size


@strawberry.type(description="Where a page lies in its list.")
class PageInfo:
    """Relay page information."""

    has_next_page: bool = strawberry.field(description="Whether anything follows this page.")
    has_previous_page: bool = strawberry.field(description="Whether anything precedes this page.")
    start_cursor: str | None = strawberry.field(description="Cursor of the first item; null on an empty page.")
    end_cursor: str | None = strawberry.field(description="Cursor of the last item; null on an empty page.")


NodeT = TypeVar("NodeT")
RowT = TypeVar("RowT")


@strawberry.type(description="An item of a list and where it stands in it.")
class Edge(Generic[NodeT]):
    """Relay edge; the cursor is signed only when it is asked for."""

    node: NodeT = strawberry.field(description="The item.")
    page: strawberry.Private[PageRequest]
    key: strawberry.Private[Key]

    @strawberry.field(description="Cursor of this item, for `after` and `before`.")
    def cursor(self) -> str:
        return make_cursor(self.page.secret, self.page.order, self.key)


@strawberry.type(description="One page of a list.")
class Connection(Generic[NodeT]):
    """Relay connection with `nodes` and `totalCount`; make one with `Connection.of`."""

    nodes: list[NodeT] = strawberry.field(description="The items of this page.")
    page: strawberry.Private[PageRequest]
    rows: strawberry.Private[Sequence[Any]]
    key: strawberry.Private[Callable[[Any], Key]]
    more: strawberry.Private[bool]
    count: strawberry.Private[Callable[[], Awaitable[int]]]

    @strawberry.field(description="The items of this page with their cursors.")
    def edges(self) -> list[Edge[NodeT]]:
        pairs = zip(self.nodes, self.rows, strict=True)
        return [Edge(node=node, page=self.page, key=self.key(row)) for node, row in pairs]

    @strawberry.field(description="Where this page lies in the list.")
    def page_info(self) -> PageInfo:
        keyset = self.page.keyset
        return PageInfo(
            has_next_page=keyset.before is not None if keyset.backward else self.more,
            has_previous_page=self.more if keyset.backward else keyset.after is not None,
            start_cursor=self._cursor(0),
            end_cursor=self._cursor(-1),
        )

    @strawberry.field(description="How many items the whole list has; counted only when asked for.")
    async def total_count(self) -> int:
        return await self.count()

    def _cursor(self, index: int) -> str | None:
        return make_cursor(self.page.secret, self.page.order, self.key(self.rows[index])) if self.rows else None

    @classmethod
    def of(
        cls,
        page: PageRequest,
        rows: Sequence[RowT],
        *,
        node: Callable[[RowT], NodeT],
        key: Callable[[RowT], Key],
        count: Callable[[], Awaitable[int]],
    ) -> "Connection[NodeT]":
        """The page of `rows`, which the query answered for `page.keyset` in query order (see module)."""
        size = page.keyset.limit - 1
        shown = list(rows[:size])
        if page.keyset.backward:
            shown.reverse()
        return cast(Any, cls)(  # type: ignore[no-any-return]
            nodes=[node(row) for row in shown],
            page=page,
            rows=shown,
            key=key,
            more=len(rows) > size,
            count=count,
        )
