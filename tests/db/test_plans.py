"""Every query path of lists and slots uses its index (PostgreSQL's own word for it)."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.db import connection, raw
from app.settings import Settings

pytestmark = pytest.mark.postgres

DAY = 86_400
T0 = 1_772_000_000
SEED = (
    "INSERT INTO users (id, username, email)"
    " SELECT n, 'u' || n, 'u' || n || '@example.com' FROM generate_series(1, 2000) n",
    "INSERT INTO teams (id, name, slug) SELECT n, 't', 't' || n FROM generate_series(1, 500) n",
    "INSERT INTO memberships (team_id, user_id) SELECT 1 + n % 500, n FROM generate_series(1, 2000) n",
    "INSERT INTO schedules (id, user_id, name, time_zone) SELECT n, n, 's', 'UTC' FROM generate_series(1, 2000) n",
    "INSERT INTO schedule_rows (schedule_id, days, start_minute, end_minute)"
    " SELECT 1 + n % 2000, 62, 540, 1020 FROM generate_series(1, 6000) n",
    "INSERT INTO schedule_overrides (schedule_id, date, start_minute, end_minute)"
    " SELECT 1 + n % 2000, date '2026-01-01' + n / 2000, 540, 600 FROM generate_series(1, 20000) n",
    "INSERT INTO event_types (id, owner_id, title, slug, length_minutes)"
    " SELECT n, 1 + n % 2000, 't', 's' || n, 30 FROM generate_series(1, 2000) n",
    "INSERT INTO hosts (event_type_id, user_id) SELECT n, 1 + n % 2000 FROM generate_series(1, 2000) n",
    "INSERT INTO bookings (id, uid, ical_uid, user_id, event_type_id, team_id, status, title, start_s, end_s,"
    " booker_email, recurring_uid, updated_at)"
    " SELECT n, 'b' || n, 'b' || n, 1 + n % 2000, 1 + n % 2000, CASE WHEN n % 3 = 0 THEN 1 + n % 500 END,"
    f" 'ACCEPTED', 't', {T0} + n * 1800::bigint, {T0} + (n + 1) * 1800::bigint, 'x' || n || '@example.com',"
    " CASE WHEN n % 10 = 0 THEN 'r' || n / 40 END, timestamptz '2026-01-01' + n * interval '1 minute'"
    " FROM generate_series(1, 20000) n",
    "INSERT INTO booking_hosts (booking_id, host_id, event_type_id, start_s, end_s, blocks, blocks_same_type)"
    " SELECT id, user_id, event_type_id, start_s, end_s, true, true FROM bookings",
    "INSERT INTO attendees (booking_id, email, time_zone) SELECT id, booker_email, 'UTC' FROM bookings",
    "INSERT INTO slot_holds (id, uid, event_type_id, start_s, end_s, expires_s)"
    f" SELECT n, 'h' || n, 1 + n % 2000, {T0}, {T0} + 1800, {T0} + n FROM generate_series(1, 3000) n",
    "INSERT INTO slot_hold_hosts (hold_id, host_id, event_type_id, start_s, end_s, expires_s)"
    " SELECT id, 1 + id % 2000, event_type_id, start_s, end_s, expires_s FROM slot_holds",
    "INSERT INTO event_log (outbox_id, type, key, key_sequence, user_id, team_id, occurred_at)"
    " SELECT n, 'x', 'b' || n / 4, n, 1 + n % 2000, 1 + n % 500, now() FROM generate_series(1, 20000) n",
    "INSERT INTO jobs (kind, key, status, run_at)"
    " SELECT 'mail', 'k' || n / 3, CASE WHEN n % 100 = 0 THEN 'DUE' ELSE 'DONE' END,"
    " timestamptz '2026-01-01' + n * interval '1 minute' FROM generate_series(1, 10000) n",
    "INSERT INTO webhooks (id, user_id, subscriber_url) SELECT 'w' || n, n, 'http://x' FROM generate_series(1, 2000) n",
    "INSERT INTO webhook_deliveries (webhook_id, key, trigger, body, status, run_at)"
    " SELECT 'w' || 1 + n % 2000, 'k' || n / 3, 'T', '{}', CASE WHEN n % 100 = 0 THEN 'PENDING' ELSE 'DONE' END,"
    " timestamptz '2026-01-01' + n * interval '1 minute' FROM generate_series(1, 10000) n",
    "INSERT INTO idempotency_records (scope, key, operation, input_hash, booking_uids, expires_at)"
    " SELECT 'user:' || n % 2000, 'k' || n, 'create', 'x', jsonb_build_array('b' || n), now()"
    " FROM generate_series(1, 5000) n",
    "INSERT INTO api_keys (id, user_id, hashed_key) SELECT 'k' || n, n, 'h' || n FROM generate_series(1, 2000) n",
    "INSERT INTO credentials (id, type, app_slug, user_id, key_id, sealed_key)"
    " SELECT n, 't', 't', n, 'k', 's' FROM generate_series(1, 2000) n",
    "INSERT INTO calendar_feeds (id, credential_id, external_id, next_fetch_at)"
    " SELECT n, n, 'e' || n, now() FROM generate_series(1, 2000) n",
    "INSERT INTO selected_calendars (user_id, credential_id, integration, external_id)"
    " SELECT n, n, 't', 'e' || n FROM generate_series(1, 2000) n",
    "INSERT INTO calendar_busy (feed_id, start_s, end_s)"
    f" SELECT 1 + n % 2000, {T0} + n * 1800::bigint, {T0} + (n + 1) * 1800::bigint FROM generate_series(1, 40000) n",
    "ANALYZE",
)

PATHS = {
    "busy times of hosts": (
        "SELECT host_id, start_s, end_s FROM booking_hosts WHERE host_id = ANY('{5,6,7}'::int[])"
        f" AND (blocks OR (blocks_same_type AND event_type_id = 9)) AND end_s > {T0 + 300 * DAY}"
        f" AND start_s < {T0 + 330 * DAY}",
        {"ix_booking_hosts_host_time"},
    ),
    "holds of hosts": (
        f"SELECT start_s, end_s FROM slot_hold_hosts WHERE host_id = ANY('{{5,6}}'::int[]) AND expires_s > {T0 + 2900}",
        {"ix_slot_hold_hosts_host_time"},
    ),
    "bookings a host attends": (
        "SELECT b.start_s FROM users u JOIN attendees a ON lower(a.email) = lower(u.email)"
        " JOIN bookings b ON b.id = a.booking_id WHERE u.id = ANY('{5,6}'::int[])",
        {"ix_attendees_email", "pk_bookings"},
    ),
    "bookings counted by limits": (
        f"SELECT start_s, end_s FROM bookings WHERE event_type_id = 7 AND start_s >= {T0 + 100 * DAY}"
        f" AND start_s < {T0 + 130 * DAY}",
        {"ix_bookings_event_type_id_start_s_id"},
    ),
    "bookings of a seated event type": (
        "SELECT uid FROM bookings WHERE event_type_id = 7 AND status = 'ACCEPTED'"
        f" AND start_s < {T0 + 420 * DAY} AND end_s > {T0 + 410 * DAY}",
        {"ix_bookings_event_type_id_end_s", "ix_bookings_event_type_id_start_s_id"},
    ),
    "the largest buffer": ("SELECT max(after_buffer) FROM event_types", {"ix_event_types_after_buffer"}),
    "rows of schedules": (
        "SELECT days FROM schedule_rows WHERE schedule_id = ANY('{3,4}'::int[])",
        {"ix_schedule_rows_schedule_id"},
    ),
    "overrides of schedules": (
        "SELECT date FROM schedule_overrides WHERE schedule_id = ANY('{3,4}'::int[]) AND date >= '2026-01-15'",
        {"ix_schedule_overrides_schedule_id_date"},
    ),
    "hosts of an event type": ("SELECT user_id FROM hosts WHERE event_type_id = 7", {"ux_hosts_event_type_user"}),
    "event type by owner and slug": (
        "SELECT e.id FROM event_types e WHERE e.owner_id = 7 AND e.slug = 's6' AND e.team_id IS NULL",
        {"ux_event_types_owner_slug", "ix_event_types_owner_id"},
    ),
    "user by name": (
        "SELECT id FROM users WHERE lower(username) = 'u7' AND organization_id IS NULL",
        {"ux_users_username"},
    ),
    "user by e-mail": ("SELECT id FROM users WHERE lower(email) = 'u7@example.com'", {"ux_users_email"}),
    "booking by uid": ("SELECT id FROM bookings WHERE uid = 'b77'", {"ux_bookings_uid"}),
    "bookings of a person, page": (
        f"SELECT id FROM bookings WHERE user_id = 7 AND (start_s, id) > ({T0 + 99 * DAY}, 5)"
        " ORDER BY start_s, id LIMIT 50",
        {"ix_bookings_user_id_start_s_id"},
    ),
    "bookings of a person, backwards": (
        f"SELECT id FROM bookings WHERE user_id = 7 AND start_s < {T0 + 99 * DAY}"
        " ORDER BY start_s DESC, id DESC LIMIT 50",
        {"ix_bookings_user_id_start_s_id"},
    ),
    "bookings of a team, page": (
        "SELECT id FROM bookings WHERE team_id = 7 ORDER BY start_s, id LIMIT 50",
        {"ix_bookings_team_id_start_s_id"},
    ),
    "bookings of a series": (
        "SELECT id FROM bookings WHERE recurring_uid = 'r9' ORDER BY start_s",
        {"ix_bookings_recurring_uid_start_s"},
    ),
    "bookings changed since": (
        "SELECT id FROM bookings WHERE (updated_at, id) > (timestamptz '2026-01-14', 5)"
        " ORDER BY updated_at, id LIMIT 50",
        {"ix_bookings_updated_at_id"},
    ),
    "bookings by attendee": (
        "SELECT booking_id FROM attendees WHERE lower(email) = 'x9@example.com'",
        {"ix_attendees_email"},
    ),
    "attendees of bookings": (
        "SELECT email FROM attendees WHERE booking_id = ANY('{5,6,7}'::int[]) ORDER BY booking_id, position",
        {"ix_attendees_booking_id_position"},
    ),
    "members of a team": ("SELECT user_id FROM memberships WHERE team_id = 7", {"ux_memberships_team_user"}),
    "teams of a person": ("SELECT team_id FROM memberships WHERE user_id = 7", {"ix_memberships_user_id"}),
    "an API key": ("SELECT id FROM api_keys WHERE hashed_key = 'h7'", {"ux_api_keys_hashed_key"}),
    "events of a person": (
        "SELECT sequence FROM event_log WHERE user_id = 7 AND sequence > 15000 ORDER BY sequence LIMIT 50",
        {"ix_event_log_user_id_sequence"},
    ),
    "events of a team": (
        "SELECT sequence FROM event_log WHERE team_id = 7 AND sequence > 15000 ORDER BY sequence LIMIT 50",
        {"ix_event_log_team_id_sequence"},
    ),
    "last event of a key": ("SELECT max(key_sequence) FROM event_log WHERE key = 'b9'", {"ux_event_log_key_sequence"}),
    "due jobs": (
        "SELECT id FROM jobs WHERE status = 'DUE' AND run_at <= timestamptz '2026-01-03' ORDER BY run_at LIMIT 20",
        {"ix_jobs_status_run_at"},
    ),
    "earlier jobs of a key": (
        "SELECT 1 FROM jobs WHERE key = 'k9' AND id < 500 AND status IN ('DUE', 'RUNNING')",
        {"ix_jobs_key_id"},
    ),
    "due deliveries": (
        "SELECT id FROM webhook_deliveries WHERE status = 'PENDING' AND run_at <= timestamptz '2026-01-03'"
        " ORDER BY run_at LIMIT 20",
        {"ix_webhook_deliveries_status_run_at"},
    ),
    "deliveries of a webhook": (
        "SELECT id FROM webhook_deliveries WHERE webhook_id = 'w7' ORDER BY id DESC LIMIT 20",
        {"ix_webhook_deliveries_webhook_id_id"},
    ),
    "answers about a booking": (
        "SELECT id FROM idempotency_records WHERE booking_uids @> jsonb_build_array('b9'::text)",
        {"ix_idempotency_records_booking_uids"},
    ),
}


@pytest.fixture
async def seeded(make_settings: Any, module_database_url: str) -> AsyncIterator[None]:
    """A database with enough rows for an index to be worth it, filled by the first test."""
    settings: Settings = make_settings(database_url=module_database_url)
    async with connection.database(settings):
        if not await raw.value("SELECT count(*) FROM users"):
            for statement in SEED:
                await raw.execute(statement)
        yield


def nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """The steps of a plan."""
    return [plan, *(step for child in plan.get("Plans", ()) for step in nodes(child))]


@pytest.mark.usefixtures("seeded")
@pytest.mark.parametrize(("query", "indexes"), PATHS.values(), ids=PATHS.keys())
async def test_the_path_uses_its_index(query: str, indexes: set[str]) -> None:
    steps = nodes(raw.loads(await raw.value(f"EXPLAIN (FORMAT JSON) {query}"))[0]["Plan"])
    used = {step["Index Name"] for step in steps if "Index Name" in step}
    assert used & indexes, [step["Node Type"] for step in steps]
    assert not [step["Relation Name"] for step in steps if step["Node Type"] == "Seq Scan"]
