"""What is asked of each server: the same questions to the floor, to the service functions and to GraphQL."""

import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import orjson

from bench.fixture import BOOKED_EVENTS, CASES, MONTH, Case
from bench.load import get, post

Requests = Callable[[], Iterator[bytes]]

GRAPHQL_HEADERS = "Accept: application/graphql-response+json\r\n"
SLOTS = """query Slots($event: Int!, $window: TimeWindow!) {
  slots(eventType: {databaseId: $event}, window: $window, timeZone: "Europe/Berlin") { days { date %s } } }"""
SLOT_FIELDS = {"objects": "slots { start }", "texts": "starts"}
BOOK = """mutation Book($input: CreateBookingInput!) {
  createBooking(input: $input) {
    __typename ... on CreateBookingSuccess { slotsVersion booking { databaseId uid start status } }
    ... on UserError { message code } } }"""
LIST = """query Bookings($first: Int) { viewer { bookings(first: $first) { nodes {
  databaseId uid title status start end location durationInMinutes icalUid createdAt } } } }"""
SLOTS_VERSION = "2024-09-04"
API_KEY = "cal_bench0000000000000000000000000"


def again(request: bytes) -> Requests:
    """The same request for ever."""
    return lambda: itertools.repeat(request)


def slots_path(case: Case) -> str:
    """The month of an event type, of floor and service."""
    start, end = case.window
    return f"/slots?event={case.event_id}&start={start}&end={end}"


def graphql(document: str, variables: dict[str, object] | None = None, key: str | None = None) -> bytes:
    """A GraphQL request."""
    body = orjson.dumps({"query": document, "variables": variables or {}})
    return post("/graphql", body, GRAPHQL_HEADERS + (f"Authorization: Bearer {key}\r\n" if key else ""))


def graphql_slots(case: Case, fields: str) -> bytes:
    """The month of an event type through GraphQL."""
    window = {"start": MONTH[0].isoformat(), "end": MONTH[1].isoformat()}
    return graphql(SLOTS % SLOT_FIELDS[fields], {"event": case.event_id, "window": window})


def rest(path: str, version: str = "2024-08-13", key: str | None = None) -> bytes:
    """A GET of API v2."""
    return get(path, _rest_headers(version, key))


def rest_slots(case: Case) -> bytes:
    """The month of an event type through API v2; instants, since its dates would mean whole days of UTC."""
    start, end = (datetime.fromtimestamp(bound, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") for bound in case.window)
    path = f"/v2/slots?eventTypeId={case.event_id}&start={start}&end={end}&timeZone=Europe/Berlin"
    return rest(path, SLOTS_VERSION)


def _rest_headers(version: str, key: str | None = None) -> str:
    return f"cal-api-version: {version}\r\n" + (f"Authorization: Bearer {key}\r\n" if key else "")


class Wishes:
    """Bookings to ask for, each start once: five minutes, the hosts in turn."""

    def __init__(self) -> None:
        self._numbers = itertools.count()

    def _next(self) -> tuple[int, int, int]:
        number = next(self._numbers)
        event = BOOKED_EVENTS[number % len(BOOKED_EVENTS)]
        return number, event, int(MONTH[0].timestamp()) + number // len(BOOKED_EVENTS) * 300

    def plain(self) -> Iterator[bytes]:
        """For floor and service."""
        while True:
            number, event, start = self._next()
            person = {"name": "Ada Example", "email": f"ada{number}@example.com", "uid": f"wish{number}"}
            yield post("/book", orjson.dumps({"event": event, "start": start, **person}))

    def graphql(self) -> Iterator[bytes]:
        """For GraphQL."""
        while True:
            number, event, start = self._next()
            yield graphql_wish(event, start, number)

    def rest(self) -> Iterator[bytes]:
        """For API v2."""
        while True:
            number, event, start = self._next()
            yield rest_wish(event, start, number)


def rest_wish(event: int, start: int, number: int) -> bytes:
    """A booking through API v2."""
    return post("/v2/bookings", rest_booking(event, start, number), _rest_headers("2024-08-13"))


def rest_booking(event: int, start: int, number: int) -> bytes:
    """The body of that."""
    attendee = {"name": "Ada Example", "email": f"ada{number}@example.com", "timeZone": "Europe/Berlin"}
    at = datetime.fromtimestamp(start, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return orjson.dumps({"eventTypeId": event, "start": at, "attendee": attendee})


def graphql_wish(event: int, start: int, number: int) -> bytes:
    """A booking through GraphQL."""
    attendee = {"name": "Ada Example", "email": f"ada{number}@example.com", "timeZone": "Europe/Berlin"}
    at = datetime.fromtimestamp(start, UTC).isoformat()
    return graphql(BOOK, {"input": {"eventType": {"databaseId": event}, "start": at, "attendee": attendee}})


LISTED_HOST = CASES["solo200"].host_ids[0]
