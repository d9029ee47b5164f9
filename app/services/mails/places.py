"""Where a meeting takes place, as people read it."""

from app.domain.locations import INTEGRATION_NAMES, INTEGRATION_PREFIX

_NAMES = {"office365-video": "Microsoft Teams", "facetime-video": "FaceTime", "whatsapp-video": "WhatsApp"}


def place_text(location: str | None, meeting_url: str | None) -> str | None:
    """The link of the meeting, the place, or the name of the app that will make the link."""
    if meeting_url:
        return meeting_url
    if location and location.startswith(INTEGRATION_PREFIX):
        name = INTEGRATION_NAMES.get(location, location.removeprefix(INTEGRATION_PREFIX))
        return _NAMES.get(name, name.replace("-", " ").replace("_", " ").title())
    return location or None


def is_link(text: str) -> bool:
    """Whether a place is a web address that may become a link."""
    return text.startswith(("https://", "http://")) and not any(letter.isspace() for letter in text)
