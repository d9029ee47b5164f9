"""Instants of views, which are integers, in the form that `DateTime` is served in."""

from datetime import date
from functools import lru_cache
from typing import Final

_DAY: Final = 86_400
_EPOCH: Final = date(1970, 1, 1).toordinal()
_MINUTES: Final = [f"{minute // 60:02}:{minute % 60:02}:" for minute in range(1_440)]
_SECONDS: Final = [f"{second:02}Z" for second in range(60)]


@lru_cache(maxsize=4096)
def _date(day: int) -> str:
    return f"{date.fromordinal(_EPOCH + day).isoformat()}T"


@lru_cache(maxsize=8192)
def second_text(second: int) -> str:
    """Epoch seconds as text in UTC, much faster than a datetime's; ValueError outside of the calendar."""
    day, rest = divmod(second, _DAY)
    minute, rest = divmod(rest, 60)
    return f"{_date(day)}{_MINUTES[minute]}{_SECONDS[rest]}"


@lru_cache(maxsize=8192)
def microsecond_text(instant: int) -> str:
    """Epoch microseconds as text in UTC, with a fraction only where there is one; ValueError as above."""
    second, fraction = divmod(instant, 1_000_000)
    text = second_text(second)
    return f"{text[:-1]}.{fraction:06}Z" if fraction else text
