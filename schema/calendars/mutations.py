"""Connect feeds; choose which calendars block and which one is written."""

from typing import Annotated

import strawberry

from app.services.calendars.choose import (
    SelectCalendar,
    SetDestinationCalendar,
    select_calendar,
    set_destination_calendar,
    unselect_calendar,
)
from app.services.calendars.save_feeds import CheckIcsFeeds, SaveIcsFeeds, check_ics_feeds, save_ics_feeds
from schema.calendars.types import ChosenCalendar, ConnectedCalendar
from schema.context import Info
from schema.errors import InvalidInput, NotFound, Unauthenticated
from schema.scalars import URL


@strawberry.input(description="All ICS feeds of the caller, in place of those before.")
class SaveIcsFeedsInput:
    """Input of `saveIcsFeeds`."""

    urls: list[URL] = strawberry.field(description="Where the feeds are, 1 to 20.")


@strawberry.input(description="Which of the caller's ICS feeds to read again.")
class CheckIcsFeedsInput:
    """Input of `checkIcsFeeds`."""

    url: URL | None = strawberry.field(default=None, description="Where it is; all of them if left out.")


@strawberry.input(description="A calendar of one of the caller's connections.")
class SelectCalendarInput:
    """Input of `selectCalendar`."""

    credential_id: int = strawberry.field(description="The connection.")
    integration: str = strawberry.field(description="The kind of system it is in.")
    external_id: str = strawberry.field(description="Its id there; for a feed its URL.")


@strawberry.input(description="A calendar that shall not block any more.")
class UnselectCalendarInput:
    """Input of `unselectCalendar`."""

    credential_id: int = strawberry.field(description="The connection.")
    integration: str = strawberry.field(description="The kind of system it is in.")
    external_id: str = strawberry.field(description="Its id there; for a feed its URL.")


@strawberry.input(description="Where the caller's bookings shall be written.")
class SetDestinationCalendarInput:
    """Input of `setDestinationCalendar`."""

    integration: str = strawberry.field(description="The kind of system it is in.")
    external_id: str = strawberry.field(description="Its id there.")
    credential_id: int | None = strawberry.field(
        default=None, description="The connection; the oldest of that kind if left out."
    )


@strawberry.type(description="The feeds as they were read just now.")
class IcsFeedsSuccess:
    """Success member of the feed results."""

    connection: ConnectedCalendar = strawberry.field(description="The connection that holds the feeds.")


@strawberry.type(description="The calendar that was chosen.")
class CalendarSuccess:
    """Success member of the results that choose a calendar."""

    calendar: ChosenCalendar = strawberry.field(description="The calendar.")


SaveIcsFeedsResult = Annotated[
    IcsFeedsSuccess | InvalidInput | Unauthenticated,
    strawberry.union("SaveIcsFeedsResult", description="The feeds, or which of them cannot be had."),
]
CheckIcsFeedsResult = Annotated[
    IcsFeedsSuccess | InvalidInput | Unauthenticated,
    strawberry.union("CheckIcsFeedsResult", description="The feeds, or what is wrong with one."),
]
SelectCalendarResult = Annotated[
    CalendarSuccess | InvalidInput | NotFound | Unauthenticated,
    strawberry.union("SelectCalendarResult", description="The calendar, or what is wrong."),
]
UnselectCalendarResult = Annotated[
    CalendarSuccess | InvalidInput | NotFound | Unauthenticated,
    strawberry.union("UnselectCalendarResult", description="The calendar, or what is wrong."),
]
SetDestinationCalendarResult = Annotated[
    CalendarSuccess | InvalidInput | NotFound | Unauthenticated,
    strawberry.union("SetDestinationCalendarResult", description="The calendar, or what is wrong."),
]


def _command(input: SelectCalendarInput | UnselectCalendarInput) -> SelectCalendar:
    return SelectCalendar(
        credential_id=input.credential_id, integration=input.integration, external_id=input.external_id
    )


@strawberry.type
class CalendarMutations:
    """Mixin for `Mutation`."""

    @strawberry.mutation(description="Read ICS feeds from now on; busy times of new ones block at once.")
    async def save_ics_feeds(
        self, info: Info, input: Annotated[SaveIcsFeedsInput, strawberry.argument(description="The feeds.")]
    ) -> SaveIcsFeedsResult:
        view = await save_ics_feeds(info.context.request, SaveIcsFeeds(urls=tuple(input.urls)))
        return IcsFeedsSuccess(connection=ConnectedCalendar.from_view(view))

    @strawberry.mutation(description="Read the caller's ICS feeds again, now.")
    async def check_ics_feeds(
        self, info: Info, input: Annotated[CheckIcsFeedsInput, strawberry.argument(description="Which feeds.")]
    ) -> CheckIcsFeedsResult:
        view = await check_ics_feeds(info.context.request, CheckIcsFeeds(url=input.url))
        return IcsFeedsSuccess(connection=ConnectedCalendar.from_view(view))

    @strawberry.mutation(description="Let a calendar's busy times block; twice is no error.")
    async def select_calendar(
        self, info: Info, input: Annotated[SelectCalendarInput, strawberry.argument(description="The calendar.")]
    ) -> SelectCalendarResult:
        view = await select_calendar(info.context.request, _command(input))
        return CalendarSuccess(calendar=ChosenCalendar.from_view(view))

    @strawberry.mutation(description="Let a calendar block no more.")
    async def unselect_calendar(
        self, info: Info, input: Annotated[UnselectCalendarInput, strawberry.argument(description="The calendar.")]
    ) -> UnselectCalendarResult:
        view = await unselect_calendar(info.context.request, _command(input))
        return CalendarSuccess(calendar=ChosenCalendar.from_view(view))

    @strawberry.mutation(description="Choose the calendar into which bookings are written.")
    async def set_destination_calendar(
        self,
        info: Info,
        input: Annotated[SetDestinationCalendarInput, strawberry.argument(description="The calendar.")],
    ) -> SetDestinationCalendarResult:
        command = SetDestinationCalendar(
            integration=input.integration, external_id=input.external_id, credential_id=input.credential_id
        )
        view = await set_destination_calendar(info.context.request, command)
        return CalendarSuccess(calendar=ChosenCalendar.from_view(view))
