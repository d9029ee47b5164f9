"""Errors as data: the interface `UserError`, the generic error types and the handlers that answer them.

A service raises a `SlotgraphError`; a field whose result union lists the matching type answers it as data, every other
field puts it into `errors` with its code (`schema/error_entries.py`).
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol, Self, TypeVar, cast

import strawberry
from strawberry.types.field import StrawberryField

from app import errors as domain
from app.errors import ErrorCode, SlotgraphError
from schema.enums import describe_enum
from schema.scalars import SlotsVersion

CODE_DESCRIPTIONS = {
    "UNAUTHENTICATED": "Sign in, or send a valid API key.",
    "FORBIDDEN": "The caller is known and may not do this.",
    "NOT_FOUND": "Nothing with this id, as far as the caller may know.",
    "INVALID_INPUT": "One or more input fields are wrong; nothing was changed.",
    "CONFLICT": "The request collides with something that already exists.",
    "SLOT_UNAVAILABLE": "Nobody needed for this start is free.",
    "HOST_UNAVAILABLE": "A host that must take part is not free.",
    "SEATS_FULL": "No seat is left at this start.",
    "ALREADY_SIGNED_UP": "This attendee already has a seat at this start.",
    "LIMIT_REACHED": "A booking limit of the event type is used up for this period.",
    "POLICY_VIOLATION": "A rule of the event type forbids it, such as notice or booking window.",
    "INVALID_STATE": "The status of the object does not allow this.",
    "VERSION_CONFLICT": "The expected version is older than what changed since.",
    "IDEMPOTENCY_CONFLICT": "The idempotency key was used with another input, or its first request still runs.",
    "NOT_SUPPORTED": "This server does not offer it; trying again does not help.",
    "RATE_LIMITED": "Too many requests; wait `retryAfter` seconds.",
    "COST_LIMIT": "The operation costs more than is allowed, or than is left just now.",
    "DEPTH_LIMIT": "The document is nested too deeply.",
    "ALIAS_LIMIT": "The document has too many aliases.",
    "ROOT_FIELD_LIMIT": "The operation has too many root fields.",
    "TOKEN_LIMIT": "The document is too long.",
    "DIRECTIVE_LIMIT": "A field has too many directives.",
    "PAYLOAD_TOO_LARGE": "The request body or message is too large.",
    "BATCH_LIMIT": "The batch has too many operations, or batching is off.",
    "PARSE_FAILED": "The document is not GraphQL.",
    "VALIDATION_FAILED": "The document does not fit the schema.",
    "INVALID_VARIABLES": "The variables do not fit the operation.",
    "INVALID_ID": "This is not an id of the expected type.",
    "INVALID_CURSOR": "This cursor was not made by this connection with this order.",
    "PAGE_SIZE": "The page arguments are out of range or contradict each other.",
    "BAD_REQUEST": "The request or message is malformed.",
    "METHOD_NOT_ALLOWED": "This operation cannot be sent with this HTTP method.",
    "NOT_ACCEPTABLE": "No media type that the client accepts can be produced.",
    "UNSUPPORTED_MEDIA_TYPE": "The request body must be `application/json`.",
    "PERSISTED_QUERY_NOT_FOUND": "The server does not know this document yet; send its text and hash.",
    "PERSISTED_QUERY_NOT_SUPPORTED": "Persisted documents cannot be used here.",
    "DOCUMENT_NOT_TRUSTED": "Only documents of the trusted store may be executed.",
    "INTROSPECTION_DISABLED": "Introspection is switched off; read the published schema.",
    "TOO_MANY_OPERATIONS": "Too many operations run on this connection.",
    "SERVICE_UNAVAILABLE": "The server cannot answer just now; nothing was changed, trying again is safe.",
    "INTERNAL": "Something went wrong on the server; quote `requestId` when reporting it.",
}

describe_enum(
    ErrorCode,
    name="ErrorCode",
    description="The closed list of error codes, the same on errors as data and in `errors[].extensions.code`.",
    values=CODE_DESCRIPTIONS,
)


@strawberry.interface(description="Anything a caller can act on; every error type of a mutation implements it.")
class UserError:
    """Base of error types; `from_error` makes one of the raised exception."""

    message: str = strawberry.field(description="What is wrong, in English, fit to be shown.")
    code: ErrorCode = strawberry.field(description="What is wrong, for programs.")
    path: list[str] = strawberry.field(description="The input field concerned, outermost first; empty if none is.")

    @classmethod
    def from_error(cls, error: Any) -> Self:
        """Render `error`, a SlotgraphError; types with more fields add them in `details`."""
        return cls(message=error.message, code=error.code, path=list(error.path), **cls.details(error))

    @classmethod
    def details(cls, error: Any) -> dict[str, Any]:
        """The fields that this type has beside those of UserError."""
        return {}


@strawberry.type(description="One input field that is wrong.")
class FieldError:
    """GraphQL form of `app.errors.FieldFault`."""

    path: list[str] = strawberry.field(description="Path of the field within `input`, outermost first.")
    message: str = strawberry.field(description="What is wrong with it.")
    code: str = strawberry.field(description="A stable word for what is wrong, such as `required` or `too_long`.")


@strawberry.type(description="One or more input fields are wrong; nothing was changed.")
class InvalidInput(UserError):
    """GraphQL form of InvalidInputError."""

    fields: list[FieldError] = strawberry.field(description="Every field that is wrong.")

    @classmethod
    def details(cls, error: domain.InvalidInputError) -> dict[str, Any]:
        """The faults, one per field."""
        faults = (FieldError(path=list(f.path), message=f.message, code=f.code) for f in error.faults)
        return {"fields": list(faults)}


@strawberry.type(description="No or wrong credentials.")
class Unauthenticated(UserError):
    """GraphQL form of UnauthenticatedError."""


@strawberry.type(description="The caller is known and may not do this.")
class Forbidden(UserError):
    """GraphQL form of ForbiddenError."""


@strawberry.type(description="Nothing with this id, as far as the caller may know.")
class NotFound(UserError):
    """GraphQL form of NotFoundError."""


@strawberry.type(description="The request collides with something that already exists.")
class Conflict(UserError):
    """GraphQL form of ConflictError."""


@strawberry.type(description="The status of the object does not allow this.")
class InvalidState(UserError):
    """GraphQL form of InvalidStateError."""


@strawberry.type(description="This server does not offer it; trying again does not help.")
class NotSupported(UserError):
    """GraphQL form of NotSupportedError."""


@strawberry.type(description="The idempotency key was used with another input, or its first request still runs.")
class IdempotencyConflict(UserError):
    """GraphQL form of IdempotencyConflictError."""


@strawberry.type(description="No seat is left at this start.")
class SeatsFull(UserError):
    """GraphQL form of SeatsFullError."""


@strawberry.type(description="This attendee already has a seat at this start.")
class AlreadySignedUp(UserError):
    """GraphQL form of AlreadySignedUpError."""


@strawberry.type(description="A rule of the event type forbids it.")
class PolicyViolation(UserError):
    """GraphQL form of PolicyViolationError."""

    policy: str = strawberry.field(description="The rule, such as `minimum_notice` or `booking_window`.")

    @classmethod
    def details(cls, error: domain.PolicyViolationError) -> dict[str, Any]:
        """Which policy."""
        return {"policy": error.policy}


@strawberry.type(description="A booking limit of the event type is used up.")
class LimitReached(UserError):
    """GraphQL form of LimitReachedError."""

    period: str = strawberry.field(description="The period that is full: `day`, `week`, `month` or `year`.")
    limit: int = strawberry.field(
        description="What is allowed in one period: bookings, or minutes for a duration limit."
    )
    frees_at: datetime | None = strawberry.field(description="When the next period begins.")

    @classmethod
    def details(cls, error: domain.LimitReachedError) -> dict[str, Any]:
        """Which limit and when it frees."""
        return {"period": error.period, "limit": error.limit, "frees_at": error.frees_at}


@strawberry.type(description="What the caller saw is out of date.")
class VersionConflict(UserError):
    """GraphQL form of VersionConflictError."""

    current_version: SlotsVersion = strawberry.field(description="The version now; read again and retry.")

    @classmethod
    def details(cls, error: domain.VersionConflictError) -> dict[str, Any]:
        """The version to read again."""
        return {"current_version": SlotsVersion(error.current_version)}


@strawberry.type(description="Too many requests.")
class RateLimited(UserError):
    """GraphQL form of RateLimitedError."""

    retry_after: float = strawberry.field(description="Seconds to wait.")

    @classmethod
    def details(cls, error: domain.RateLimitedError) -> dict[str, Any]:
        """How long to wait, and the code of the very limit."""
        return {"retry_after": error.retry_after}


class _FromError(Protocol):
    @classmethod
    def from_error(cls, error: Any) -> Any: ...


ErrorT_contra = TypeVar("ErrorT_contra", bound=SlotgraphError, contravariant=True)


class ErrorAsData(strawberry.ExceptionHandler[ErrorT_contra, Any]):
    """Answer `exception_type` as `error_type` on every field whose result union lists that type."""

    def __init__(self, exception_type: type[ErrorT_contra], error_type: type[UserError]) -> None:
        self.exception_type = exception_type
        self.error_type = error_type

    def handle(self, exception: ErrorT_contra, *, field: StrawberryField, info: strawberry.Info) -> UserError:
        """The error as a member of the union."""
        return cast(type[_FromError], self.error_type).from_error(exception)  # type: ignore[no-any-return]


class StrangerAsMissing(ErrorAsData[domain.StrangerError]):
    """Ids of somebody else's private objects look exactly like ids that do not exist."""

    def __init__(self) -> None:
        super().__init__(domain.StrangerError, NotFound)

    def handle(self, exception: domain.StrangerError, *, field: StrawberryField, info: strawberry.Info) -> UserError:
        """As a missing object."""
        return NotFound.from_error(exception.missing)


