"""The one statement that writes bookings on PostgreSQL: hosts' versions, bookings, hosts, people, seat, outbox, hold.

The parts depend on each other so that they run in this order: versions first. They lock the hosts' rows in order of id,
like every other writer does, so writers queue and do not deadlock.
"""

from functools import lru_cache
from operator import itemgetter
from typing import Final

# With `guard`, nothing is written when anything about the hosts has changed since their versions were read. Buffers
# need it: the exclusion constraint knows nothing of them (BT-7). So do limits, which count all hosts' bookings (BT-16).
_BUMPED = """
bumped AS (
    UPDATE users u SET slots_changed_at = greatest(u.slots_changed_at + 1, {now_us}::bigint)
      FROM unnest({host_ids}::int[], {host_versions}::bigint[]) AS s(id, seen)
     WHERE u.id = s.id
       AND u.id IN (SELECT id FROM users WHERE id = ANY({host_ids}::int[]) ORDER BY id FOR NO KEY UPDATE)
       AND (u.slots_changed_at = s.seen OR NOT ({guard}::bool OR EXISTS (
           SELECT 1 FROM hosts h JOIN event_types t ON t.id = h.event_type_id
            WHERE h.user_id = ANY({host_ids}::int[]) AND (t.before_buffer > 0 OR t.after_buffer > 0))))
    RETURNING u.slots_changed_at
), limited AS (
    UPDATE event_types SET slots_changed_at = greatest(slots_changed_at + 1, {now_us}::bigint)
     WHERE id = {event_type_id}::int AND {bump_event_type}::bool AND slots_changed_at = {event_type_version}::bigint
    RETURNING slots_changed_at
), go AS (
    SELECT 1 WHERE (SELECT count(*) FROM bumped) = cardinality({host_ids}::int[])
               AND (SELECT count(*) FROM limited) = {bump_event_type}::bool::int
)"""
_BOOKED = """
booked AS (
    INSERT INTO bookings (uid, start_s, end_s, title, ical_uid, ical_sequence, from_reschedule_uid, event_type_id,
        user_id, team_id, status, description, location, meeting_url, responses, metadata, recurring_uid,
        rescheduling_reason, booker_email, sms_reminder_number, creation_source, join_token, join_token_expires_at,
        created_at, updated_at)
    SELECT n.uid, n.start_s, n.end_s, n.title, n.ical_uid, n.ical_sequence, n.from_uid, {event_type_id}::int,
           {organizer_id}::int, {team_id}::int, {status}::text, {description}::text, {location}::text,
           {meeting_url}::text, {responses}::jsonb, {metadata}::jsonb, {recurring_uid}::text,
           {rescheduling_reason}::text, {booker_email}::text, {sms}::text, {source}::text, {join_token}::text,
           {join_expires}::timestamptz, {now}::timestamptz, {now}::timestamptz
      FROM go, json_to_recordset({occurrences}::json)
               AS n(uid text, start_s bigint, end_s bigint, title text, ical_uid text, ical_sequence int, from_uid text)
    RETURNING id, uid, start_s, end_s
), hosting AS (
    INSERT INTO booking_hosts (booking_id, host_id, event_type_id, start_s, end_s, blocks, blocks_same_type,
        is_organizer)
    SELECT b.id, h.id, {event_type_id}::int, b.start_s, b.end_s, {blocks}::bool, {blocks_same_type}::bool,
           h.id IS NOT DISTINCT FROM {organizer_id}::int
      FROM booked b, unnest({host_ids}::int[]) AS h(id) ORDER BY h.id, b.start_s
), invited AS (
    INSERT INTO attendees (booking_id, position, kind, user_id, email, name, time_zone, locale, phone_number)
    SELECT b.id, p.position, p.kind, p.user_id, p.email, p.name, p.time_zone, p.locale, p.phone_number
      FROM booked b, json_to_recordset({people}::json)
               AS p(position int, kind text, user_id int, email text, name text, time_zone text, locale text,
                    phone_number text)
    RETURNING id, booking_id, position
)"""
_TOLD = """
told AS (
    INSERT INTO outbox (type, key, topics, payload, user_id, team_id, event_type_id, booking_id, created_at)
    SELECT {event}::text, b.uid, {topics}::jsonb || jsonb_build_array('booking:' || b.uid),
           jsonb_build_object('uid', b.uid) || {payload}::jsonb, {organizer_id}::int, {team_id}::int,
           {event_type_id}::int, b.id, {now}::timestamptz
      FROM booked b
), released AS (
    DELETE FROM slot_holds
     WHERE uid = {hold}::text AND event_type_id = {event_type_id}::int AND EXISTS (SELECT 1 FROM go)
)"""
_ANSWER = """
SELECT b.id, b.uid,
       (SELECT array_agg(i.id ORDER BY i.position) FROM invited i WHERE i.booking_id = b.id) AS attendee_ids,
       greatest((SELECT max(slots_changed_at) FROM bumped), (SELECT max(slots_changed_at) FROM limited)) AS version
  FROM booked b"""
NAMES: Final = (
    "now_us", "host_ids", "host_versions", "guard", "event_type_id", "bump_event_type", "event_type_version",
    "organizer_id", "team_id", "status", "description", "location", "meeting_url", "responses", "metadata",
    "recurring_uid", "rescheduling_reason", "booker_email", "sms", "source", "join_token", "join_expires", "now",
    "occurrences", "blocks", "blocks_same_type", "people", "event", "topics", "payload", "hold",
)  # fmt: skip
arguments: Final = itemgetter(*NAMES)
"""Values by name, in the order of the statement's parameters."""


@lru_cache(maxsize=1)
def one_statement() -> str:
    """The statement."""
    numbers = {name: f"${index}" for index, name in enumerate(NAMES, 1)}
    return f"WITH {_BUMPED}, {_BOOKED}, {_TOLD} {_ANSWER}".format(**numbers)
