"""The schema of Slotgraph: gathers what the resources offer."""

from typing import Any

import strawberry

from app.errors import HostUnavailableError, SlotUnavailableError
from schema.api_keys.mutations import ApiKeyMutations
from schema.bookings.mutations import BookingMutations
from schema.bookings.queries import BookingQueries
from schema.bookings.subscriptions import BookingSubscriptions
from schema.build import SlotgraphSchema, build_schema
from schema.calendars.mutations import CalendarMutations
from schema.calendars.queries import CalendarQueries
from schema.errors import ErrorAsData
from schema.event_types.mutations import EventTypeMutations
from schema.event_types.queries import EventTypeQueries
from schema.node import node_queries
from schema.nodes import registry
from schema.out_of_office.mutations import OutOfOfficeMutations
from schema.rate_limit import RateLimitQueries
from schema.schedules.mutations import ScheduleMutations
from schema.schedules.queries import ScheduleQueries
from schema.slots.explain import HostUnavailable, SlotUnavailable
from schema.slots.holds import HoldMutations, HoldQueries
from schema.slots.queries import SlotQueries
from schema.slots.subscriptions import SlotSubscriptions
from schema.teams.mutations import TeamMutations
from schema.teams.queries import TeamQueries
from schema.users.mutations import UserMutations
from schema.users.viewer import UserQueries
from schema.webhooks.deliveries import WebhookDeliveryMutations
from schema.webhooks.feed import EventQueries
from schema.webhooks.mutations import WebhookMutations
from schema.webhooks.queries import WebhookQueries

NodeQueries: Any = node_queries(registry())


@strawberry.type(description="Reading.")
class Query(
    UserQueries,
    TeamQueries,
    EventTypeQueries,
    ScheduleQueries,
    SlotQueries,
    HoldQueries,
    BookingQueries,
    CalendarQueries,
    RateLimitQueries,
    WebhookQueries,
    EventQueries,
    NodeQueries,  # type: ignore[misc] # made by a function
):
    """Root of queries."""


@strawberry.type(description="Writing: each field takes one input and answers a union, its success member first.")
class Mutation(
    UserMutations,
    ApiKeyMutations,
    ScheduleMutations,
    OutOfOfficeMutations,
    TeamMutations,
    EventTypeMutations,
    HoldMutations,
    BookingMutations,
    CalendarMutations,
    WebhookMutations,
    WebhookDeliveryMutations,
):
    """Root of mutations."""


@strawberry.type(description="Following: the first event is a snapshot; every event has a cursor to resume after it.")
class Subscription(SlotSubscriptions, BookingSubscriptions):
    """Root of subscriptions."""


def make_schema() -> SlotgraphSchema:
    """The schema that is served; stateless, one a process is enough."""
    return build_schema(
        Query,
        Mutation,
        Subscription,
        handlers=[
            ErrorAsData(SlotUnavailableError, SlotUnavailable),
            ErrorAsData(HostUnavailableError, HostUnavailable),
        ],
    )


schema = make_schema()
