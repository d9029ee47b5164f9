"""Public names of bookings: the short uid and the calendar UID (BK-20)."""

import re
from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

# Base 58 without the look-alikes 0, O, I and l.
ALPHABET: Final = "123456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"
UID_LENGTH: Final = 22
_PAIRS: Final = [first + second for first in ALPHABET for second in ALPHABET]
_UID_FORM: Final = re.compile(f"[{ALPHABET}]{{{UID_LENGTH}}}")


def booking_uid(organizer: str, start: int, now: int, nonce: str) -> str:
    """Name a booking after its organizer, start and moment of creation (BK-20).

    `start` and `now` are epoch times of any one unit; `nonce` (randomness of the caller) keeps two requests of the same
    moment apart. The same arguments always give the same uid.
    """
    return shorten(uuid5(NAMESPACE_URL, f"{organizer}:{start}:{now}:{nonce}"))


def shorten(value: UUID) -> str:
    """Write a UUID as 22 characters of base 58."""
    pairs: list[str] = []
    rest = value.int
    for _ in range(UID_LENGTH // 2):
        rest, pair = divmod(rest, len(_PAIRS))
        pairs.append(_PAIRS[pair])
    return "".join(reversed(pairs))


def is_booking_uid(text: str) -> bool:
    """Tell whether a text has the form of a booking uid, to refuse others without asking the database."""
    return _UID_FORM.fullmatch(text) is not None


def ical_uid(uid: str) -> str:
    """Name the calendar event of a new booking; it survives reschedules (BK-20)."""
    return f"{uid}@Cal.com"