GENERIC_HANDLERS: tuple[ErrorAsData[Any], ...] = (
    ErrorAsData(domain.InvalidInputError, InvalidInput),
    ErrorAsData(domain.UnauthenticatedError, Unauthenticated),
    StrangerAsMissing(),
    ErrorAsData(domain.ForbiddenError, Forbidden),
    ErrorAsData(domain.NotFoundError, NotFound),
    ErrorAsData(domain.ConflictError, Conflict),
    ErrorAsData(domain.InvalidStateError, InvalidState),
    ErrorAsData(domain.NotSupportedError, NotSupported),
    ErrorAsData(domain.IdempotencyConflictError, IdempotencyConflict),
    ErrorAsData(domain.SeatsFullError, SeatsFull),
    ErrorAsData(domain.AlreadySignedUpError, AlreadySignedUp),
    ErrorAsData(domain.PolicyViolationError, PolicyViolation),
    ErrorAsData(domain.LimitReachedError, LimitReached),
    ErrorAsData(domain.VersionConflictError, VersionConflict),
    ErrorAsData(domain.RateLimitedError, RateLimited),
)


def most_specific_first(handlers: Iterable[ErrorAsData[Any]]) -> tuple[ErrorAsData[Any], ...]:
    """The handlers in the order in which they must be tried: a subclass before its base."""
    return tuple(sorted(handlers, key=lambda handler: -len(handler.exception_type.__mro__)))
