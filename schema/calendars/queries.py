"""Read connected calendars and their busy times."""

from datetime import date
from typing import Annotated

import strawberry

from app.services.calendars.queries import CalendarRef, GetBusyTimes, get_busy_times, list_calendars
from schema.calendars.types import CalendarBusyTime, Calendars
from schema.context import Info
from schema.scalars import TimeZone


@strawberry.input(description="A calendar of the caller.")
class CalendarRefInput:
    """GraphQL form of `CalendarRef`."""

    credential_id: int = strawberry.field(description="The connection it belongs to.")
    external_id: str = strawberry.field(description="Its id there; for a feed its URL.")


@strawberry.type
class CalendarQueries:
    """Mixin for `Query`."""

    @strawberry.field(description="The calendars that the caller has connected.")
    async def calendars(self, info: Info) -> Calendars | None:
        return Calendars.from_view(await list_calendars(info.context.request))

    @strawberry.field(description="When calendars of the caller are taken, as they were read last, in time order.")
    async def calendar_busy_times(
        self,
        info: Info,
        calendars: Annotated[list[CalendarRefInput], strawberry.argument(description="Which calendars.")],
        time_zone: Annotated[TimeZone, strawberry.argument(description="Zone of the dates.")],
        first_date: Annotated[date | None, strawberry.argument(description="From; today if left out.")] = None,
        last_date: Annotated[
            date | None, strawberry.argument(description="Until, included; 31 days later if left out.")
        ] = None,
    ) -> list[CalendarBusyTime] | None:
        command = GetBusyTimes(
            calendars=tuple(CalendarRef(each.credential_id, each.external_id) for each in calendars),
            zone=time_zone,
            first=first_date,
            last=last_date,
        )
        return [CalendarBusyTime.from_view(view) for view in await get_busy_times(info.context.request, command)]
