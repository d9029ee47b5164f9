"""What a change of a booking says to the world: outbox rows and bus topics.

`event-type:<id>` is always among the topics: whether limits or seats matter may change until somebody reads.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from app.context import Actor
from app.db.unit_of_work import OutboxEvent
from app.events.outbox import (
    booking_topic,
    event_type_topic,
    host_topic,
    team_bookings_topic,
    user_bookings_topic,
)
from app.services.bookings.views import BookingView

INSTANT_REQUESTED: Final = "booking.instant-requested"
INSTANT_CLAIMED: Final = "booking.instant-claimed"
"""Changes that only instant meetings have (BK-44)."""


def shared_topics(host_ids: Iterable[int], event_type_id: int | None, team_id: int | None) -> list[str]:
    """Whom a change of bookings with these hosts concerns, whichever booking it is."""
    topics = [topic(host_id) for host_id in host_ids for topic in (host_topic, user_bookings_topic)]
    topics += [event_type_topic(event_type_id)] if event_type_id is not None else []
    topics += [team_bookings_topic(team_id)] if team_id is not None else []
    return topics


def caller_facts(actor: Actor) -> dict[str, Any]:
    """Who made the change, for webhooks and mails."""
    return {"byUserId": actor.user_id, "byEmail": actor.email}


def booking_event(
    kind: str, actor: Actor, booking: BookingView, payload: Mapping[str, Any], *, other_hosts: Iterable[int] = ()
) -> OutboxEvent:
    """A change of one booking; `other_hosts` are people who hosted it before the change."""
    hosts = dict.fromkeys([*(host.user_id for host in booking.hosts), *other_hosts])
    topics = shared_topics(hosts, booking.event_type_id, booking.team_id)
    return OutboxEvent(
        type=kind,
        key=booking.uid,
        topics=(*topics, booking_topic(booking.uid)),
        payload={"uid": booking.uid, "hostIds": list(hosts), **caller_facts(actor), **payload},
        user_id=booking.user_id,
        team_id=booking.team_id,
        event_type_id=booking.event_type_id,
        booking_id=booking.id,
    )
