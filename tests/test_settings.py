"""Settings as people write them into the environment."""

from datetime import timedelta

import pytest

from app.settings import Settings


@pytest.mark.parametrize(
    ("text", "seconds"), [("600", 600), (" 20 ", 20), ("0.5", 0.5), ("0", 0), ("PT10M", 600), ("P30D", 2_592_000)]
)
def test_durations_are_seconds_or_iso_8601(monkeypatch: pytest.MonkeyPatch, text: str, seconds: float) -> None:
    monkeypatch.setenv("CALENDAR_REFRESH", text)
    assert Settings(_env_file=None).calendar_refresh == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["soon", "-", "10 apples"])
def test_other_texts_are_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("CALENDAR_REFRESH", text)
    with pytest.raises(ValueError, match="calendar_refresh"):
        Settings(_env_file=None)


@pytest.mark.parametrize(
    ("pages", "told"), [(None, "https://api.example"), ("https://book.example/", "https://book.example")]
)
def test_bookers_are_led_to_the_booking_pages_if_there_are_some(pages: str | None, told: str) -> None:
    settings = Settings(_env_file=None, public_url="https://api.example/", next_public_webapp_url=pages)
    assert settings.booker_url == told
