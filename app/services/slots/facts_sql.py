"""Statement one: what the owner and the hosts have set up, as one JSON text per event type.

Parameters: $1 the event type's id, its owner's name, or a JSON list of `[position, id, username, team, slug,
organization]`; $2 the first date whose overrides and absences still matter; $3 its slug, or a JSON list of
`[position, rank, username, organization]`, the members of dynamic groups.
"""

from functools import lru_cache

from app.db.raw import Sql
from app.services.slots.dialect import JsonDialect, both

RULES = [
    "id",
    "length_minutes",
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
    "seats_per_slot",
    "only_first_slot",
    "time_zone",
    "scheduling_type",
    "team_id",
    "owner_id",
    "parent_id",
    "hidden",
    "requires_confirmation",
    "pending_blocks",
    "slug",
    "same_host_on_reschedule",
    "max_lead_threshold",
    "weights_enabled",
]
"""Plain columns of an event type, in the order of the JSON text; the JSON columns and its own schedule follow."""
JSON_RULES = ("length_options", "booking_limits", "duration_limits")

# AV-16: ... else the schedule with the user's default id, else the first one.
DEFAULT_SCHEDULE = (
    "coalesce((SELECT d.id FROM schedules d WHERE d.id = u.default_schedule_id AND d.user_id = u.id),"
    " (SELECT min(d.id) FROM schedules d WHERE d.user_id = u.id))"
)
HOSTS = f"""
    LEFT JOIN hosts h ON h.event_type_id = e.id
    LEFT JOIN users u ON u.id = h.user_id
    LEFT JOIN schedules s ON s.id = coalesce(e.schedule_id, h.schedule_id, {DEFAULT_SCHEDULE})"""
CHANGED = (
    "max(greatest(coalesce(e.slots_changed_at, 0), coalesce(u.slots_changed_at, 0), coalesce(s.slots_changed_at, 0)))"
)
# The newest change says nothing of an older one by a clock that runs behind; the sum does.
_MARK = "sum(coalesce(e.slots_changed_at, 0) + coalesce(u.slots_changed_at, 0) + coalesce(s.slots_changed_at, 0))"
_GROUP_CHANGED = "max(greatest(u.slots_changed_at, coalesce(s.slots_changed_at, 0)))"
_HOST_ROW = "h.id, h.is_fixed, h.priority, h.weight, u.id, u.time_zone, u.username, u.email, u.name, u.locale"


@lru_cache(maxsize=1)
def facts_by_id() -> Sql:
    """One row `pos, facts, changed` for the event type $1, or none."""
    return both(lambda json: _event_types(json, "0", "FROM event_types e", "WHERE e.id = $1::int GROUP BY e.id"))


@lru_cache(maxsize=4)
def facts_by_name(*, of_team: bool, in_organization: bool) -> Sql:
    """The same for the slug $3 of the person or team $1, in the organization $4 if there is one."""
    place = "= (SELECT g.id FROM teams g WHERE lower(g.slug) = lower($4) AND g.parent_id IS NULL)"
    place = place if in_organization else "IS NULL"
    if of_team:
        owner = f"SELECT n.id FROM teams n WHERE lower(n.slug) = lower($1) AND n.parent_id {place}"
        where = f"e.team_id = ({owner}) AND e.parent_id IS NULL"
    else:
        owner = f"SELECT n.id FROM users n WHERE lower(n.username) = lower($1) AND n.organization_id {place}"
        where = f"e.owner_id = ({owner}) AND e.team_id IS NULL"
    rest = f"WHERE {where} AND e.slug = lower($3) GROUP BY e.id"
    return both(lambda json: _event_types(json, "0", "FROM event_types e", rest))


@lru_cache(maxsize=2)
def facts_by_refs(*, with_groups: bool) -> Sql:
    """A row for each of the refs $1 that exists and, if asked, for each group of $3."""

    def build(json: JsonDialect) -> str:
        types = _event_types(json, "w.pos", f"FROM ({_found(json)}) w JOIN event_types e ON e.id = w.id", _BY_POSITION)
        return f"{types} UNION ALL {_groups(json)}" if with_groups else types

    return both(build)


@lru_cache(maxsize=1)
def version_by_id() -> Sql:
    """Only the version of the event type $1 (`changed`), and a `mark` that every change of any part of it moves."""
    text = f"SELECT {CHANGED} AS changed, {_MARK} AS mark FROM event_types e {HOSTS} WHERE e.id = $1::int GROUP BY e.id"
    return both(lambda _: text)


_BY_POSITION = "GROUP BY w.pos, e.id"


def _event_types(json: JsonDialect, position: str, source: str, rest: str) -> str:
    hosts = f"{json.group}({_host(json, _HOST_ROW, _chosen(json))}) FILTER (WHERE u.id IS NOT NULL)"
    document = f"{json.array}({_rules(json)}, {hosts})::text"
    return f"SELECT {position} AS pos, {document} AS facts, {CHANGED} AS changed {source} {HOSTS} {rest}"


