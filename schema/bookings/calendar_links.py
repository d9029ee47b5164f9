"""`Booking.calendarLinks`: links that add a booking to a calendar (EM-5)."""

from typing import Any, Final

import strawberry

from app.services.bookings.calendar_links import CalendarLink as LinkView
from app.services.bookings.calendar_links import CalendarLinkKind, CalendarLinksOf, calendar_links
from schema.context import Info
from schema.enums import describe_enum
from schema.extensions.cost import cost

describe_enum(
    CalendarLinkKind,
    name="CalendarLinkKind",
    description="Which calendar a link is for.",
    values={
        "GOOGLE_CALENDAR": "Google Calendar.",
        "MICROSOFT_OFFICE": "Outlook with a work or school account.",
        "MICROSOFT_OUTLOOK": "Outlook with a personal account.",
        "ICS": "Any other: a calendar file in a data link.",
    },
)
_LINKS: Final = 4


@strawberry.type(description="A link that adds a booking to a calendar.")
class CalendarLink:
    """GraphQL form of a service `CalendarLink`."""

    view: strawberry.Private[LinkView]

    @strawberry.field(description="Which calendar.")
    def kind(self) -> CalendarLinkKind:
        return self.view.id

    @strawberry.field(description="Name to show.")
    def label(self) -> str:
        return self.view.label

    @strawberry.field(description="Where it leads.")
    def link(self) -> str:
        return self.view.link


async def resolve_calendar_links(root: Any, info: Info) -> list[CalendarLink] | None:
    """Links of the booking `root`."""
    links = await calendar_links(info.context.request, CalendarLinksOf(root.view.uid))
    return [CalendarLink(view=link) for link in links]


calendar_links_field: Any = strawberry.field(
    resolver=resolve_calendar_links,
    description="Links that add it to a calendar; for signed-in callers, in a fixed order.",
    metadata=cost(2, size=_LINKS),
)
