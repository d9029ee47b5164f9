"""Make, exchange and end API keys; sign in."""

from datetime import datetime
from typing import Annotated

import strawberry

from app.services.api_keys.create import CreateApiKey, create_api_key
from app.services.api_keys.refresh import RefreshApiKey, refresh_api_key
from app.services.api_keys.revoke import RevokeApiKey, revoke_api_key
from app.services.api_keys.sign_in import SignIn, sign_in
from schema.api_keys.types import ApiKey, ApiKeySecretSuccess
from schema.context import Info
from schema.errors import Forbidden, InvalidInput, NotFound, Unauthenticated
from schema.node import database_id, internal_id
from schema.scalars import EmailAddress


@strawberry.input(description="A key for the caller.")
class CreateApiKeyInput:
    """Input of `createApiKey`."""

    note: str | None = strawberry.field(default=None, description="What to call it.")
    expires_at: datetime | None = strawberry.field(
        default=None, description="Last day of validity; null = never expires."
    )
    team_id: strawberry.ID | None = strawberry.field(
        default=None, description="Tie it to a team the caller administers."
    )


@strawberry.input(description="How long the new key is valid; neither means 30 days.")
class RefreshApiKeyInput:
    """Input of `refreshApiKey`."""

    days_valid: int | None = strawberry.field(default=None, description="Days from now, 1 to 36500.")
    never_expires: bool = strawberry.field(default=False, description="Valid until revoked.")


@strawberry.input(description="Which key to end.")
class RevokeApiKeyInput:
    """Input of `revokeApiKey`."""

    id: strawberry.ID = strawberry.field(description="The key.")


@strawberry.input(description="Credentials of a person.")
class SignInInput:
    """Input of `signIn`."""

    email: EmailAddress = strawberry.field(description="Address of the account.")
    password: str = strawberry.field(description="Its password.")


@strawberry.type(description="The key has ended; it is refused from now on.")
class RevokeApiKeySuccess:
    """Success member of `RevokeApiKeyResult`."""

    api_key: ApiKey = strawberry.field(description="The key that was revoked.")


CreateApiKeyResult = Annotated[
    ApiKeySecretSuccess | InvalidInput | Unauthenticated | Forbidden | NotFound,
    strawberry.union("CreateApiKeyResult", description="The new key, or what is wrong."),
]
RefreshApiKeyResult = Annotated[
    ApiKeySecretSuccess | InvalidInput | Unauthenticated,
    strawberry.union("RefreshApiKeyResult", description="The successor of the key in use, or what is wrong."),
]
RevokeApiKeyResult = Annotated[
    RevokeApiKeySuccess | Unauthenticated | NotFound,
    strawberry.union("RevokeApiKeyResult", description="The ended key, or what is wrong."),
]
SignInResult = Annotated[
    ApiKeySecretSuccess | Unauthenticated,
    strawberry.union("SignInResult", description="A key valid for 30 days, or a refusal."),
]


@strawberry.type
class ApiKeyMutations:
    """Mixin for `Mutation`."""

    @strawberry.mutation(description="Make an API key of the caller; its secret is shown only in this answer.")
    async def create_api_key(
        self, info: Info, input: Annotated[CreateApiKeyInput, strawberry.argument(description="The key to make.")]
    ) -> CreateApiKeyResult:
        team_id = database_id(input.team_id, "Team") if input.team_id is not None else None
        created = await create_api_key(info.context.request, CreateApiKey(input.note, input.expires_at, team_id))
        return ApiKeySecretSuccess.from_created(created)

    @strawberry.mutation(description="Revoke the API key this request is made with and make its successor.")
    async def refresh_api_key(
        self, info: Info, input: Annotated[RefreshApiKeyInput, strawberry.argument(description="Its validity.")]
    ) -> RefreshApiKeyResult:
        command = RefreshApiKey(input.days_valid, input.never_expires)
        return ApiKeySecretSuccess.from_created(await refresh_api_key(info.context.request, command))

    @strawberry.mutation(description="End one of the caller's API keys at once.")
    async def revoke_api_key(
        self, info: Info, input: Annotated[RevokeApiKeyInput, strawberry.argument(description="The key to end.")]
    ) -> RevokeApiKeyResult:
        view = await revoke_api_key(info.context.request, RevokeApiKey(internal_id(input.id, "ApiKey")))
        return RevokeApiKeySuccess(api_key=ApiKey.from_view(view))

    @strawberry.mutation(description="Exchange e-mail and password for an API key valid for 30 days.")
    async def sign_in(
        self, info: Info, input: Annotated[SignInInput, strawberry.argument(description="Credentials.")]
    ) -> SignInResult:
        return ApiKeySecretSuccess.from_created(
            await sign_in(info.context.request, SignIn(input.email, input.password))
        )
