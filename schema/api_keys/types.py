"""API keys as the API shows them."""

from datetime import datetime
from typing import Self

import strawberry

from app.services.api_keys.views import ApiKeyView, CreatedApiKey
from schema.node import Node, global_id


@strawberry.type(description="A secret that acts for its owner. Only its hash is kept; the secret is shown once.")
class ApiKey(Node):
    """GraphQL form of `ApiKeyView`."""

    note: str | None = strawberry.field(description="What the owner calls it.")
    expires_at: datetime | None = strawberry.field(description="Last day of validity; null = it never expires.")
    last_used_at: datetime | None = strawberry.field(description="When it was last used, to the minute.")
    created_at: datetime = strawberry.field(description="When it was made.")

    @classmethod
    def from_view(cls, view: ApiKeyView) -> Self:
        """The type of a view."""
        return cls(
            id=global_id("ApiKey", view.id),
            note=view.note,
            expires_at=view.expires_at,
            last_used_at=view.last_used_at,
            created_at=view.created_at,
        )


@strawberry.type(description="A new API key with its secret, which is shown only now.")
class ApiKeySecretSuccess:
    """Success member of the results that make a key."""

    api_key: ApiKey = strawberry.field(description="The key.")
    secret: str = strawberry.field(description="Send it as `Authorization: Bearer ...`; it cannot be read again.")

    @classmethod
    def from_created(cls, created: CreatedApiKey) -> Self:
        """The type of a new key."""
        return cls(api_key=ApiKey.from_view(created.key), secret=created.secret)
