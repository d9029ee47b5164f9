"""What the caller may still spend."""

from datetime import UTC, datetime

import strawberry

from schema.context import Info


@strawberry.type(description="What the caller may still spend; also in `extensions.cost` of every answer.")
class RateLimit:
    """GraphQL form of `CostReport`."""

    cost: int = strawberry.field(description="What this operation was charged before it ran.")
    limit: int = strawberry.field(description="Points a full bucket holds; no operation may cost more.")
    remaining: int = strawberry.field(description="Points left.")
    restore_rate: int = strawberry.field(description="Points that come back each second.")
    reset_at: datetime = strawberry.field(description="When the bucket is full again.")


@strawberry.type
class RateLimitQueries:
    """Mixin for `Query`."""

    @strawberry.field(description="What the caller may still spend; null where operations are not paid for.")
    async def rate_limit(self, info: Info) -> RateLimit | None:
        report = info.context.cost
        if report is None:
            return None
        return RateLimit(
            cost=report.requested,
            limit=report.limit,
            remaining=report.remaining,
            restore_rate=report.restore_rate,
            reset_at=datetime.fromtimestamp(report.reset_at, UTC),
        )
