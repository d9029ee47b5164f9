"""Statement one: everything that does not depend on what is booked, as one JSON text per event type."""

from functools import lru_cache

from app.db.raw import Sql
from app.services.slots.dialect import JsonDialect, both

RULES = (
    "id",
    "length_minutes",
    "length_options",
    "slot_interval",
    "offset_start",
    "minimum_notice",
    "before_buffer",
    "after_buffer",
    "period_type",
    "period_days",
    "period_calendar_days",
    "period_start",
    "period_end",
    "booking_limits",
    "duration_limits",
    "seats_per_slot",
    "only_first_slot",
    "time_zone",
    "scheduling_type",
    "team_id",
    "owner_id",
    "hidden",
    "requires_confirmation",
    "pending_blocks",
    "slug",
)
_JSON_RULES = {"length_options", "booking_limits", "duration_limits"}

# AV-16: the schedule with the user's default id, else the first one.
_DEFAULT_SCHEDULE = (
    "(SELECT d.id FROM schedules d WHERE d.user_id = u.id"
    " ORDER BY CASE WHEN d.id = u.default_schedule_id THEN 0 ELSE 1 END, d.id LIMIT 1)"
)
_FIND_BY_NAME = """
    e.id IN (
        SELECT o.id FROM event_types o JOIN users n ON n.id = o.owner_id LEFT JOIN teams g ON g.id = n.organization_id
         WHERE o.team_id IS NULL AND n.username = $2 AND o.slug = $4 AND coalesce(g.slug, '') = coalesce($5, '')
        UNION ALL
        SELECT o.id FROM event_types o JOIN teams n ON n.id = o.team_id LEFT JOIN teams g ON g.id = n.parent_id
         WHERE n.slug = $3 AND o.slug = $4 AND coalesce(g.slug, '') = coalesce($5, '')
    )"""


@lru_cache(maxsize=2)
def by_id() -> Sql:
    """One event type: $1 its id, $2 the first date of overrides and absences that still matter."""
    return both(lambda json: _event_types(json, "e.id = $1::int", "$2"))


@lru_cache(maxsize=1)
def by_ids() -> Sql:
    """Many event types: $1 their ids, $2 the first date that still matters."""
    return both(lambda json: _event_types(json, "e.id = ANY($1::int[])", "$2"))
