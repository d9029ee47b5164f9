"""What PostgreSQL says of an event type so that nothing remembered about it needs to be believed.

`STANDING` is one JSON text `[mark, changed, version, [[host, version], ...]]`: `changed` is the version of its slots,
the others are those of the row and of its hosts. The mark differs whenever anything has been written to a row that its
facts or its profile are made of: `xmin` names the transaction that wrote a row, and of a set of rows that loses none
the sum of these only grows. Bookings write to their hosts' rows too, so of these it has the values.
It is null where bookings change what is remembered: where hosts take turns.
"""

from functools import lru_cache
from typing import Final

from app.services.slots.busy_sql import BusyShape, busy_statement
from app.services.slots.facts_sql import CHANGED, DEFAULT_SCHEDULE, HOSTS


def _written(table: str, column: str, owner: str) -> str:
    rows = f"FROM {table} z WHERE z.{column} = {owner}"
    return f"(SELECT count(*) || '+' || coalesce(sum(z.xmin::text::bigint), 0) {rows})"


_PERSON = (
    "ROW(u.id, u.username, u.email, u.name, u.time_zone, u.locale, u.default_app_slug, u.allow_dynamic_booking)::text"
)
_HOST = f"""concat_ws(' ', h.xmin, {_PERSON}, {DEFAULT_SCHEDULE}, s.id, s.xmin,
    {_written("schedule_rows", "schedule_id", "s.id")}, {_written("schedule_overrides", "schedule_id", "s.id")},
    {_written("out_of_office", "user_id", "u.id")}, {_written("travel_schedules", "user_id", "u.id")})"""
_MARK = f"md5(concat_ws(' ', e.xmin, p.xmin, t.xmin, string_agg({_HOST}, ';' ORDER BY h.id)))"

STANDING: Final = f"""
SELECT json_build_array(CASE WHEN e.scheduling_type IS DISTINCT FROM 'ROUND_ROBIN' THEN {_MARK} END, {CHANGED},
                        e.slots_changed_at, json_agg(json_build_array(u.id, u.slots_changed_at)))::text
  FROM event_types e LEFT JOIN event_types p ON p.id = e.parent_id
       LEFT JOIN teams t ON t.id = coalesce(e.team_id, p.team_id) {HOSTS}
 WHERE e.id = {{event_type}}::int GROUP BY e.id, p.id, t.id, e.xmin, p.xmin, t.xmin"""


@lru_cache(maxsize=8)
def busy_and_standing(shape: BusyShape) -> str:
    """What is taken, and how the event type stands; the parameters of the former, then the event type's id."""
    standing = STANDING.format(event_type=f"${shape.parameters + 1}")
    busy = busy_statement(shape).postgres
    return f"SELECT b.spans, b.holds, b.seats, b.counted, ({standing}) AS standing FROM ({busy}) b"
