"""What a webhook may be set to (WH-6)."""

from collections.abc import Sequence
from typing import Any

from app.errors import InvalidInputError
from app.services.checks import check_text, check_url
from app.services.webhooks.triggers import Trigger

MAX_TEMPLATE = 20_000
MAX_SECRET = 500
VERSIONS = (1, 2)
"""1: as documented, those about meetings flat; 2: all in the envelope (WH-8)."""

CONFLICT = "Webhook with this subscriber url already exists for this {}"


def checked(values: dict[str, Any]) -> dict[str, Any]:
    """Column values of a webhook; empty texts switch off. Raises InvalidInputError naming the field."""
    result = dict(values)
    if "subscriber_url" in result:
        result["subscriber_url"] = check_url("subscriberUrl", result["subscriber_url"].strip())
    if "triggers" in result:
        result["triggers"] = check_triggers(result["triggers"])
    if result.get("payload_template") is not None:
        result["payload_template"] = _template(result["payload_template"])
    if result.get("secret") is not None:
        result["secret"] = check_text("secret", result["secret"], most=MAX_SECRET) or None
    if result.get("version", 1) not in VERSIONS:
        raise InvalidInputError.at("version", "version must be one of the following values: 1, 2", "isIn")
    return result


def check_triggers(names: Sequence[str]) -> list[str]:
    """Known triggers, each once, in the order given."""
    unknown = [name for name in names if name not in Trigger.__members__]
    if unknown:
        message = f"each value in triggers must be one of the following values: {', '.join(Trigger.__members__)}"
        raise InvalidInputError.at("triggers", message, "isEnum")
    if not names:
        raise InvalidInputError.at("triggers", "triggers should not be empty", "isNotEmpty")
    return list(dict.fromkeys(names))


def _template(text: str) -> str | None:
    if len(text) > MAX_TEMPLATE:
        message = f"payloadTemplate must be shorter than or equal to {MAX_TEMPLATE} characters"
        raise InvalidInputError.at("payloadTemplate", message, "maxLength")
    return text if text.strip() else None
