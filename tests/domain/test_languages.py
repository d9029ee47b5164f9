"""The languages attendees are written to in."""

from app.domain.languages import DEFAULT_LANGUAGE, LANGUAGES, is_language


def test_bk_2_languages() -> None:
    assert len(LANGUAGES) == 42
    assert is_language(DEFAULT_LANGUAGE)
    assert is_language("pt-BR")
    assert not is_language("pt-br")
    assert not is_language("xx")
