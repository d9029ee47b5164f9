"""Where the documented schemas are wrong, each with its reason; answers are validated against the corrected ones."""

from typing import Any

_TEXT: dict[str, Any] = {"type": "string"}
_TEXT_OR_NULL: dict[str, Any] = {"type": ["string", "null"]}
_NUMBER_OR_NULL: dict[str, Any] = {"type": ["number", "null"]}
_OBJECT: dict[str, Any] = {"type": "object"}

CORRECTED_PROPERTIES: dict[tuple[str, str], Any] = {}
"""(schema, property) -> what it really is."""

# Webhooks have UUIDs, their template may be unset, and triggers are names.
for _name in (
    "UserWebhookOutputDto",
    "EventTypeWebhookOutputDto",
    "TeamWebhookOutputDto",
    "OAuthClientWebhookOutputDto",
):
    CORRECTED_PROPERTIES[_name, "id"] = _TEXT
    CORRECTED_PROPERTIES[_name, "payloadTemplate"] = _TEXT_OR_NULL
    CORRECTED_PROPERTIES[_name, "secret"] = _TEXT_OR_NULL
    CORRECTED_PROPERTIES[_name, "triggers"] = {"type": "array", "items": _TEXT}
# An OAuth client's webhook belongs to a client with a text id.
CORRECTED_PROPERTIES["OAuthClientWebhookOutputDto", "oAuthClientId"] = _TEXT

# Event types: default and custom fields, attendee locations, one window, switched-off groups, nulls.
_FIELD = {
    "type": "object",
    "required": ["type", "slug", "required", "isDefault"],
    "properties": {"type": _TEXT, "slug": _TEXT, "required": {"type": "boolean"}, "isDefault": {"type": "boolean"}},
}
_LOCATION = {"type": "object", "required": ["type"], "properties": {"type": _TEXT}}
_DISABLED = {"type": "object", "required": ["disabled"], "properties": {"disabled": {"const": True}}}
_WINDOW = {
    "anyOf": [
        {"$ref": "#/components/schemas/BusinessDaysWindow_2024_06_14"},
        {"$ref": "#/components/schemas/CalendarDaysWindow_2024_06_14"},
        {"$ref": "#/components/schemas/RangeWindow_2024_06_14"},
        _DISABLED,
    ]
}
for _name in ("EventTypeOutput_2024_06_14", "TeamEventTypeOutput_2024_06_14"):
    CORRECTED_PROPERTIES[_name, "bookingFields"] = {"type": "array", "items": _FIELD}
    CORRECTED_PROPERTIES[_name, "locations"] = {"type": "array", "items": _LOCATION}
    CORRECTED_PROPERTIES[_name, "bookingWindow"] = _WINDOW
    CORRECTED_PROPERTIES[_name, "recurrence"] = {
        "anyOf": [{"$ref": "#/components/schemas/Recurrence_2024_06_14"}, _DISABLED, {"type": "null"}]
    }
    CORRECTED_PROPERTIES[_name, "seats"] = {
        "anyOf": [{"$ref": "#/components/schemas/Seats_2024_06_14"}, _DISABLED, {"type": "null"}]
    }
    CORRECTED_PROPERTIES[_name, "users"] = {"type": "array", "items": _OBJECT}
    for _key in ("offsetStart", "scheduleId", "slotInterval", "seatsPerTimeSlot", "teamId", "ownerId"):
        CORRECTED_PROPERTIES[_name, _key] = _NUMBER_OR_NULL
    CORRECTED_PROPERTIES[_name, "parentEventTypeId"] = _NUMBER_OR_NULL
    CORRECTED_PROPERTIES[_name, "successRedirectUrl"] = _TEXT_OR_NULL
    CORRECTED_PROPERTIES[_name, "description"] = _TEXT_OR_NULL
    CORRECTED_PROPERTIES[_name, "forwardParamsSuccessRedirect"] = {"type": ["boolean", "null"]}
    CORRECTED_PROPERTIES[_name, "metadata"] = {"type": ["object", "null"]}
    CORRECTED_PROPERTIES[_name, "team"] = {"type": ["object", "null"]}

