"""The statements that find receivers (WH-3): one look-up per kind of owner, so that each uses its index."""

from app.db.raw import Sql

# $1 is a JSON list of [number, trigger, booking id].
_ASKED = {
    "postgres": "SELECT (v->>0)::int AS n, v->>1 AS trigger, (v->>2)::int AS booking_id"
    " FROM jsonb_array_elements($1::jsonb) AS v",
    "sqlite": "SELECT json_extract(value, '$[0]') AS n, json_extract(value, '$[1]') AS trigger,"
    " json_extract(value, '$[2]') AS booking_id FROM json_each($1)",
}
_HAS = {
    "postgres": "w.triggers @> to_jsonb({trigger})",
    "sqlite": "EXISTS (SELECT 1 FROM json_each(w.triggers) t WHERE t.value = {trigger})",
}
# The organizer's own webhooks hear of personal events and of managed children, not of team events; but declining is
# told to the owner always. An instant meeting has no organizer: only team, organization and event type are told.
_WHO = """
SELECT a.n, a.trigger,
       CASE WHEN a.trigger = 'INSTANT_MEETING' THEN NULL
            WHEN a.trigger = 'BOOKING_REJECTED' THEN b.user_id
            WHEN coalesce(e.team_id, CASE WHEN e.id IS NULL THEN b.team_id END) IS NULL THEN b.user_id END AS user_id,
       b.event_type_id, e.parent_id AS parent_event_type_id, t.id AS team_id,
       coalesce(t.parent_id, u.organization_id) AS organization_id
  FROM asked a JOIN bookings b ON b.id = a.booking_id
       LEFT JOIN event_types e ON e.id = b.event_type_id
       LEFT JOIN event_types p ON p.id = e.parent_id
       LEFT JOIN teams t ON t.id = coalesce(e.team_id, p.team_id, b.team_id)
       LEFT JOIN users u ON u.id = b.user_id
"""
# UNION keeps each pair once: a webhook matched by two reasons is told once.
_MATCHED = """
SELECT who.n, who.trigger, w.id FROM who JOIN webhooks w ON w.user_id = who.user_id
 UNION SELECT who.n, who.trigger, w.id FROM who JOIN webhooks w ON w.event_type_id = who.event_type_id
 UNION SELECT who.n, who.trigger, w.id FROM who JOIN webhooks w ON w.event_type_id = who.parent_event_type_id
 UNION SELECT who.n, who.trigger, w.id FROM who JOIN webhooks w ON w.team_id = who.team_id
 UNION SELECT who.n, who.trigger, w.id FROM who JOIN webhooks w ON w.team_id = who.organization_id
 UNION SELECT who.n, who.trigger, w.id FROM who JOIN webhooks w ON w.platform WHERE who.trigger <> 'INSTANT_MEETING'
"""
_COLUMNS = "w.id, w.subscriber_url, w.payload_template, w.time, w.time_unit, w.version"


def _for_bookings(dialect: str) -> str:
    has = _HAS[dialect].format(trigger="m.trigger")
    return (
        f"WITH asked AS ({_ASKED[dialect]}), who AS ({_WHO}), matched AS ({_MATCHED})"
        f" SELECT m.n, {_COLUMNS} FROM matched m JOIN webhooks w ON w.id = m.id WHERE w.active AND {has}"
        " ORDER BY m.n, w.created_at, w.id"
    )


def _for_user(dialect: str) -> str:
    has = {
        "postgres": "w.triggers @> $2::jsonb",
        "sqlite": "EXISTS (SELECT 1 FROM json_each(w.triggers) t JOIN json_each($2) o ON o.value = t.value)",
    }[dialect]
    return (
        f"SELECT {_COLUMNS} FROM webhooks w WHERE w.active AND {has}"
        " AND (w.platform OR w.user_id = $1::int"
        " OR w.team_id IN (SELECT m.team_id FROM memberships m WHERE m.user_id = $1::int AND m.accepted)"
        " OR w.team_id IN (SELECT t.parent_id FROM memberships m JOIN teams t ON t.id = m.team_id"
        "                   WHERE m.user_id = $1::int AND m.accepted)"
        " OR w.team_id IN (SELECT u.organization_id FROM users u WHERE u.id = $1::int))"
        " ORDER BY w.created_at, w.id"
    )


FOR_BOOKINGS = Sql(postgres=_for_bookings("postgres"), sqlite=_for_bookings("sqlite"))
"""Number of the question and the webhook, each pair once; $1 the questions."""

FOR_USER = Sql(postgres=_for_user("postgres"), sqlite=_for_user("sqlite"))
"""Webhooks that hear of user $1; $2 a JSON list with the trigger."""
