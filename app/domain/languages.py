"""The languages an attendee may be written to in (BK-2)."""

from typing import Final

DEFAULT_LANGUAGE: Final = "en"
# In the documented order, which refusals list.
LANGUAGES: Final = (
    "ar", "ca", "de", "es", "eu", "he", "id", "ja", "lv", "pl", "ro", "sr", "th", "vi", "az", "cs", "el", "es-419",
    "fi", "hr", "it", "km", "nl", "pt", "ru", "sv", "tr", "zh-CN", "bg", "da", "en", "et", "fr", "hu", "iw", "ko",
    "no", "pt-BR", "sk", "ta", "uk", "zh-TW",
)  # fmt: skip


def is_language(code: str) -> bool:
    """Tell whether a code is one of the documented languages; case matters."""
    return code in LANGUAGES
