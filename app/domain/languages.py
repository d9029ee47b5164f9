"""The languages an attendee may be written to in (BK-2)."""

from typing import Final

DEFAULT_LANGUAGE: Final = "en"
# fmt: off
LANGUAGES: Final = frozenset(
    {
        "ar", "az", "bg", "ca", "cs", "da", "de", "el", "en", "es", "es-419", "et", "eu", "fi", "fr", "he", "hr",
        "hu", "id", "it", "iw", "ja", "km", "ko", "lv", "nl", "no", "pl", "pt", "pt-BR", "ro", "ru", "sk", "sr",
        "sv", "ta", "th", "tr", "uk", "vi", "zh-CN", "zh-TW",
    }
)
# fmt: on


def is_language(code: str) -> bool:
    """Tell whether a code is one of the documented languages; case matters."""
    return code in LANGUAGES
