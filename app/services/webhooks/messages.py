"""From the fields of a message to the delivery that each receiver gets (WH-1, WH-4)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.db import raw
from app.events.registry import NewDelivery
from app.services.webhooks.receivers import Receiver
from app.services.webhooks.templates import Body, TemplateError, render
from app.services.webhooks.texts import created_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What happened, in the order of `key` (a booking's uid).

    Webhooks of version 1 get flat ones without envelope and template (WH-8); for version 2 nothing is flat.
    """

    trigger: str
    key: str
    fields: Mapping[str, Any]
    sequence: int | None = None
    is_flat: bool = False
    takes_template: bool = True


def deliveries_of(message: Message, receivers: Iterable[Receiver], now: datetime) -> list[NewDelivery]:
    """One delivery for each receiver."""
    return [_delivery(message, receiver, now) for receiver in receivers]


def too_late(message: Message, receivers: Iterable[Receiver], now: datetime) -> list[NewDelivery]:
    """Notes in the delivery log that nothing was sent (WH-8)."""
    error = "More than a day late: not sent."
    return [_made(message, each, Body(standard_text(message, each, now)), error) for each in receivers]


def standard_text(message: Message, receiver: Receiver, now: datetime) -> str:
    """The body without a template: the envelope, or the fields by themselves beside the trigger."""
    if _is_flat(message, receiver):
        return raw.dumps({"triggerEvent": message.trigger, **message.fields})
    return raw.dumps({"triggerEvent": message.trigger, "createdAt": created_text(now), "payload": message.fields})


def _is_flat(message: Message, receiver: Receiver) -> bool:
    return message.is_flat and receiver.version == 1


TEMPLATE_ERROR = "Template: "
"""How the error of a delivery begins that was never sent because its body could not be made."""


def _delivery(message: Message, receiver: Receiver, now: datetime) -> NewDelivery:
    template = receiver.payload_template
    if not template or _is_flat(message, receiver) or not message.takes_template:
        return _made(message, receiver, Body(standard_text(message, receiver, now)))
    try:
        flat = {**message.fields, "triggerEvent": message.trigger, "createdAt": created_text(now)}
        return _made(message, receiver, render(template, flat))
    except TemplateError as error:
        # The log keeps what the template was to be filled with: a repaired one can be tried again.
        return _made(message, receiver, Body(standard_text(message, receiver, now)), f"{TEMPLATE_ERROR}{error}")


def _made(message: Message, receiver: Receiver, body: Body, error: str | None = None) -> NewDelivery:
    return NewDelivery(
        webhook_id=receiver.webhook_id,
        key=message.key,
        trigger=message.trigger,
        body=body.text,
        sequence=message.sequence,
        content_type=body.content_type,
        error=error,
    )
