"""Make and change bookings."""

from typing import Annotated

import strawberry

from app.services.bookings.add_guests import add_guests
from app.services.bookings.cancel import cancel_booking
from app.services.bookings.change_location import change_location
from app.services.bookings.claim_instant import ClaimInstantBooking, claim_instant_booking
from app.services.bookings.confirm import ConfirmBooking, confirm_booking
from app.services.bookings.create import create_booking
from app.services.bookings.decline import DeclineBooking, decline_booking
from app.services.bookings.edit import edit_booking
from app.services.bookings.mark_absent import mark_absent
from app.services.bookings.reassign import reassign_booking
from app.services.bookings.request_reschedule import RequestReschedule, request_reschedule
from app.services.bookings.reschedule import reschedule_booking
from schema.bookings.inputs import (
    AddGuestsInput,
    CancelBookingInput,
    ChangeBookingLocationInput,
    ClaimInstantBookingInput,
    ConfirmBookingInput,
    CreateBookingInput,
    DeclineBookingInput,
    EditBookingInput,
    MarkAbsentInput,
    ReassignBookingInput,
    RequestRescheduleInput,
    RescheduleBookingInput,
)
from schema.bookings.results import (
    AddGuestsResult,
    AddGuestsSuccess,
    CancelBookingResult,
    CancelBookingSuccess,
    ChangeBookingLocationResult,
    ChangeBookingLocationSuccess,
    ClaimInstantBookingResult,
    ClaimInstantBookingSuccess,
    ConfirmBookingResult,
    ConfirmBookingSuccess,
    CreateBookingResult,
    CreateBookingSuccess,
    DeclineBookingResult,
    DeclineBookingSuccess,
    EditBookingResult,
    EditBookingSuccess,
    MarkAbsentResult,
    MarkAbsentSuccess,
    ReassignBookingResult,
    ReassignBookingSuccess,
    RequestRescheduleResult,
    RequestRescheduleSuccess,
    RescheduleBookingResult,
    RescheduleBookingSuccess,
)
from schema.bookings.types import BookingHost
from schema.context import Info


@strawberry.type
class BookingMutations:
    """Mixin for `Mutation`."""

    @strawberry.mutation(description="Book a start; a recurring event type gives one booking for each occurrence.")
    async def create_booking(
        self, info: Info, input: Annotated[CreateBookingInput, strawberry.argument(description="The wish.")]
    ) -> CreateBookingResult:
        changed = await create_booking(info.context.request, input.command())
        return CreateBookingSuccess.from_changed(changed, seat_uid=changed.seat_uid, dry_run=changed.dry_run)

    @strawberry.mutation(description="Move a booking, a seat, or occurrences of a series to another time.")
    async def reschedule_booking(
        self, info: Info, input: Annotated[RescheduleBookingInput, strawberry.argument(description="The wish.")]
    ) -> RescheduleBookingResult:
        changed = await reschedule_booking(info.context.request, input.command())
        return RescheduleBookingSuccess.from_changed(changed, seat_uid=changed.seat_uid)

    @strawberry.mutation(description="Cancel a booking, a seat, or occurrences of a series.")
    async def cancel_booking(
        self, info: Info, input: Annotated[CancelBookingInput, strawberry.argument(description="What to cancel.")]
    ) -> CancelBookingResult:
        return CancelBookingSuccess.from_changed(await cancel_booking(info.context.request, input.command()))

    @strawberry.mutation(description="Accept a booking that waits, as its host; of a series all that wait.")
    async def confirm_booking(
        self, info: Info, input: Annotated[ConfirmBookingInput, strawberry.argument(description="The booking.")]
    ) -> ConfirmBookingResult:
        command = ConfirmBooking(uid=input.uid, idempotency_key=input.idempotency_key)
        return ConfirmBookingSuccess.from_changed(await confirm_booking(info.context.request, command))

    @strawberry.mutation(description="Decline a booking that waits, as its host; of a series all that wait.")
    async def decline_booking(
        self, info: Info, input: Annotated[DeclineBookingInput, strawberry.argument(description="The booking.")]
    ) -> DeclineBookingResult:
        command = DeclineBooking(uid=input.uid, reason=input.reason, idempotency_key=input.idempotency_key)
        return DeclineBookingSuccess.from_changed(await decline_booking(info.context.request, command))

    @strawberry.mutation(description="Hand a round-robin booking to another host who is free.")
    async def reassign_booking(
        self, info: Info, input: Annotated[ReassignBookingInput, strawberry.argument(description="To whom.")]
    ) -> ReassignBookingResult:
        answer = await reassign_booking(info.context.request, input.command())
        return ReassignBookingSuccess.from_changed(answer.changed, reassigned_to=BookingHost(view=answer.reassigned_to))

    @strawberry.mutation(description="Note who did not come, once the meeting has begun.")
    async def mark_absent(
        self, info: Info, input: Annotated[MarkAbsentInput, strawberry.argument(description="Who.")]
    ) -> MarkAbsentResult:
        return MarkAbsentSuccess.from_changed(await mark_absent(info.context.request, input.command()))

    @strawberry.mutation(description="Edit a booking in place; it keeps its uid.")
    async def edit_booking(
        self, info: Info, input: Annotated[EditBookingInput, strawberry.argument(description="New values.")]
    ) -> EditBookingResult:
        return EditBookingSuccess.from_changed(await edit_booking(info.context.request, input.command()))

    @strawberry.mutation(
        description="Ask the booker for another time: cancels the booking, which may still be moved once."
    )
    async def request_reschedule(
        self, info: Info, input: Annotated[RequestRescheduleInput, strawberry.argument(description="The booking.")]
    ) -> RequestRescheduleResult:
        command = RequestReschedule(uid=input.uid, reason=input.reason, idempotency_key=input.idempotency_key)
        return RequestRescheduleSuccess.from_changed(await request_reschedule(info.context.request, command))

    @strawberry.mutation(description="Meet elsewhere, as the host decides; everybody is told.")
    async def change_booking_location(
        self, info: Info, input: Annotated[ChangeBookingLocationInput, strawberry.argument(description="Where.")]
    ) -> ChangeBookingLocationResult:
        return ChangeBookingLocationSuccess.from_changed(await change_location(info.context.request, input.command()))

    @strawberry.mutation(description="Invite more people, as the host; everybody is told.")
    async def add_guests(
        self, info: Info, input: Annotated[AddGuestsInput, strawberry.argument(description="Who.")]
    ) -> AddGuestsResult:
        return AddGuestsSuccess.from_changed(await add_guests(info.context.request, input.command()))

    @strawberry.mutation(description="Take a waiting instant meeting by its join token.")
    async def claim_instant_booking(
        self, info: Info, input: Annotated[ClaimInstantBookingInput, strawberry.argument(description="The token.")]
    ) -> ClaimInstantBookingResult:
        changed = await claim_instant_booking(info.context.request, ClaimInstantBooking(token=input.token))
        return ClaimInstantBookingSuccess.from_changed(changed)
