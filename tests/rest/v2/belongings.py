"""What one person has of everything that rows can name."""

from dataclasses import dataclass

from app.db import raw
from tests.contract.client import Caller
from tests.rest.v2.booking_desk import ELEVEN, NINE, TEN, YAN, BookingDesk
from tests.rest.v2.test_calendars import CALENDARS, SAVE, FeedServer

HOOK = {"subscriberUrl": "https://receiver.example.com/x", "triggers": ["BOOKING_CREATED"], "active": True}


@dataclass(frozen=True, slots=True)
class Belongings:
    """Ids of what somebody has, by the names that paths give them."""

    owner: Caller
    event_type: int
    schedule: int
    webhook: str
    event_type_webhook: str
    reservation: str
    waiting: str
    accepted: str
    begun: str
    credential: int
    feed: str

    def path(self, documented: str, booking: str) -> str:
        """A documented path with these ids; `booking` is the uid to name."""
        hook = self.event_type_webhook if "{eventTypeId}" in documented else self.webhook
        ids = {"eventTypeId": self.event_type, "scheduleId": self.schedule, "webhookId": hook, "uid": self.reservation}
        return documented.format(**ids, bookingUid=booking, bookingId=booking, userId=self.owner.id)


async def belongings(desk: BookingDesk, owner: Caller, feed: FeedServer) -> Belongings:
    """One of each: an event type that asks for confirmation, three bookings of it, a reservation, webhooks, a feed."""
    rest = desk.rest
    event_type = await desk.event_type(owner, requires_confirmation=True)
    waiting, accepted, begun = [await desk.book(event_type, start, attendee=YAN) for start in (NINE, TEN, ELEVEN)]
    for each in (accepted, begun):
        await desk.post(f"/{each['uid']}/confirm", owner)
    await raw.execute("UPDATE bookings SET start_s = 1700000000, end_s = 1700001800 WHERE uid = $1", begun["uid"])
    kept = {"eventTypeId": event_type.id, "slotStart": "2050-09-06T07:00:00Z"}
    reservation = await rest.ok("POST", "/v2/slots/reservations", version="2024-09-04", json=kept)
    schedule = await rest.ok("GET", "/v2/schedules/default", owner, version="2024-06-11")
    webhook = await rest.ok("POST", "/v2/webhooks", owner, json=HOOK)
    of_type = await rest.ok("POST", f"/v2/event-types/{event_type.id}/webhooks", owner, json=HOOK)
    await rest.ok("POST", SAVE, owner, json={"urls": [feed.url]})
    [calendar] = (await rest.ok("GET", CALENDARS, owner))["connectedCalendars"][0]["calendars"]
    return Belongings(
        owner, event_type.id, schedule["id"], webhook["id"], of_type["id"], reservation["reservationUid"],
        waiting["uid"], accepted["uid"], begun["uid"], calendar["credentialId"], calendar["externalId"],
    )  # fmt: skip
