"""Connected calendars, their busy times, ICS feeds; which calendars block and which one is written (BT-11)."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal, NotRequired

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, model_validator
from typing_extensions import TypedDict

from app.domain.grouping import render_instants
from app.domain.schedule_validation import parse_date
from app.errors import InvalidInputError
from app.rest.operation import AnyOperation, Operation, Shape
from app.rest.request import RestRequest
from app.rest.v2.constraints import DATE_STRING, URL, Told
from app.rest.v2.inputs import Body, Int, Query, QueryInt, QueryTimeZone, Text
from app.rest.v2.validation import wrong
from app.services.calendars.choose import (
    SelectCalendar,
    SetDestinationCalendar,
    select_calendar,
    set_destination_calendar,
    unselect_calendar,
)
from app.services.calendars.queries import CalendarRef, GetBusyTimes, get_busy_times, list_calendars
from app.services.calendars.save_feeds import CheckIcsFeeds, SaveIcsFeeds, check_ics_feeds, save_ics_feeds
from app.services.calendars.views import BusyView, CalendarView, ChosenView, ConnectedView, ConnectionView
from app.services.checks import check_url

TAG = "Calendars"
_ICS_APP = {
    "name": "ICS Feed",
    "description": "Busy times of any calendar that can be published as an ICS feed.",
    "variant": "calendar",
    "categories": ["calendar"],
    "logo": "",
    "publisher": "",
    "url": "",
    "email": "",
    "locationOption": None,
    "title": "ICS Feed",
    "dirName": "ics-feedcalendar",
}


def _date(value: Any) -> Any:
    """A date; of an instant its date."""
    found = parse_date(value[:10]) if isinstance(value, str) else value
    if found is None:
        raise wrong(DATE_STRING)
    return found


def _feed_url(value: str) -> str:
    try:
        return value if value.lower().startswith("webcal://") else check_url("urls", value)
    except InvalidInputError as error:
        raise wrong(URL) from error


FeedUrl = Annotated[str, AfterValidator(_feed_url), Told((URL,))]
QueryDate = Annotated[date | None, BeforeValidator(_date)]


class SaveIcsFeedInput(Body):
    """Feeds to read."""

    urls: Annotated[list[FeedUrl], Field(min_length=1, max_length=20)]
    read_only: bool | None = True


class CalendarToLoad(Query):
    """A calendar whose busy times are asked for."""

    credential_id: QueryInt
    external_id: str


def _also_one(schema: dict[str, Any]) -> None:
    """Say that one calendar may be named without a list around it."""
    schema["required"].remove("calendarsToLoad")
    schema["properties"] |= {"credentialId": {"type": "integer"}, "externalId": {"type": "string"}}


class BusyTimesQuery(Query):
    """Which calendars, on which dates of which zone; one calendar may be named without a list around it."""

    model_config = ConfigDict(json_schema_extra=_also_one)

    logged_in_users_tz: QueryTimeZone
    date_from: QueryDate = None
    date_to: QueryDate = None
    calendars_to_load: Annotated[list[CalendarToLoad], Field(min_length=1, max_length=50)]

    @model_validator(mode="before")
    @classmethod
    def _one_calendar(cls, given: Any) -> Any:
        if isinstance(given, dict) and "calendarsToLoad" not in given:
            one = {name: given[name] for name in ("credentialId", "externalId") if name in given}
            return {**given, "calendarsToLoad": [one]}
        return given


class SelectCalendarInput(Body):
    """A calendar whose busy times shall block."""

    integration: Text
    external_id: Text
    credential_id: Int
    delegation_credential_id: str | None = None


class UnselectCalendarQuery(Query):
    """A calendar that shall not block any more."""

    integration: str
    external_id: str
    credential_id: QueryInt
    delegation_credential_id: str | None = None


class DestinationInput(Body):
    """Where bookings are written."""

    integration: Literal["apple_calendar", "google_calendar", "office365_calendar"]
    external_id: Text
    delegation_credential_id: str | None = None


class BusyTime(TypedDict):
    """A stretch of time that is taken."""

    start: str
    end: str
    source: NotRequired[str | None]


class ExternalCalendar(TypedDict):
    """A calendar of a connection."""

    externalId: str
    integration: str
    name: str
    primary: bool | None
    readOnly: bool
    isSelected: bool
    credentialId: int
    delegationCredentialId: str | None


class CalendarFault(TypedDict):
    """Why a connection's calendars are not all read."""

    message: str


class ConnectedCalendar(TypedDict):
    """A connection with its calendars."""

    integration: dict[str, Any]
    credentialId: int
    delegationCredentialId: str | None
    primary: NotRequired[ExternalCalendar]
    calendars: list[ExternalCalendar]
    error: NotRequired[CalendarFault]


class ConnectedCalendars(TypedDict):
    """All connections; `destinationCalendar` has nothing in it when there is none."""

    connectedCalendars: list[ConnectedCalendar]
    destinationCalendar: dict[str, Any]


class FeedCredential(TypedDict):
    """The credential that holds the feeds."""

    id: int
    type: str
    userId: int | None
    teamId: int | None
    appId: str | None
    invalid: bool | None


class ChosenCalendar(TypedDict):
    """A selected or destination calendar."""

    userId: int
    integration: str
    externalId: str
    credentialId: int | None


def busy_command(_: RestRequest, query: BusyTimesQuery) -> GetBusyTimes:
    """The calendars and dates asked for."""
    return GetBusyTimes(
        calendars=tuple(CalendarRef(each.credential_id, each.external_id) for each in query.calendars_to_load),
        zone=query.logged_in_users_tz,
        first=query.date_from,
        last=query.date_to,
    )


