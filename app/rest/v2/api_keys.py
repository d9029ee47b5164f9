"""Exchanging an API key for its successor (AU-2)."""

from typing_extensions import TypedDict

from app.rest.operation import Operation
from app.rest.request import RestRequest
from app.rest.v2.inputs import Body, Positive
from app.services.api_keys.refresh import RefreshApiKey, refresh_api_key
from app.services.api_keys.views import CreatedApiKey


class RefreshApiKeyInput(Body):
    """How long the new key is valid."""

    api_key_days_valid: Positive | None = None
    api_key_never_expires: bool | None = None


class NewApiKey(TypedDict):
    """The new key, shown once."""

    apiKey: str


def refresh_command(_: RestRequest, body: RefreshApiKeyInput) -> RefreshApiKey:
    """Days, or for ever."""
    return RefreshApiKey(body.api_key_days_valid, body.api_key_never_expires is True)


def render_key(created: CreatedApiKey) -> NewApiKey:
    """The secret."""
    return {"apiKey": created.secret}


OPERATIONS = (
    Operation(
        method="POST", path="/v2/api-keys/refresh", operation_id="ApiKeysController_refresh",
        field="Mutation.refreshApiKey", body=RefreshApiKeyInput, command=refresh_command, call=refresh_api_key,
        render=render_key, status=200, secret=True, names={"daysValid": "apiKeyDaysValid"},
        tag="API keys", summary="Refresh an API key",
    ),
)  # fmt: skip
