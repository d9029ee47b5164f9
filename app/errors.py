"""Errors a caller can branch on: declared once, rendered by each front."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar


class ErrorCode(StrEnum):
    """The closed list of codes that every front uses; `docs/errors.md` describes each."""

    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    NOT_FOUND = "NOT_FOUND"
    INVALID_INPUT = "INVALID_INPUT"
    CONFLICT = "CONFLICT"
    SLOT_UNAVAILABLE = "SLOT_UNAVAILABLE"
    HOST_UNAVAILABLE = "HOST_UNAVAILABLE"
    SEATS_FULL = "SEATS_FULL"
    ALREADY_SIGNED_UP = "ALREADY_SIGNED_UP"
    LIMIT_REACHED = "LIMIT_REACHED"
    POLICY_VIOLATION = "POLICY_VIOLATION"
    INVALID_STATE = "INVALID_STATE"
    VERSION_CONFLICT = "VERSION_CONFLICT"
    IDEMPOTENCY_CONFLICT = "IDEMPOTENCY_CONFLICT"
    NOT_SUPPORTED = "NOT_SUPPORTED"
    RATE_LIMITED = "RATE_LIMITED"
    COST_LIMIT = "COST_LIMIT"
    DEPTH_LIMIT = "DEPTH_LIMIT"
    ALIAS_LIMIT = "ALIAS_LIMIT"
    ROOT_FIELD_LIMIT = "ROOT_FIELD_LIMIT"
    TOKEN_LIMIT = "TOKEN_LIMIT"  # noqa: S105 a limit on tokens of a document
    DIRECTIVE_LIMIT = "DIRECTIVE_LIMIT"
    PAYLOAD_TOO_LARGE = "PAYLOAD_TOO_LARGE"
    BATCH_LIMIT = "BATCH_LIMIT"
    PARSE_FAILED = "PARSE_FAILED"
    VALIDATION_FAILED = "VALIDATION_FAILED"
    INVALID_VARIABLES = "INVALID_VARIABLES"
    INVALID_ID = "INVALID_ID"
    INVALID_CURSOR = "INVALID_CURSOR"
    PAGE_SIZE = "PAGE_SIZE"
    BAD_REQUEST = "BAD_REQUEST"
    METHOD_NOT_ALLOWED = "METHOD_NOT_ALLOWED"
    NOT_ACCEPTABLE = "NOT_ACCEPTABLE"
    UNSUPPORTED_MEDIA_TYPE = "UNSUPPORTED_MEDIA_TYPE"
    PERSISTED_QUERY_NOT_FOUND = "PERSISTED_QUERY_NOT_FOUND"
    PERSISTED_QUERY_NOT_SUPPORTED = "PERSISTED_QUERY_NOT_SUPPORTED"
    DOCUMENT_NOT_TRUSTED = "DOCUMENT_NOT_TRUSTED"
    INTROSPECTION_DISABLED = "INTROSPECTION_DISABLED"
    TOO_MANY_OPERATIONS = "TOO_MANY_OPERATIONS"
    SERVICE_UNAVAILABLE = "SERVICE_UNAVAILABLE"
    INTERNAL = "INTERNAL"


@dataclass(frozen=True, slots=True)
class FieldFault:
    """One wrong input field: its path in the input, a stable code and what is wrong with it."""

    path: tuple[str, ...]
    message: str
    code: str = "invalid"


class SlotgraphError(Exception):
    """Base of every expected error; `message` is safe to show to the caller."""

    code: ClassVar[ErrorCode] = ErrorCode.BAD_REQUEST
    status: ClassVar[int] = 400

    def __init__(self, message: str, *, path: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.path = tuple(path)

    @property
    def extensions(self) -> dict[str, Any]:
        """What a front adds to the code: plain JSON values."""
        return {}


class UnauthenticatedError(SlotgraphError):
    """No or wrong credentials."""

    code = ErrorCode.UNAUTHENTICATED
    status = 401


class ForbiddenError(SlotgraphError):
    """The caller is known and may not do this."""

    code = ErrorCode.FORBIDDEN
    status = 403


class NotFoundError(SlotgraphError):
    """Nothing with this id, as far as the caller may know."""

    code = ErrorCode.NOT_FOUND
    status = 404


class StrangerError(ForbiddenError):
    """Somebody else's private object. REST documents a 403; where ids must not be probed, `missing` is the answer."""

    def __init__(self, message: str, missing: str, *, path: Sequence[str] = ()) -> None:
        super().__init__(message, path=path)
        self.missing = NotFoundError(missing, path=path)


