"""Webhooks of the caller and of event types: two paths, one kind of row (WH-6)."""

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator
from typing_extensions import TypedDict

from app.rest.operation import AnyOperation, Operation
from app.rest.request import RestRequest
from app.rest.v2.constraints import ARRAY, STRING, Told, one_of
from app.rest.v2.inputs import Body, PageQuery, Url
from app.services.unset import UNSET
from app.services.webhooks.create import CreateWebhook, create_webhook
from app.services.webhooks.delete import DeleteWebhook, delete_event_type_webhooks, delete_webhook
from app.services.webhooks.queries import GetWebhook, ListWebhooks, get_webhook, list_webhooks
from app.services.webhooks.triggers import Trigger
from app.services.webhooks.update import UpdateWebhook, update_webhook
from app.services.webhooks.views import WebhookView

EVENT_TYPE = "eventTypeId"


def _one_or_many(value: Any) -> Any:
    """Clients generated from the documents send a single trigger as a text."""
    return [value] if isinstance(value, str) else value


Triggers = Annotated[
    list[str],
    BeforeValidator(_one_or_many, json_schema_input_type=list[str] | str),
    Told((one_of(Trigger).each(), ARRAY)),
]
SubscriberUrl = Annotated[Url, Told((STRING,))]


class CreateWebhookInput(Body):
    """A new webhook."""

    subscriber_url: SubscriberUrl
    triggers: Triggers
    active: bool
    payload_template: str | None = None
    secret: str | None = None


class UpdateWebhookInput(Body):
    """New values."""

    subscriber_url: SubscriberUrl | None = None
    triggers: Triggers | None = None
    active: bool | None = None
    payload_template: str | None = None
    secret: str | None = None


class WebhookOutput(TypedDict):
    """A webhook."""

    id: str
    subscriberUrl: str
    active: bool
    triggers: list[str]
    payloadTemplate: str | None
    secret: str | None


class UserWebhookOutput(WebhookOutput):
    """A webhook of a person."""

    userId: int


class EventTypeWebhookOutput(WebhookOutput):
    """A webhook of an event type."""

    eventTypeId: int


def _scope(request: RestRequest) -> int | None:
    return request.number(EVENT_TYPE) if EVENT_TYPE in request.params else None


def create_command(request: RestRequest, body: CreateWebhookInput) -> CreateWebhook:
    """A webhook of the scope that the path names."""
    return CreateWebhook(
        subscriber_url=body.subscriber_url,
        triggers=tuple(body.triggers),
        active=body.active,
        payload_template=body.payload_template,
        secret=body.secret,
        event_type_id=_scope(request),
    )


def update_command(request: RestRequest, body: UpdateWebhookInput) -> UpdateWebhook:
    """What to change; the template and the secret can be taken away with null."""
    given = body.given()
    cleared: dict[str, Any] = {name: None for name in ("payload_template", "secret") if name in body.model_fields_set}
    return UpdateWebhook(
        id=request.text("webhookId"),
        event_type_id=_scope(request),
        personal=EVENT_TYPE not in request.params,
        **{**cleared, **given, "triggers": tuple(given["triggers"]) if "triggers" in given else UNSET},
    )


def get_command(request: RestRequest, _: None) -> GetWebhook:
    """Which webhook."""
    return GetWebhook(request.text("webhookId"), _scope(request), personal=EVENT_TYPE not in request.params)


def delete_command(request: RestRequest, _: None) -> DeleteWebhook:
    """Which webhook."""
    return DeleteWebhook(request.text("webhookId"), _scope(request), personal=EVENT_TYPE not in request.params)


def list_command(request: RestRequest, query: PageQuery) -> ListWebhooks:
    """Which page."""
    return ListWebhooks(_scope(request), query.skip, query.take)


def _shown(view: WebhookView) -> WebhookOutput:
    return {
        "id": view.id,
        "subscriberUrl": view.subscriber_url,
        "active": view.active,
        "triggers": list(view.triggers),
        "payloadTemplate": view.payload_template,
        "secret": view.secret,
    }


def render_users(view: WebhookView) -> UserWebhookOutput:
    """The documented webhook of a person."""
    assert view.user_id is not None  # noqa: S101 WH-6: an event type's is refused here
    return {**_shown(view), "userId": view.user_id}


