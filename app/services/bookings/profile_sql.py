"""The statement that reads what booking needs of an event type beyond its scheduling rules.

Round-robin standings (TM-7 to TM-12) come with it: one statement less for every booking.
"""

from functools import lru_cache

from app.db.raw import Sql
from app.services.bookings.remembered_sql import STANDING
from app.services.slots.facts_sql import facts_by_id

# $1 event type, $2 and $3 since when bookings count by month and by day (TM-8).
_TEXT = """
SELECT e.title, e.slug, e.owner_id, coalesce(e.team_id, p.team_id) AS team_id, t.name AS team_name,
       t.round_robin_interval, e.scheduling_type, e.length_minutes, e.length_options, e.locations, e.booking_fields,
       e.custom_name, e.disable_guests, e.requires_confirmation, e.confirmation_threshold,
       e.confirmation_free_email_only, e.pending_blocks, e.recurrence, e.seats_per_slot, e.seats_show_attendees,
       e.hide_organizer_email, e.instant_expiry_seconds,
       e.disable_cancelling, e.disable_rescheduling, e.weights_enabled, e.max_lead_threshold,
       e.same_host_on_reschedule, e.price, t.parent_id AS organization_id, e.slots_changed_at,
       (SELECT AGG(ARRAY_OF(h.user_id, h.is_fixed, h.priority, h.weight, MS(h.created_at), u.default_app_slug,
                            u.slots_changed_at, LAST_BOOKED, COUNTED, AWAY))
          FROM hosts h JOIN users u ON u.id = h.user_id WHERE h.event_type_id = e.id) AS hosts
  FROM event_types e LEFT JOIN event_types p ON p.id = e.parent_id
       LEFT JOIN teams t ON t.id = coalesce(e.team_id, p.team_id)
 WHERE e.id = $1::int AND $2::timestamptz <= $3::timestamptz
"""
_SINCE = "CASE WHEN t.round_robin_interval = 'DAY' THEN $3::timestamptz ELSE $2::timestamptz END"
_ACCEPTED = (
    "FROM booking_hosts x JOIN bookings b ON b.id = x.booking_id"
    " WHERE x.host_id = h.user_id AND x.event_type_id = e.id AND b.status = 'ACCEPTED'"
)
# TM-12: as organizer of any age, as attendee inside the interval.
_LAST_BOOKED = (
    "CASE WHEN e.scheduling_type = 'ROUND_ROBIN' THEN"
    " (SELECT max(MS(b.created_at)) ACCEPTED_BOOKINGS AND (x.is_organizer OR b.created_at >= SINCE)) END"
)
# TM-8; nobody reads the counts unless weights or the lead threshold do.
_COUNTED = (
    "CASE WHEN e.scheduling_type = 'ROUND_ROBIN' AND (e.weights_enabled OR e.max_lead_threshold IS NOT NULL) THEN"
    " KEEP((SELECT AGG(MS(b.created_at)) ACCEPTED_BOOKINGS AND b.created_at >= SINCE AND NOT b.host_absent"
    " AND EXISTS (SELECT 1 FROM attendees a WHERE a.booking_id = b.id AND a.kind <> 'HOST' AND NOT a.absent))) END"
)
# TM-10
_AWAY = (
    "CASE WHEN e.scheduling_type = 'ROUND_ROBIN' AND e.weights_enabled THEN"
    " KEEP((SELECT AGG(ARRAY_OF(o.start_date, o.end_date)) FROM out_of_office o WHERE o.user_id = h.user_id)) END"
)


def _spelled(array: str, group: str, keep: str, milliseconds: str) -> str:
    text = _TEXT.replace("LAST_BOOKED", _LAST_BOOKED).replace("COUNTED", _COUNTED).replace("AWAY", _AWAY)
    text = text.replace("ACCEPTED_BOOKINGS", _ACCEPTED).replace("SINCE", _SINCE)
    text = text.replace("ARRAY_OF", array).replace("AGG", group).replace("KEEP", keep)
    for column in ("h.created_at", "b.created_at"):
        text = text.replace(f"MS({column})", milliseconds.format(column))
    return text


EVENT_TYPE_PROFILE = Sql(
    postgres=_spelled("json_build_array", "json_agg", "", "(extract(epoch FROM {}) * 1000)::bigint"),
    sqlite=_spelled(
        "json_array", "json_group_array", "json", "CAST((julianday({}) - 2440587.5) * 86400000.0 AS INTEGER)"
    ),
)
"""The profile of event type $1; $2 and $3 are when this month and this day began (UTC)."""


@lru_cache(maxsize=1)
def facts_and_profile() -> Sql:
    """Facts and profile of event type $1 in one row; $2 is the day of the facts, $3 and $4 are those of the profile.

    PostgreSQL says how it stands too.
    """
    facts, profile = facts_by_id(), EVENT_TYPE_PROFILE
    return Sql(
        postgres=_beside(facts.postgres, profile.postgres, f"({STANDING.format(event_type='$1')})"),
        sqlite=_beside(facts.sqlite, profile.sqlite, "NULL"),
    )


def _beside(facts: str, profile: str, standing: str) -> str:
    later = profile.replace("$3", "$4").replace("$2", "$3")
    return f"SELECT f.facts, f.changed, p.*, {standing} AS standing FROM ({facts}) f CROSS JOIN ({later}) p"


GROUP_VERSIONS = "SELECT id, slots_changed_at, default_app_slug FROM users WHERE id = ANY($1::int[])"
"""What changes of the members of a dynamic group: $1 their ids."""
