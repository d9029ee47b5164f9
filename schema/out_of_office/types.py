"""Days away as the API shows them."""

from datetime import date
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from app.services.out_of_office.views import OutOfOfficeView
from schema.context import Info
from schema.enums import describe_enum
from schema.node import Node, global_id

if TYPE_CHECKING:
    from schema.users.types import User


class OutOfOfficeReason(Enum):
    """Why somebody is away (AV-26)."""

    UNSPECIFIED = "unspecified"
    VACATION = "vacation"
    TRAVEL = "travel"
    SICK = "sick"
    PUBLIC_HOLIDAY = "public_holiday"


describe_enum(
    OutOfOfficeReason,
    name="OutOfOfficeReason",
    description="Why somebody is away.",
    values={
        "UNSPECIFIED": "No reason given.",
        "VACATION": "Vacation.",
        "TRAVEL": "Travelling.",
        "SICK": "Sick.",
        "PUBLIC_HOLIDAY": "Public holiday.",
    },
)


@strawberry.type(description="Days on which a person takes no bookings.")
class OutOfOffice(Node):
    """GraphQL form of `OutOfOfficeView`."""

    start: date = strawberry.field(description="First day away, in the zone of the schedule in use.")
    end: date = strawberry.field(description="Last day away, inclusive.")
    reason: OutOfOfficeReason = strawberry.field(description="Why.")
    notes: str | None = strawberry.field(description="What the person wants to say about it.")
    view: strawberry.Private[OutOfOfficeView]

    @classmethod
    def from_view(cls, view: OutOfOfficeView) -> Self:
        """The type of a view."""
        return cls(
            id=global_id("OutOfOffice", view.id),
            start=view.start_date,
            end=view.end_date,
            reason=OutOfOfficeReason(view.reason),
            notes=view.notes,
            view=view,
        )

    @strawberry.field(description="Who stands in, for information; bookings are not moved.")
    async def to_user(self, info: Info) -> Annotated["User", strawberry.lazy("schema.users.types")] | None:
        from schema.users.types import User  # noqa: PLC0415 the two types name each other

        if self.view.to_user_id is None:
            return None
        view = await info.context.loaders.user_by_id.load(self.view.to_user_id)
        return User.from_view(view) if view is not None else None