def save_command(_: RestRequest, body: SaveIcsFeedInput) -> SaveIcsFeeds:
    """The feeds to keep."""
    return SaveIcsFeeds(urls=tuple(body.urls), read_only=body.read_only is not False)


def select_command(_: RestRequest, body: SelectCalendarInput | UnselectCalendarQuery) -> SelectCalendar:
    """The calendar concerned."""
    return SelectCalendar(credential_id=body.credential_id, integration=body.integration, external_id=body.external_id)


def destination_command(_: RestRequest, body: DestinationInput) -> SetDestinationCalendar:
    """Where to write."""
    return SetDestinationCalendar(integration=body.integration, external_id=body.external_id)


def render_connected(view: ConnectedView) -> ConnectedCalendars:
    """Everything that is connected."""
    return {
        "connectedCalendars": [_connection(each) for each in view.connections],
        "destinationCalendar": _destination(view.destination) if view.destination is not None else {},
    }


def _connection(view: ConnectionView) -> ConnectedCalendar:
    app = {**_ICS_APP, "type": view.type, "slug": view.app_slug, "installed": True}
    calendars = [_calendar(each) for each in view.calendars]
    connected: ConnectedCalendar = {
        "integration": app,
        "credentialId": view.id,
        "delegationCredentialId": None,
        "calendars": calendars,
    }
    if calendars:
        connected["primary"] = calendars[0]
    message = next((text for each in view.calendars for text in (each.error, *each.problems) if text), None)
    if message is not None:
        connected["error"] = {"message": message}
    return connected


def _calendar(view: CalendarView) -> ExternalCalendar:
    return {
        "externalId": view.external_id,
        "integration": view.integration,
        "name": view.name,
        "primary": None,
        "readOnly": view.read_only,
        "isSelected": view.is_selected,
        "credentialId": view.credential_id,
        "delegationCredentialId": None,
    }


def _destination(view: ChosenView) -> dict[str, Any]:
    return {
        "id": view.id,
        "integration": view.integration,
        "externalId": view.external_id,
        "primaryEmail": None,
        "userId": view.user_id,
        "eventTypeId": None,
        "credentialId": view.credential_id,
        "delegationCredentialId": None,
    }


def render_busy(views: Sequence[BusyView]) -> list[BusyTime]:
    """Busy times in UTC."""
    return [{"start": _text(view.start_s), "end": _text(view.end_s), "source": view.source} for view in views]


def _text(second: int) -> str:
    return render_instants([second], None)[0]


def render_credential(view: ConnectionView) -> FeedCredential:
    """The credential."""
    return {
        "id": view.id,
        "type": view.type,
        "userId": view.user_id,
        "teamId": view.team_id,
        "appId": view.app_slug,
        "invalid": view.invalid,
    }


def render_chosen(view: ChosenView) -> ChosenCalendar:
    """The calendar."""
    return {
        "userId": view.user_id,
        "integration": view.integration,
        "externalId": view.external_id,
        "credentialId": view.credential_id,
    }


def render_nothing(_: ConnectionView) -> None:
    """The status says it all."""


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation(
        method="GET", path="/v2/calendars", operation_id="CalendarsController_getCalendars", field="Query.calendars",
        call=list_calendars, render=render_connected, tag=TAG, summary="Get all calendars",
    ),
    Operation(
        method="GET", path="/v2/calendars/busy-times", operation_id="CalendarsController_getBusyTimes",
        field="Query.calendarBusyTimes", body=BusyTimesQuery, command=busy_command, call=get_busy_times,
        render=render_busy, tag=TAG, summary="Get busy times",
    ),
    # Saving twice is saving once, and feeds are not fetched inside of a transaction: no answer is kept for a key.
    Operation(
        method="POST", path="/v2/calendars/ics-feed/save", operation_id="CalendarsController_createIcsFeed",
        field="Mutation.saveIcsFeeds", status=201, body=SaveIcsFeedInput, command=save_command, call=save_ics_feeds,
        render=render_credential, secret=True, tag=TAG, summary="Save an ICS feed",
    ),
    Operation(
        method="GET", path="/v2/calendars/ics-feed/check", operation_id="CalendarsController_checkIcsFeed",
        field="Mutation.checkIcsFeeds", command=lambda _, __: CheckIcsFeeds(),
        call=check_ics_feeds, render=render_nothing, shape=Shape.STATUS,
        tag=TAG, summary="Check an ICS feed",
    ),
    Operation(
        method="POST", path="/v2/selected-calendars",
        operation_id="SelectedCalendarsController_addSelectedCalendar", field="Mutation.selectCalendar", status=201,
        body=SelectCalendarInput, command=select_command, call=select_calendar, render=render_chosen,
        tag="Selected Calendars", summary="Add a selected calendar",
    ),
    Operation(
        method="DELETE", path="/v2/selected-calendars",
        operation_id="SelectedCalendarsController_deleteSelectedCalendar", field="Mutation.unselectCalendar",
        body=UnselectCalendarQuery, command=select_command, call=unselect_calendar, render=render_chosen,
        tag="Selected Calendars", summary="Delete a selected calendar",
    ),
    Operation(
        method="PUT", path="/v2/destination-calendars",
        operation_id="DestinationCalendarsController_updateDestinationCalendars",
        field="Mutation.setDestinationCalendar", body=DestinationInput, command=destination_command,
        call=set_destination_calendar, render=render_chosen, tag="Destination Calendars",
        summary="Update destination calendars",
    ),
)  # fmt: skip
