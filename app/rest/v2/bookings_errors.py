"""Errors of bookings where 2024-08-13 documents another answer than the error's own (BK-31, AU-32)."""

from app.errors import InvalidInputError, InvalidStateError, SlotgraphError
from app.rest.operation import Failure
from app.services.bookings.changing import NotAuthorizedError

BAD_REQUEST = "Bad request: Please check your request data and try again"
NOT_AUTHORIZED = "You are not authorized to access this resource"


def create_failure(error: SlotgraphError) -> Failure | None:
    """BK-31: wrong answers to booking fields are told like errors of a schema, the last one first."""
    if not isinstance(error, InvalidInputError):
        return None
    answers = [fault for fault in error.faults if fault.path[0] == "bookingFieldsResponses" and fault.message[0] == "{"]
    if not answers:
        return None
    return Failure(400, "".join(f"responses - {fault.message}, " for fault in reversed(answers)), "BAD_REQUEST")


def decide_failure(error: SlotgraphError) -> Failure | None:
    """AU-32: confirming and declining answer with general texts."""
    if isinstance(error, NotAuthorizedError):
        return Failure(401, NOT_AUTHORIZED, "TRPCError")
    if isinstance(error, InvalidStateError):
        return Failure(400, BAD_REQUEST, "TRPCError")
    return None
