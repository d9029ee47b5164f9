"""What a row of the shim is: one documented operation as data."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import Enum, unique
from typing import Any, Generic, Literal, Protocol

from pydantic import BaseModel
from typing_extensions import TypeVar

from app.context import RequestContext
from app.errors import SlotgraphError
from app.rest.rate_limits import Limit
from app.rest.request import Header, RestRequest

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
B = TypeVar("B", bound=BaseModel, default=Any)
C = TypeVar("C", default=Any)
R = TypeVar("R", default=Any)


@unique
class Auth(Enum):
    """Who may call: REQUIRED refuses anonymous callers, OPTIONAL wrong credentials, LENIENT ignores them (AU-7)."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    LENIENT = "lenient"


@unique
class Shape(Enum):
    """What of the envelope an answer has: `data`, `data` beside other keys (a list's pagination), or status alone."""

    DATA = "data"
    KEYS = "keys"
    STATUS = "status"


@unique
class Wrong(Enum):
    """How wrong input is told: as `details.errors` (AU-31) or as one joined message (BK-1)."""

    ITEMS = "items"
    JOINED = "joined"


@dataclass(frozen=True, slots=True)
class Failure:
    """An error as a version documents it, where that differs from the error's own status and message."""

    status: int
    message: str
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Instead:
    """What `command` returns where one documented operation stands for two: another row's work, with its command."""

    operation: "Operation[Any, Any, Any]"
    command: Any


def no_failure(_: SlotgraphError) -> Failure | None:
    """Every error as the front renders it."""
    return None


def no_headers(_: Any) -> Sequence[Header]:
    """Nothing beside the usual."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation(Generic[B, C, R]):
    """One documented operation.

    `path` is written out as documented, `field` names the GraphQL field that calls the same service function, `body` is
    the model of the JSON body (POST, PUT, PATCH) or of the query (GET, DELETE), None when nothing is read. `command`
    makes the argument of `call`; None means `call` takes the context alone. `render` makes the JSON value of `data`;
    its return annotation describes the answer in our OpenAPI document. `versions` are the dates of `cal-api-version`
    this shape belongs to; None serves all (VR-1). `keyed` says that the service itself honours `Idempotency-Key`,
    `secret` that its answer may not be kept for replays. `failure` overrides documented errors of this version.
    `names` says what the service's input fields are called here, where that differs. With `by_request`, `render` is
    given the request too, before the result.
    """

    method: Method
    path: str
    operation_id: str
    field: str
    call: Callable[..., Awaitable[R]]
    render: Callable[..., Any]
    command: Callable[[RestRequest, B], C] | None = None
    body: type[B] | None = None
    status: int = 200
    versions: AbstractSet[str] | None = None
    auth: Auth = Auth.REQUIRED
    shape: Shape = Shape.DATA
    wrong: Wrong = Wrong.ITEMS
    by_request: bool = False
    keyed: bool = False
    secret: bool = False
    limit: Limit | None = None
    headers: Callable[[R], Sequence[Header]] = no_headers
    failure: Callable[[SlotgraphError], Failure | None] = no_failure
    names: Mapping[str, str] | None = None
    summary: str = ""
    tag: str = ""

    @property
    def reads_query(self) -> bool:
        """Whether `body` is the model of the query."""
        return self.method in {"GET", "DELETE"}

    def path_of(self, path: Sequence[str]) -> tuple[str, ...]:
        """Where the input has what the service calls `path`."""
        for length in range(len(path), 0, -1):
            here = (self.names or {}).get(".".join(path[:length]))
            if here is not None:
                return here, *path[length:]
        return tuple(path)

    def rendered(self, request: RestRequest, result: R) -> Any:
        """The JSON value of `data`."""
        return self.render(request, result) if self.by_request else self.render(result)


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent: status, body and headers beside content type and length."""

    status: int
    body: bytes
    headers: Sequence[Header] = ()


class Front(Protocol):
    """What one version of the API decides for all of its rows."""

    @property
    def versions(self) -> Sequence[str]:
        """Known values of the version header, oldest first; empty when there is no such header."""
        ...

    def version_of(self, request: RestRequest) -> str:
        """The known version a request is served as."""
        ...

    async def admit(self, request: RestRequest, operation: "Operation[Any, Any, Any]") -> RequestContext:
        """Count the request, find out who asks, and make the context; raises what `failure` renders."""
        ...

    def read(self, operation: "Operation[Any, Any, Any]", given: Any) -> Any:
        """The body or query as the row's model; raises what `failure` renders."""
        ...

    def success(self, operation: "Operation[Any, Any, Any]", data: Any) -> bytes:
        """The body of a success."""
        ...

    async def close(self) -> None:
        """Let go of what was opened."""
        ...

    def failure(self, request: RestRequest, error: Exception) -> Answer:
        """The answer to any error, also to one that nobody expected."""
        ...


AnyOperation = Operation[Any, Any, Any]
