"""Paying for operations: takes the requested cost before execution and gives back what was not used."""

from app.context import RequestContext
from app.errors import ErrorCode, RateLimitedError, SlotgraphError
from schema.extensions.cost import CostReport
from schema.extensions.cost_buckets import Balance, CostBucket, seconds_until


class CostLimitError(SlotgraphError):
    """Dearer than any operation may be; waiting does not help."""

    code = ErrorCode.COST_LIMIT

    def __init__(self, requested: int, limit: int) -> None:
        super().__init__(
            f"The operation would cost {requested} points; at most {limit} are allowed. Ask for less at once."
        )
        self.requested = requested
        self.limit = limit

    @property
    def extensions(self) -> dict[str, object]:
        """What was asked for and what is allowed."""
        return {"requested": self.requested, "limit": self.limit}


def caller_of(request: RequestContext) -> str:
    """Whose bucket pays: the user's, or that of the address for an anonymous caller."""
    actor = request.actor
    return f"ip:{request.client_ip}" if actor.is_anonymous else actor.scope


def is_metered(request: RequestContext) -> bool:
    """Whether this caller pays at all: a rate limit of 0 means that callers of the kind are not limited."""
    settings = request.settings
    return (settings.rate_limit_ip if request.actor.is_anonymous else settings.rate_limit_api_key) > 0


class Payment:
    """Takes costs from a bucket; switched off it only reports them."""

    def __init__(self, bucket: CostBucket, *, enabled: bool = True) -> None:
        self.bucket = bucket
        self.enabled = enabled

    async def pay(
        self, caller: str, requested: int, now: float, *, dry: bool = False, metered: bool = True
    ) -> CostReport | None:
        """Pay `requested` points; a dry run pays nothing and reports, and so does a caller who is not metered.

        Raises CostLimitError for what no bucket can hold, RateLimitedError (COST_LIMIT) for what is not there yet.
        """
        if not self.enabled:
            return None
        bucket = self.bucket
        if requested > bucket.limit and not dry:
            raise CostLimitError(requested, bucket.limit)
        if not metered:
            return self._report(requested, Balance(True, bucket.limit), now)
        balance = await bucket.pay(caller, 0 if dry else requested)
        if not balance.paid:
            wait = seconds_until(requested - balance.remaining, bucket.restore_rate)
            text = f"The operation costs {requested} points and {balance.remaining} are left; try again in {wait} s."
            raise RateLimitedError(text, retry_after=wait, code=ErrorCode.COST_LIMIT)
        return self._report(requested, balance, now)

    async def settle(self, caller: str, report: CostReport) -> None:
        """Give back what the answer did not use."""
        unused = report.requested - report.actual
        if unused <= 0 or report.remaining >= report.limit:  # a full bucket: nothing was paid
            return
        await self.bucket.refund(caller, unused)
        report.remaining = min(report.limit, report.remaining + unused)
        report.reset_at = round(report.reset_at - unused / max(report.restore_rate, 1), 3)

    def _report(self, requested: int, balance: Balance, now: float) -> CostReport:
        limit, rate = self.bucket.limit, self.bucket.restore_rate
        full_in = (limit - balance.remaining) / max(rate, 1)
        return CostReport(requested, requested, limit, balance.remaining, rate, round(now + full_in, 3))
