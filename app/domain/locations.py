"""Where a booking can take place: what an event type offers, how it is stored, how the API names it (BK-8).

Stored shape of one offered location (event types keep a list of them), by its API type:

    address               {"type": "inPerson", "address": "1 High St", "displayLocationPublicly": true}
    link                  {"type": "link", "link": "https://meet.example/x", "displayLocationPublicly": true}
    phone                 {"type": "userPhone", "hostPhoneNumber": "+37120993151", "displayLocationPublicly": true}
    attendeeAddress       {"type": "attendeeInPerson"}
    attendeePhone         {"type": "phone"}
    attendeeDefined       {"type": "somewhereElse"}
    organizersDefaultApp  {"type": "conferencing"}
    integration           {"type": "integrations:daily", "credentialId": 7}
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

CAL_VIDEO: Final = "integrations:daily"
MAX_LOCATION: Final = 2000
"""Characters of an address, link or number, offered or chosen: a booking keeps the one it takes place at."""
GOOGLE_MEET: Final = "integrations:google:meet"
ORGANIZERS_DEFAULT_APP: Final = "conferencing"
INTEGRATION_PREFIX: Final = "integrations:"

# API integration -> stored type (BK-8).
INTEGRATIONS: Final[Mapping[str, str]] = {
    "cal-video": CAL_VIDEO,
    "google-meet": GOOGLE_MEET,
    "zoom": "integrations:zoom",
    "whereby-video": "integrations:whereby_video",
    "whatsapp-video": "integrations:whatsapp_video",
    "webex-video": "integrations:webex_video",
    "telegram-video": "integrations:telegram_video",
    "tandem": "integrations:tandem",
    "sylaps-video": "integrations:sylaps_video",
    "skype-video": "integrations:skype_video",
    "sirius-video": "integrations:sirius_video_video",
    "signal-video": "integrations:signal_video",
    "shimmer-video": "integrations:shimmer_video",
    "salesroom-video": "integrations:salesroom_video",
    "roam-video": "integrations:roam_video",
    "riverside-video": "integrations:riverside_video",
    "ping-video": "integrations:ping_video",
    "office365-video": "integrations:office365_video",
    "mirotalk-video": "integrations:mirotalk_video",
    "jitsi": "integrations:jitsi",
    "jelly-video": "integrations:jelly_video",
    "jelly-conferencing": "integrations:jelly_conferencing",
    "huddle": "integrations:huddle01",
    "facetime-video": "integrations:facetime_video",
    "element-call-video": "integrations:element-call_video",
    "eightxeight-video": "integrations:eightxeight_video",
    "discord-video": "integrations:discord_video",
    "demodesk-video": "integrations:demodesk_video",
    "campfire-video": "integrations:campfire_video",
    "around-video": "integrations:around_video",
}
INTEGRATION_NAMES: Final[Mapping[str, str]] = {stored: name for name, stored in INTEGRATIONS.items()}

# API type -> (stored type, API key of the value, stored key of the value): fixed by the organizer.
ORGANIZER_TYPES: Final[Mapping[str, tuple[str, str, str]]] = {
    "address": ("inPerson", "address", "address"),
    "link": ("link", "link", "link"),
    "phone": ("userPhone", "phone", "hostPhoneNumber"),
}
# API type -> (stored type, API key of what the booker adds when booking).
ATTENDEE_TYPES: Final[Mapping[str, tuple[str, str]]] = {
    "attendeeAddress": ("attendeeInPerson", "address"),
    "attendeePhone": ("phone", "phone"),
    "attendeeDefined": ("somewhereElse", "location"),
}
_ORGANIZER_STORED: Final = {stored: (api, api_key, key) for api, (stored, api_key, key) in ORGANIZER_TYPES.items()}
_ATTENDEE_STORED: Final = {stored: api for api, (stored, _) in ATTENDEE_TYPES.items()}


@dataclass(frozen=True, slots=True)
class OfferedLocation:
    """One location of an event type; `value` is the organizer's address, link or number, None for other types."""

    type: str
    value: str | None = None
    public: bool = False
    credential_id: int | None = None

    @property
    def is_integration(self) -> bool:
        """Whether a conferencing app makes the meeting."""
        return self.type.startswith(INTEGRATION_PREFIX)


DEFAULT_LOCATIONS: Final = (OfferedLocation(CAL_VIDEO),)


def location_from_api(given: Mapping[str, Any]) -> OfferedLocation:
    """Read an event type location of the API; ValueError for an unknown type or integration, or a missing value."""
    kind = str(given.get("type"))
    if kind in ORGANIZER_TYPES:
        stored, key, _ = ORGANIZER_TYPES[kind]
        return OfferedLocation(stored, _required(given, key), bool(given.get("public")))
    if kind in ATTENDEE_TYPES:
        return OfferedLocation(ATTENDEE_TYPES[kind][0])
    if kind == "organizersDefaultApp":
        return OfferedLocation(ORGANIZERS_DEFAULT_APP)
    if kind == "integration":
        return OfferedLocation(integration_type(given.get("integration")), credential_id=given.get("credentialId"))
    message = f"Unknown location type {kind!r}."
    raise ValueError(message)


def location_to_api(location: OfferedLocation) -> dict[str, Any] | None:
    """Write an event type location for the API; None when it has no API name (VR-4: shown as `unknown`)."""
    if location.type in _ORGANIZER_STORED:
        kind, key, _ = _ORGANIZER_STORED[location.type]
        return {"type": kind, key: location.value, "public": location.public}
    if location.type in _ATTENDEE_STORED:
        return {"type": _ATTENDEE_STORED[location.type]}
    if location.type == ORGANIZERS_DEFAULT_APP:
        return {"type": "organizersDefaultApp"}
    if location.type not in INTEGRATION_NAMES:
        return None
    credential = {} if location.credential_id is None else {"credentialId": location.credential_id}
    return {"type": "integration", "integration": INTEGRATION_NAMES[location.type], **credential}


def location_from_json(stored: Mapping[str, Any]) -> OfferedLocation:
    """Read a stored location; unknown keys are ignored, a missing `type` raises KeyError."""
    kind = str(stored["type"])
    key = _ORGANIZER_STORED[kind][2] if kind in _ORGANIZER_STORED else None
    return OfferedLocation(
        kind,
        value=stored.get(key) if key else None,
        public=bool(stored.get("displayLocationPublicly")),
        credential_id=stored.get("credentialId"),
    )


def location_to_json(location: OfferedLocation) -> dict[str, Any]:
    """Write a location in the stored shape."""
    stored: dict[str, Any] = {"type": location.type}
    if location.type in _ORGANIZER_STORED:
        stored |= {_ORGANIZER_STORED[location.type][2]: location.value, "displayLocationPublicly": location.public}
    if location.credential_id is not None:
        stored["credentialId"] = location.credential_id
    return stored


def integration_type(name: object) -> str:
    """Find the stored type of an API integration; ValueError for an unknown one (BK-8)."""
    if not isinstance(name, str) or name not in INTEGRATIONS:
        message = f"Unknown integration {name!r}."
        raise ValueError(message)
    return INTEGRATIONS[name]


def is_attendee_type(stored_type: str) -> bool:
    """Tell whether the booker says where (BK-8)."""
    return stored_type in _ATTENDEE_STORED


def _required(given: Mapping[str, Any], key: str) -> str:
    value = given.get(key)
    if not isinstance(value, str) or not value.strip():
        message = f"Location type {given.get('type')!r} needs {key!r}."
        raise ValueError(message)
    return value.strip()
