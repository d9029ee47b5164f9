"""Why a start is offered or not, as the API shows it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Self

import strawberry

from app.domain.outcomes import RuleOutcome
from app.errors import SlotUnavailableError, UnavailableReason
from app.services.slots.views import ExplainedHost, SlotExplanation
from schema.context import Info
from schema.errors import UserError
from schema.scalars import SlotsVersion
from schema.slots.types import Slot, bound, instant, plain_slots
from schema.users.types import User


@strawberry.type(description="What one rule says about a start.")
class SlotReason:
    """GraphQL form of `RuleOutcome` and of `UnavailableReason`."""

    rule: str = strawberry.field(description="Number of the rule in the scheduling rules, such as `BT-1`.")
    code: str = strawberry.field(description="A stable word for the rule, such as `busy` or `notice_too_short`.")
    allows: bool = strawberry.field(description="Whether the rule lets the start pass.")
    message: str = strawberry.field(description="The same in English.")
    listing_only: bool = strawberry.field(
        description="Whether it only hides the start from lists and lets it be booked."
    )
    start: datetime | None = strawberry.field(description="Start of the time concerned.")
    end: datetime | None = strawberry.field(description="End of the time concerned.")
    host_id: strawberry.Private[int | None]

    @classmethod
    def of(cls, outcome: RuleOutcome) -> Self:
        """The type of a rule's outcome."""
        start, end = outcome.span or (None, None)
        return cls(
            rule=outcome.rule_id,
            code=outcome.code.value,
            allows=outcome.allows,
            message=outcome.detail,
            listing_only=outcome.listing_only,
            start=bound(start),
            end=bound(end),
            host_id=outcome.host_id,
        )

    @classmethod
    def refusing(cls, reason: UnavailableReason) -> Self:
        """The type of a reason in an error."""
        return cls(
            rule=reason.rule,
            code=reason.code,
            allows=False,
            message=reason.message,
            listing_only=False,
            start=reason.starts_at,
            end=reason.ends_at,
            host_id=reason.host_id,
        )

    @strawberry.field(
        description="The host concerned; null for rules of the event type, or if the caller may not know."
    )
    async def host(self, info: Info) -> User | None:
        if self.host_id is None:
            return None
        view = await info.context.loaders.user_by_id.load(self.host_id)
        return User.from_view(view) if view is not None else None


@strawberry.type(description="What the rules say about a start for one host.")
class HostExplanation:
    """GraphQL form of `ExplainedHost`."""

    available: bool = strawberry.field(description="Whether this host is free.")
    reasons: list[SlotReason] = strawberry.field(description="The rules that speak about it, in the order of deciding.")
    user_id: strawberry.Private[int]

    @classmethod
    def of(cls, host: ExplainedHost) -> Self:
        """The type of an explained host."""
        return cls(available=host.available, reasons=reasons(host.outcomes), user_id=host.user_id)

    @strawberry.field(description="The host.")
    async def host(self, info: Info) -> User | None:
        view = await info.context.loaders.user_by_id.load(self.user_id)
        return User.from_view(view) if view is not None else None


@strawberry.type(name="SlotExplanation", description="Why a start is offered or not.")
class SlotExplanationType:
    """GraphQL form of `SlotExplanation`."""

    start: datetime = strawberry.field(description="The start asked about.")
    length_in_minutes: int = strawberry.field(description="Length it would have.")
    bookable: bool = strawberry.field(description="Whether it can be booked.")
    listed: bool = strawberry.field(description="Whether lists of slots show it; some starts can be booked unlisted.")
    reasons: list[SlotReason] = strawberry.field(
        description="Rules of the event type as a whole, in order of deciding."
    )
    hosts: list[HostExplanation] = strawberry.field(description="The same for each host.")
    next_slots: list[Slot] = strawberry.field(description="The next free slots, at most 5, in UTC.")
    slots_version: SlotsVersion = strawberry.field(description="Version of the availability it was decided on.")

    @classmethod
    def from_view(cls, view: SlotExplanation) -> Self:
        """The type of a view."""
        return cls(
            start=instant(view.start_s),
            length_in_minutes=view.length_minutes,
            bookable=view.bookable,
            listed=view.listed,
            reasons=reasons(view.outcomes),
            hosts=[HostExplanation.of(host) for host in view.hosts],
            next_slots=plain_slots(list(view.next_starts), view.length_minutes),
            slots_version=SlotsVersion(view.version),
        )


def reasons(outcomes: Iterable[RuleOutcome]) -> list[SlotReason]:
    """The types of outcomes, in their order."""
    return [SlotReason.of(outcome) for outcome in outcomes]


@strawberry.interface(description="A start could not be taken; says why and what to offer instead.")
class UnavailableStart(UserError):
    """What `SlotUnavailable` and `HostUnavailable` share."""

    reasons: list[SlotReason] = strawberry.field(description="The rules that removed it.")
    next_slots: list[Slot] = strawberry.field(description="The next free slots, at most 5, in UTC.")
    slots_version: SlotsVersion = strawberry.field(description="Version of the availability it was decided on.")
    dates: list[datetime] = strawberry.field(description="For a series: the occurrences that could not be taken.")

    @classmethod
    def details(cls, error: SlotUnavailableError) -> dict[str, Any]:
        """Reasons and next steps."""
        return {
            "reasons": [SlotReason.refusing(reason) for reason in error.reasons],
            "next_slots": plain_slots([int(start.timestamp()) for start in error.next_slots], error.length_minutes),
            "slots_version": SlotsVersion(error.slots_version),
            "dates": list(error.dates),
        }


@strawberry.type(description="Nobody needed for this start is free.")
class SlotUnavailable(UnavailableStart):
    """GraphQL form of SlotUnavailableError."""


@strawberry.type(description="A host that must take part is not free.")
class HostUnavailable(UnavailableStart):
    """GraphQL form of HostUnavailableError."""
