"""Making bookings."""

from tests.services.bookings.desk import Desk, outbox


async def test_a_start_is_booked(desk: Desk) -> None:
    """BK-15, BK-20 to BK-22: an accepted booking with its booker, told to the world once."""
    host = await desk.person(name="Bob Host")
    event_type = await desk.event_type(host, title="Intro")
    view = await desk.booked(event_type, "2026-05-04T08:00")
    assert (view.status, view.title, view.user_id) == ("ACCEPTED", "Intro between Bob Host and Ann", host.id)
    assert (view.start.isoformat(), view.duration_minutes) == ("2026-05-04T08:00:00+00:00", 30)
    assert [(person.kind, person.email) for person in view.attendees] == [("BOOKER", "ann@example.com")]
    assert await outbox() == [("booking.created", view.uid)]
