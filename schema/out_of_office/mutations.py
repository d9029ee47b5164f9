"""Add, change and remove days away."""

from datetime import date
from typing import Annotated

import strawberry

from app.services.out_of_office.write import (
    CreateOutOfOffice,
    DeleteOutOfOffice,
    UpdateOutOfOffice,
    create_out_of_office,
    delete_out_of_office,
    update_out_of_office,
)
from schema.context import Info
from schema.errors import Conflict, InvalidInput, NotFound, Unauthenticated
from schema.inputs import given, given_as
from schema.node import database_id
from schema.out_of_office.types import OutOfOffice, OutOfOfficeReason


@strawberry.input(description="Days on which the caller takes no bookings.")
class CreateOutOfOfficeInput:
    """Input of `createOutOfOffice`."""

    start: date = strawberry.field(description="First day away.")
    end: date = strawberry.field(description="Last day away, inclusive.")
    reason: OutOfOfficeReason = strawberry.field(default=OutOfOfficeReason.UNSPECIFIED, description="Why.")
    notes: str | None = strawberry.field(default=None, description="At most 2000 characters.")
    to_user_id: strawberry.ID | None = strawberry.field(default=None, description="A team-mate who stands in.")


@strawberry.input(description="New values for days away; what is left out stays.")
class UpdateOutOfOfficeInput:
    """Input of `updateOutOfOffice`."""

    id: strawberry.ID = strawberry.field(description="The entry.")
    start: strawberry.Maybe[date] = strawberry.field(default=None, description="First day away.")
    end: strawberry.Maybe[date] = strawberry.field(default=None, description="Last day away, inclusive.")
    reason: strawberry.Maybe[OutOfOfficeReason] = strawberry.field(default=None, description="Why.")
    notes: strawberry.Maybe[str | None] = strawberry.field(default=None, description="At most 2000 characters.")
    to_user_id: strawberry.Maybe[strawberry.ID | None] = strawberry.field(default=None, description="Who stands in.")


@strawberry.input(description="Which days away to remove.")
class DeleteOutOfOfficeInput:
    """Input of `deleteOutOfOffice`."""

    id: strawberry.ID = strawberry.field(description="The entry.")


@strawberry.type(description="The entry as it is now, or was before its removal.")
class OutOfOfficeSuccess:
    """Success member of the out-of-office results."""

    out_of_office: OutOfOffice = strawberry.field(description="The days away.")


CreateOutOfOfficeResult = Annotated[
    OutOfOfficeSuccess | InvalidInput | Conflict | Unauthenticated,
    strawberry.union("CreateOutOfOfficeResult", description="The new entry, or what is wrong."),
]
UpdateOutOfOfficeResult = Annotated[
    OutOfOfficeSuccess | InvalidInput | Conflict | NotFound | Unauthenticated,
    strawberry.union("UpdateOutOfOfficeResult", description="The changed entry, or what is wrong."),
]
DeleteOutOfOfficeResult = Annotated[
    OutOfOfficeSuccess | NotFound | Unauthenticated,
    strawberry.union("DeleteOutOfOfficeResult", description="The removed entry, or what is wrong."),
]


def _user(text: str) -> int:
    return database_id(text, "User")


@strawberry.type
class OutOfOfficeMutations:
    """Mixin for `Mutation`."""

    @strawberry.mutation(description="Take no bookings on some days; slots of these days vanish at once.")
    async def create_out_of_office(
        self, info: Info, input: Annotated[CreateOutOfOfficeInput, strawberry.argument(description="The days.")]
    ) -> CreateOutOfOfficeResult:
        view = await create_out_of_office(
            info.context.request,
            CreateOutOfOffice(
                start=input.start,
                end=input.end,
                reason=input.reason.value,
                notes=input.notes,
                to_user_id=_user(input.to_user_id) if input.to_user_id is not None else None,
            ),
        )
        return OutOfOfficeSuccess(out_of_office=OutOfOffice.from_view(view))

    @strawberry.mutation(description="Change days away.")
    async def update_out_of_office(
        self, info: Info, input: Annotated[UpdateOutOfOfficeInput, strawberry.argument(description="New values.")]
    ) -> UpdateOutOfOfficeResult:
        view = await update_out_of_office(
            info.context.request,
            UpdateOutOfOffice(
                id=database_id(input.id, "OutOfOffice"),
                start=given(input.start),
                end=given(input.end),
                reason=given_as(input.reason, lambda reason: reason.value),
                notes=given(input.notes),
                to_user_id=given_as(input.to_user_id, _user),
            ),
        )
        return OutOfOfficeSuccess(out_of_office=OutOfOffice.from_view(view))

    @strawberry.mutation(description="Remove days away; their slots are free again.")
    async def delete_out_of_office(
        self, info: Info, input: Annotated[DeleteOutOfOfficeInput, strawberry.argument(description="The entry.")]
    ) -> DeleteOutOfOfficeResult:
        command = DeleteOutOfOffice(database_id(input.id, "OutOfOffice"))
        view = await delete_out_of_office(info.context.request, command)
        return OutOfOfficeSuccess(out_of_office=OutOfOffice.from_view(view))
