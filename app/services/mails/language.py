"""Words, plurals, dates and clock times in the reader's language (EM-1)."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, get_timezone_gmt, get_timezone_name

from app.domain.languages import DEFAULT_LANGUAGE
from app.services.mails.content import Series

FOLDER: Final = Path(__file__).parent / "catalogues"
CATALOGUES: Final = ("en", "de", "es", "fr", "pt-BR")
_NARROW_SPACE: Final = "\N{NARROW NO-BREAK SPACE}"
_SPACE: Final = "\N{NO-BREAK SPACE}"
"""Many fonts of mail programs show the narrow one as none at all."""

_STANDING_IN: Final = {"es-419": "es", "pt": "pt-BR"}


@dataclass(frozen=True, slots=True)
class Language:
    """One catalogue with the customs of its country."""

    code: str
    locale: Locale
    messages: Mapping[str, Mapping[str, str]]

    def say(self, section: str, key: str, **values: object) -> str:
        """A sentence with its values. Raises KeyError for a key that the catalogue lacks."""
        return self.messages[section][key].format(**values)

    def knows(self, section: str, key: str) -> bool:
        """Whether the catalogue has this sentence."""
        return key in self.messages[section]

    def count(self, section: str, number: int, **values: object) -> str:
        """A sentence in the plural form that the number asks for."""
        form = self.locale.plural_form(number)
        forms = self.messages[section]
        return forms.get(form, forms["other"]).format(**values)

    def repeats(self, series: Series) -> str:
        """How a series goes on: `every 2 weeks, 4 times`."""
        times = self.count("times", series.count, count=series.count)
        rule = series.recurrence
        return self.count(rule.frequency.value, rule.interval, interval=rule.interval, times=times)

    def day(self, moment: date) -> str:
        """A date with its weekday: `Monday, May 4, 2026`."""
        return format_date(moment, "full", locale=self.locale)

    def clock(self, moment: datetime, time_format: int | None) -> str:
        """A clock time, of 12 or 24 hours as wanted, else as is usual."""
        said = format_datetime(moment, self._clock_pattern(time_format), locale=self.locale)
        return said.replace(_NARROW_SPACE, _SPACE)

    def span(self, start_s: int, end_s: int, zone: str, time_format: int | None) -> str:
        """From when to when in a zone: `Monday, May 4, 2026, 9:00 AM - 9:30 AM`; the date again if it is another."""
        start, end = (datetime.fromtimestamp(each, ZoneInfo(zone)) for each in (start_s, end_s))
        first = f"{self.day(start)}, {self.clock(start, time_format)}"
        last = self.clock(end, time_format)
        return f"{first} – {last}" if start.date() == end.date() else f"{first} – {self.day(end)}, {last}"

    def brief(self, start_s: int, zone: str, time_format: int | None) -> str:
        """When it begins, for a subject line: `May 4, 2026, 9:00 AM`."""
        start = datetime.fromtimestamp(start_s, ZoneInfo(zone))
        return f"{format_date(start, 'medium', locale=self.locale)}, {self.clock(start, time_format)}"

    def zone(self, zone: str, at_s: int) -> str:
        """A zone's name and offset at an instant: `Central European Summer Time (Europe/Berlin, GMT+02:00)`."""
        moment = datetime.fromtimestamp(at_s, ZoneInfo(zone))
        name = get_timezone_name(moment, "long", locale=self.locale)
        return f"{name} ({zone}, {get_timezone_gmt(moment, locale=self.locale)})"

    def _clock_pattern(self, time_format: int | None) -> str:
        if time_format is None:
            return str(self.locale.time_formats["short"].pattern)
        return "h:mm a" if time_format == 12 else "HH:mm"


def language(code: str) -> Language:
    """The language of this code, a near one, or English."""
    code = _STANDING_IN.get(code, code)
    return _read(code if code in CATALOGUES else DEFAULT_LANGUAGE)


@cache
def _read(code: str) -> Language:
    messages: dict[str, Any] = tomllib.loads((FOLDER / f"{code}.toml").read_text(encoding="utf-8"))
    return Language(code, Locale.parse(code, sep="-"), messages)