def render_event_types(view: WebhookView) -> EventTypeWebhookOutput:
    """The documented webhook of an event type."""
    assert view.event_type_id is not None  # noqa: S101 WH-6: a person's is not found here
    return {**_shown(view), "eventTypeId": view.event_type_id}


def render_all_users(views: Sequence[WebhookView]) -> list[UserWebhookOutput]:
    """A page of a person's webhooks."""
    return [render_users(view) for view in views]


def render_all_event_types(views: Sequence[WebhookView]) -> list[EventTypeWebhookOutput]:
    """A page of an event type's webhooks."""
    return [render_event_types(view) for view in views]


def render_count(count: int) -> str:
    """How many are gone."""
    return f"{count} webhooks deleted"


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation(
        method="POST", path="/v2/webhooks", operation_id="WebhooksController_createWebhook",
        field="Mutation.createWebhook", status=201, body=CreateWebhookInput, command=create_command,
        call=create_webhook, render=render_users, tag="Webhooks", summary="Create a webhook",
    ),
    Operation(
        method="GET", path="/v2/webhooks", operation_id="WebhooksController_getWebhooks", field="Viewer.webhooks",
        body=PageQuery, command=list_command, call=list_webhooks, render=render_all_users,
        tag="Webhooks", summary="Get all webhooks",
    ),
    Operation(
        method="GET", path="/v2/webhooks/{webhookId}", operation_id="WebhooksController_getWebhook",
        field="Query.webhook", command=get_command, call=get_webhook, render=render_users,
        tag="Webhooks", summary="Get a webhook",
    ),
    Operation(
        method="PATCH", path="/v2/webhooks/{webhookId}", operation_id="WebhooksController_updateWebhook",
        field="Mutation.updateWebhook", body=UpdateWebhookInput, command=update_command, call=update_webhook,
        render=render_users, tag="Webhooks", summary="Update a webhook",
    ),
    Operation(
        method="DELETE", path="/v2/webhooks/{webhookId}", operation_id="WebhooksController_deleteWebhook",
        field="Mutation.deleteWebhook", command=delete_command, call=delete_webhook, render=render_users,
        tag="Webhooks", summary="Delete a webhook",
    ),
    Operation(
        method="POST", path="/v2/event-types/{eventTypeId}/webhooks",
        operation_id="EventTypeWebhooksController_createEventTypeWebhook", field="Mutation.createWebhook",
        status=201, body=CreateWebhookInput, command=create_command, call=create_webhook, render=render_event_types,
        tag="Event types / Webhooks", summary="Create a webhook",
    ),
    Operation(
        method="GET", path="/v2/event-types/{eventTypeId}/webhooks",
        operation_id="EventTypeWebhooksController_getEventTypeWebhooks", field="Query.eventTypeWebhooks",
        body=PageQuery, command=list_command, call=list_webhooks, render=render_all_event_types,
        tag="Event types / Webhooks", summary="Get all webhooks",
    ),
    Operation(
        method="GET", path="/v2/event-types/{eventTypeId}/webhooks/{webhookId}",
        operation_id="EventTypeWebhooksController_getEventTypeWebhook", field="Query.webhook",
        command=get_command, call=get_webhook, render=render_event_types,
        tag="Event types / Webhooks", summary="Get a webhook",
    ),
    Operation(
        method="PATCH", path="/v2/event-types/{eventTypeId}/webhooks/{webhookId}",
        operation_id="EventTypeWebhooksController_updateEventTypeWebhook", field="Mutation.updateWebhook",
        body=UpdateWebhookInput, command=update_command, call=update_webhook, render=render_event_types,
        tag="Event types / Webhooks", summary="Update a webhook",
    ),
    Operation(
        method="DELETE", path="/v2/event-types/{eventTypeId}/webhooks/{webhookId}",
        operation_id="EventTypeWebhooksController_deleteEventTypeWebhook", field="Mutation.deleteWebhook",
        command=delete_command, call=delete_webhook, render=render_event_types,
        tag="Event types / Webhooks", summary="Delete a webhook",
    ),
    Operation(
        method="DELETE", path="/v2/event-types/{eventTypeId}/webhooks",
        operation_id="EventTypeWebhooksController_deleteAllEventTypeWebhooks",
        field="Mutation.deleteEventTypeWebhooks", command=lambda request, _: request.number(EVENT_TYPE),
        call=delete_event_type_webhooks, render=render_count,
        tag="Event types / Webhooks", summary="Delete all webhooks",
    ),
)  # fmt: skip
