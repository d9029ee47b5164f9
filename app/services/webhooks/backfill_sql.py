"""The statements that plan the meetings a new or changed webhook wants to hear of (WH-8)."""

from app.db.raw import Sql

# Who hears of a booking (WH-3), read backwards: which bookings does webhook $1 hear of? Those that begin or end after
# $2 (epoch seconds) and have no such job yet; $3 is now, $4 the triggers, $5 the kind of job.
_TEXT = """
INSERT INTO jobs (kind, key, payload, status, run_at, attempts, max_attempts, created_at)
SELECT $5::text, $5::text || ':' || b.uid, OBJECT('bookingId', b.id, 'at', b.EDGE), 'DUE', INSTANT(b.EDGE), 0, 20,
       $3::timestamptz
  FROM webhooks w JOIN bookings b ON b.status = 'ACCEPTED' AND b.EDGE > $2::bigint
       LEFT JOIN event_types e ON e.id = b.event_type_id
       LEFT JOIN event_types p ON p.id = e.parent_id
       LEFT JOIN teams t ON t.id = coalesce(e.team_id, p.team_id, b.team_id)
       LEFT JOIN users u ON u.id = b.user_id
 WHERE w.id = $1::text AND w.active AND WANTED
   AND (w.platform
        OR (w.user_id = b.user_id AND coalesce(e.team_id, CASE WHEN e.id IS NULL THEN b.team_id END) IS NULL)
        OR w.event_type_id = b.event_type_id OR w.event_type_id = e.parent_id
        OR w.team_id = t.id OR w.team_id = coalesce(t.parent_id, u.organization_id))
   AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.key = $5::text || ':' || b.uid AND j.kind = $5::text
                   AND j.status IN ('DUE', 'RUNNING'))
"""
_SPELLED = {
    "postgres": {
        "OBJECT": "jsonb_build_object",
        "INSTANT": "to_timestamp",
        "WANTED": "w.triggers ?| $4::text[]",
    },
    "sqlite": {
        "OBJECT": "json_object",
        "INSTANT(b.EDGE)": "strftime('%Y-%m-%d %H:%M:%S+00:00', b.EDGE, 'unixepoch')",
        "WANTED": "EXISTS (SELECT 1 FROM json_each(w.triggers) x WHERE x.value = ANY($4::text[]))",
    },
}


def backfill(edge: str) -> Sql:
    """The statement for meetings by `start_s` or `end_s`."""
    texts = {}
    for dialect, words in _SPELLED.items():
        text = _TEXT
        for word, spelling in words.items():
            text = text.replace(word, spelling)
        texts[dialect] = text.replace("EDGE", edge)
    return Sql(postgres=texts["postgres"], sqlite=texts["sqlite"])


AT_START = backfill("start_s")
AT_END = backfill("end_s")