def _rules(json: JsonDialect) -> str:
    columns = [f"e.{name}" for name in RULES] + [f"{json.keep}(e.{name})" for name in JSON_RULES]
    own = f"SELECT {_schedule(json, 'c')} FROM schedules c WHERE c.id = e.schedule_id"
    return f"{json.array}({', '.join(columns)}, {json.keep}(({own})))"


def _chosen(json: JsonDialect) -> str:
    """The host's schedule; the event type's own is told once, not once a host."""
    return f"{json.keep}(CASE WHEN e.schedule_id IS NULL AND s.id IS NOT NULL THEN {_schedule(json, 's')} END)"


def _schedule(json: JsonDialect, alias: str) -> str:
    rows = (
        f"SELECT {json.group}({json.array}(r.days, r.start_minute, r.end_minute))"
        f" FROM schedule_rows r WHERE r.schedule_id = {alias}.id"
    )
    overrides = (
        f"SELECT {json.group}({json.array}(x.date, x.start_minute, x.end_minute))"
        f" FROM schedule_overrides x WHERE x.schedule_id = {alias}.id AND x.date >= $2::date"
    )
    return f"{json.array}({alias}.id, {alias}.time_zone, {json.listing(rows)}, {json.listing(overrides)})"


def _host(json: JsonDialect, row: str, chosen: str) -> str:
    away = (
        f"SELECT {json.group}({json.array}(a.start_date, a.end_date, a.to_user_id, a.reason, a.notes))"
        " FROM out_of_office a WHERE a.user_id = u.id AND a.end_date >= $2::date"
    )
    travel = (
        f"SELECT {json.group}({json.array}(t.start_date, t.end_date, t.time_zone))"
        " FROM travel_schedules t WHERE t.user_id = u.id AND coalesce(t.end_date, $2::date) >= $2::date"
    )
    parts = (row, "u.allow_dynamic_booking", DEFAULT_SCHEDULE, chosen, json.listing(away), json.listing(travel))
    return f"{json.array}({', '.join(parts)})"


def _found(json: JsonDialect) -> str:
    position, number, username, team, slug, organization = (json.item("r", index) for index in range(6))
    refs = json.elements.format(parameter="$1")
    within = f"JOIN teams g ON lower(g.slug) = lower({organization}) AND g.parent_id IS NULL"
    owned = f"JOIN event_types o ON o.owner_id = n.id AND o.team_id IS NULL AND o.slug = lower({slug})"
    of_team = f"JOIN event_types o ON o.team_id = n.id AND o.parent_id IS NULL AND o.slug = lower({slug})"
    person, group = f"lower(n.username) = lower({username})", f"lower(n.slug) = lower({team})"
    sources = (
        f"JOIN event_types o ON o.id = cast({number} AS int)",
        f"JOIN users n ON {person} AND n.organization_id IS NULL {owned} WHERE {organization} IS NULL",
        f"{within} JOIN users n ON {person} AND n.organization_id = g.id {owned}",
        f"JOIN teams n ON {group} AND n.parent_id IS NULL {of_team} WHERE {organization} IS NULL",
        f"{within} JOIN teams n ON {group} AND n.parent_id = g.id {of_team}",
    )
    return " UNION ALL ".join(
        f"SELECT cast({position} AS int) AS pos, o.id FROM {refs} r {source}" for source in sources
    )


def _groups(json: JsonDialect) -> str:
    position, rank, username, organization = (json.item("r", index) for index in range(4))
    row = "m.rank, TRUE, 2, 100, u.id, u.time_zone, u.username, u.email, u.name, u.locale"
    chosen = f"{json.keep}(CASE WHEN s.id IS NOT NULL THEN {_schedule(json, 's')} END)"
    hosts = f"{json.group}({_host(json, row, chosen)})"
    member = f"SELECT cast({position} AS int) AS pos, cast({rank} AS int) AS rank, n.id"
    refs = json.elements.format(parameter="$3")
    person = f"lower(n.username) = lower({username})"
    within = f"JOIN teams g ON lower(g.slug) = lower({organization}) AND g.parent_id IS NULL"
    return f"""
        SELECT m.pos, {json.array}(NULL, {hosts})::text AS facts, {_GROUP_CHANGED} AS changed
          FROM ({member} FROM {refs} r JOIN users n ON {person} AND n.organization_id IS NULL
                 WHERE {organization} IS NULL
                UNION ALL {member} FROM {refs} r {within} JOIN users n ON {person} AND n.organization_id = g.id) m
               JOIN users u ON u.id = m.id
               LEFT JOIN schedules s ON s.id = {DEFAULT_SCHEDULE}
         GROUP BY m.pos"""
