"""Which length a booking gets (BK-6, SL-1, LC-4). Minutes throughout."""

from collections.abc import Sequence

from app.domain.denials import Denial, DenialCode


def booking_length(default: int, options: Sequence[int], requested: int | None) -> int | Denial:
    """Decide the length: the requested one if the event type offers it, else its default (BK-6)."""
    if requested is None:
        return default
    if not options:
        message = (
            "Can't specify 'lengthInMinutes' because event type does not have multiple possible lengths. "
            "Please, remove the 'lengthInMinutes' field from the request."
        )
        return Denial(DenialCode.LENGTH_NOT_SELECTABLE, message)
    if requested not in options:
        message = (
            "Provided 'lengthInMinutes' is not one of the possible lengths for the event type. "
            f"The possible lengths are: {', '.join(str(option) for option in options)}"
        )
        return Denial(DenialCode.LENGTH_NOT_OFFERED, message)
    return requested