UNSTORABLE = "A value is too long, too large, or has a character that is not kept."
"""What is said of values that no database takes, where no service knows their field."""


class InvalidInputError(SlotgraphError):
    """One or more input fields are wrong; nothing was changed."""

    code = ErrorCode.INVALID_INPUT

    def __init__(self, message: str, faults: Sequence[FieldFault] = ()) -> None:
        super().__init__(message, path=faults[0].path if faults else ())
        self.faults = tuple(faults)

    @classmethod
    def at(cls, path: str, message: str, code: str = "invalid") -> "InvalidInputError":
        """An error about the single field `path` (dotted)."""
        return cls(message, [FieldFault(tuple(path.split(".")), message, code)])


class ConflictError(SlotgraphError):
    """The request collides with something that already exists."""

    code = ErrorCode.CONFLICT
    status = 409


@dataclass(frozen=True, slots=True)
class UnavailableReason:
    """Why a host cannot take a start: the rule that removes it (scheduling rule ID) and the span concerned (UTC)."""

    rule: str
    code: str
    message: str
    host_id: int | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None


class SlotUnavailableError(SlotgraphError):
    """Nobody needed for this start is free (BK-10, BK-14); names the next free starts."""

    code = ErrorCode.SLOT_UNAVAILABLE

    def __init__(
        self,
        message: str,
        *,
        reasons: Sequence[UnavailableReason] = (),
        next_slots: Sequence[datetime] = (),
        slots_version: int = 0,
        dates: Sequence[datetime] = (),
        length_minutes: int = 0,
    ) -> None:
        super().__init__(message, path=("start",))
        self.length_minutes = length_minutes
        self.reasons = tuple(reasons)
        self.next_slots = tuple(next_slots)
        self.slots_version = slots_version
        self.dates = tuple(dates)


class HostUnavailableError(SlotUnavailableError):
    """A fixed host, or the host asked for, is not free (TM-13, TM-15)."""

    code = ErrorCode.HOST_UNAVAILABLE


class SeatsFullError(SlotgraphError):
    """No seat is left at this start (BK-35, LC-11, LC-12)."""

    code = ErrorCode.SEATS_FULL
    status = 409


class AlreadySignedUpError(SlotgraphError):
    """This attendee already has a seat at this start (BK-35)."""

    code = ErrorCode.ALREADY_SIGNED_UP
    status = 409


class LimitReachedError(SlotgraphError):
    """A count or duration limit of the event type is used up (BT-22); `frees_at` is the end of the period (UTC)."""

    code = ErrorCode.LIMIT_REACHED
    status = 401

    def __init__(self, message: str, *, period: str, limit: int, frees_at: datetime | None = None) -> None:
        super().__init__(message, path=("start",))
        self.period = period
        self.limit = limit
        self.frees_at = frees_at


class PolicyViolationError(SlotgraphError):
    """A rule of the event type forbids it: notice, window, past, disabled cancelling, ... `policy` names it."""

    code = ErrorCode.POLICY_VIOLATION

    def __init__(self, message: str, *, policy: str, rule: str = "", path: Sequence[str] = ()) -> None:
        super().__init__(message, path=path)
        self.policy = policy
        self.rule = rule


class InvalidStateError(SlotgraphError):
    """The booking's status does not allow this (LC-3, LC-15, LC-22)."""

    code = ErrorCode.INVALID_STATE


class VersionConflictError(SlotgraphError):
    """The caller's `expectedVersion` is older than what changed since; carries the current version."""

    code = ErrorCode.VERSION_CONFLICT
    status = 409

    def __init__(self, message: str, *, current_version: int) -> None:
        super().__init__(message, path=("expectedVersion",))
        self.current_version = current_version


class IdempotencyConflictError(SlotgraphError):
    """The idempotency key was used before with another input, or its first request is still running."""

    code = ErrorCode.IDEMPOTENCY_CONFLICT
    status = 409


class NotSupportedError(SlotgraphError):
    """An honest no; listed in docs/compatibility.md."""

    code = ErrorCode.NOT_SUPPORTED


class RateLimitedError(SlotgraphError):
    """Too many requests; try again after `retry_after` seconds."""

    code = ErrorCode.RATE_LIMITED
    status = 429

    def __init__(self, message: str, *, retry_after: float, code: ErrorCode | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.actual_code = code or type(self).code

    @property
    def extensions(self) -> dict[str, Any]:
        """How long to wait."""
        return {"retryAfter": self.retry_after}


class ServiceUnavailableError(SlotgraphError):
    """The database cannot be reached just now; nothing was changed, trying again is safe."""

    code = ErrorCode.SERVICE_UNAVAILABLE
    status = 503