# Bookings: texts that may not be known.
for _name in (
    "BookingOutput_2024_08_13",
    "RecurringBookingOutput_2024_08_13",
    "GetSeatedBookingOutput_2024_08_13",
    "GetRecurringSeatedBookingOutput_2024_08_13",
    "CreateSeatedBookingOutput_2024_08_13",
    "CreateRecurringSeatedBookingOutput_2024_08_13",
):
    for _key in ("description", "location", "meetingUrl", "updatedAt"):
        CORRECTED_PROPERTIES[_name, _key] = _TEXT_OR_NULL
    # An instant meeting awaits its host; an event type may be deleted, and a group of people has none.
    CORRECTED_PROPERTIES[_name, "status"] = {"enum": ["accepted", "awaiting_host", "cancelled", "pending", "rejected"]}
    CORRECTED_PROPERTIES[_name, "eventTypeId"] = _NUMBER_OR_NULL
    CORRECTED_PROPERTIES[_name, "eventType"] = {"anyOf": [{"$ref": "#/components/schemas/EventType"}, {"type": "null"}]}
CORRECTED_PROPERTIES["BookingHost", "name"] = _TEXT_OR_NULL
# The host of an instant meeting is "unknown".
CORRECTED_PROPERTIES["BookingHost", "id"] = {"type": ["number", "string"]}
# A text, not an object.
CORRECTED_PROPERTIES["CalendarLinksOutput_2024_08_13", "status"] = {"const": "success"}

# No calendar: an empty object, since null crashes a client.
CORRECTED_PROPERTIES["ConnectedCalendarsData", "destinationCalendar"] = _OBJECT
CORRECTED_PROPERTIES["AssignedOptionOutput", "assignedUserIds"] = {"type": "array", "items": {"type": "number"}}
for _key in ("id", "formFillerId", "routedToBookingUid"):
    CORRECTED_PROPERTIES["RoutingFormResponseOutput", _key] = {"type": ["string", "number", "null"]}

_RESERVED = {
    "type": "object",
    "required": ["eventTypeId", "slotStart", "slotEnd", "slotDuration", "reservationUid", "reservationUntil"],
    "properties": {
        "eventTypeId": {"type": "number"},
        "slotStart": _TEXT,
        "slotEnd": _TEXT,
        "slotDuration": {"type": "number"},
        "reservationUid": _TEXT,
        "reservationUntil": _TEXT,
    },
}
CORRECTED_SCHEMAS: dict[str, Any] = {
    # It refers to itself.
    "GetReservedSlotOutput_2024_09_04": {
        "type": "object",
        "required": ["status", "data"],
        "properties": {"status": {"const": "success"}, "data": {"anyOf": [_RESERVED, {"type": "null"}]}},
    },
    "ReassignBookingOutput_2024_08_13": {
        "type": "object",
        "required": ["status", "data"],
        "properties": {
            "status": {"const": "success"},
            "data": {
                "type": "object",
                "required": ["bookingUid", "reassignedTo"],
                "properties": {
                    "bookingUid": _TEXT,
                    "reassignedTo": {
                        "type": "object",
                        "required": ["id", "name", "email"],
                        "properties": {"id": {"type": "number"}, "name": _TEXT_OR_NULL, "email": _TEXT},
                    },
                },
            },
        },
    },
}

# Their data is a list.
for _name in ("GetAllOrgMemberships", "GetTeamMembershipsOutput"):
    CORRECTED_PROPERTIES[_name, "data"] = {
        "type": "array",
        "items": {"$ref": "#/components/schemas/TeamMembershipOutput"},
    }
CORRECTED_PROPERTIES["GetRoutingFormResponsesOutput", "data"] = {
    "type": "array",
    "items": {"$ref": "#/components/schemas/RoutingFormResponseOutput"},
}
# There is no payment link to answer instead of the team.
CORRECTED_PROPERTIES["CreateTeamOutput", "data"] = {"$ref": "#/components/schemas/TeamOutputDto"}

_SLOT = {
    "type": "object",
    "required": ["start"],
    "properties": {
        "start": _TEXT,
        "end": _TEXT,
        "seatsBooked": {"type": "number"},
        "seatsRemaining": {"type": "number"},
        "seatsTotal": {"type": "number"},
        "bookingUid": _TEXT,
    },
}
DATA_IS: dict[str, Any] = {
    # Written without its envelope.
    "SlotsController_2024_09_04_getAvailableSlots": {
        "type": "object",
        "additionalProperties": {"type": "array", "items": _SLOT},
    },
}
"""Operation id -> what `data` of its answers really is."""
