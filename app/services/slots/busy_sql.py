"""Statement two: what is taken, as JSON texts of integers in one row.

Parameters: $1 ids of the hosts, $2 and $3 the span of time (epoch seconds, half open), $4 the present, $5 ids of the
event types asked about; then, as far as the shape has them: ids of those with seats; the uid of the booking being
moved; ids of those with limits, and the span in which their bookings are counted.

`spans_and_holds` is the part of it that another statement can answer too, for the hosts of one event type.
"""

from dataclasses import dataclass
from functools import lru_cache

from app.db.raw import Sql
from app.services.slots.dialect import JsonDialect, both


@dataclass(frozen=True, slots=True)
class BusyShape:
    """Which parts of statement two are needed.

    `alone` names the parameter of the only event type asked about, whose hosts the statement finds itself; `start`,
    `end` and `now` name those of the span and of the present.
    """

    seats: bool = False
    moved: bool = False
    limits: bool = False
    alone: str = ""
    start: str = "$2"
    end: str = "$3"
    now: str = "$4"

    def of_hosts(self, json: JsonDialect, column: str) -> str:
        """Whether a column has one of the hosts."""
        if self.alone:
            return json.one_of(column, f"SELECT q.user_id FROM hosts q WHERE q.event_type_id = {self.alone}::int")
        return f"{column} = ANY($1::int[])"

    def of_event_types(self, column: str) -> str:
        """Whether a column has one of the event types asked about."""
        return f"{column} = {self.alone}::int" if self.alone else f"{column} = ANY($5::int[])"

    def touches(self, alias: str) -> str:
        """Whether a row's time overlaps the span."""
        return f"{alias}.start_s < {self.end}::bigint AND {alias}.end_s > {self.start}::bigint"

    @property
    def seated(self) -> str:
        """The parameter of event types with seats."""
        return "$6"

    @property
    def uid(self) -> str:
        """The parameter of the booking being moved."""
        return f"${6 + self.seats}"

    @property
    def limited(self) -> tuple[str, str, str]:
        """The parameters of event types with limits and of the span to count in."""
        first = 6 + self.seats + self.moved
        return f"${first}", f"${first + 1}", f"${first + 2}"


@lru_cache(maxsize=8)
def busy_statement(shape: BusyShape) -> Sql:
    """One row `spans, holds, seats, counted`; the last two are null when not asked for."""
    return both(lambda json: _statement(json, shape))


def _statement(json: JsonDialect, shape: BusyShape) -> str:
    seats = _seats(json, shape) if shape.seats else "NULL"
    counted = _counted(json, shape) if shape.limits else "NULL"
    return f"SELECT {spans_and_holds(json, shape)}, {seats} AS seats, {counted} AS counted"


def spans_and_holds(json: JsonDialect, shape: BusyShape) -> str:
    """The columns `spans, holds`."""
    return f"{_spans(json, shape)} AS spans, {_holds(json, shape)} AS holds"


# BT-10: the largest buffers there are bound the index range, each booking's own then decide.
_REACH = """
      AND b.end_s > {start}::bigint - 60 * (SELECT coalesce(max(after_buffer), 0) FROM event_types)
      AND b.start_s < {end}::bigint + 60 * (SELECT coalesce(max(before_buffer), 0) FROM event_types)"""


# BT-7, BT-11: busy times of the calendars that a host has selected come without buffers of their own. The feed stands
# in a subquery so that it is looked up for each selected calendar, and never all of them.
_CALENDARS = """SELECT s.user_id, 0, x.start_s, x.end_s
          FROM selected_calendars s
               JOIN calendar_busy x ON x.feed_id = (SELECT f.id FROM calendar_feeds f
                                                     WHERE f.credential_id = s.credential_id
                                                       AND f.external_id = s.external_id)
         WHERE {hosts} AND {touches}"""


def _spans(json: JsonDialect, shape: BusyShape) -> str:
    """Lists of `[host, tag, starts, ends]`, see `app.services.slots.busy` for the tags."""
    moved = f"coalesce((SELECT m.id FROM bookings m WHERE m.uid = {shape.uid}::text), 0)"
    not_moved = f"AND b.booking_id <> {moved}" if shape.moved else ""
    not_moved_guest = f"AND b.uid <> {shape.uid}::text" if shape.moved else ""
    seated = f"WHEN b.event_type_id = ANY({shape.seated}::int[]) THEN b.event_type_id" if shape.seats else ""
    reach = _REACH.format(start=shape.start, end=shape.end)
    calendars = _CALENDARS.format(hosts=shape.of_hosts(json, "s.user_id"), touches=shape.touches("x"))
    inner = f"""
        SELECT b.host_id,
               CASE WHEN NOT b.blocks THEN -b.event_type_id {seated} ELSE 0 END AS tag,
               b.start_s - 60 * coalesce(t.before_buffer, 0) AS start_s,
               b.end_s + 60 * coalesce(t.after_buffer, 0) AS end_s
          FROM booking_hosts b LEFT JOIN event_types t ON t.id = b.event_type_id
         WHERE {shape.of_hosts(json, "b.host_id")}
           AND (b.blocks OR (b.blocks_same_type AND {shape.of_event_types("b.event_type_id")})) {not_moved}
           {reach}
        UNION ALL
        SELECT u.id, 0, b.start_s - 60 * coalesce(t.before_buffer, 0), b.end_s + 60 * coalesce(t.after_buffer, 0)
          FROM users u JOIN attendees a ON lower(a.email) = lower(u.email) JOIN bookings b ON b.id = a.booking_id
               LEFT JOIN event_types t ON t.id = b.event_type_id
         WHERE {shape.of_hosts(json, "u.id")} AND a.kind <> 'HOST' AND b.status = 'ACCEPTED' {not_moved_guest}
           {reach}
           AND NOT EXISTS (SELECT 1 FROM booking_hosts o WHERE o.booking_id = b.id AND o.host_id = u.id)
        UNION ALL
        {calendars}"""
    lists = f"{json.grouped('i.start_s', 'i.start_s')} AS starts, {json.grouped('i.end_s', 'i.start_s')} AS ends"
    by_host = f"""
        SELECT i.host_id, i.tag, {lists}
          FROM (SELECT * FROM ({inner}) n ORDER BY host_id, tag, start_s) i
         WHERE {shape.touches("i")}
         GROUP BY i.host_id, i.tag"""
    entry = f"{json.array}(g.host_id, g.tag, {json.keep}(g.starts), {json.keep}(g.ends))"
    return _text(json, f"SELECT {json.group}({entry}) FROM ({by_host}) g")


def _holds(json: JsonDialect, shape: BusyShape) -> str:
    entry = f"{json.array}(s.uid, x.host_id, x.event_type_id, x.start_s, x.end_s, x.expires_s, x.is_seat)"
    return _text(
        json,
        f"""SELECT {json.group}({entry}) FROM slot_hold_hosts x JOIN slot_holds s ON s.id = x.hold_id
             WHERE {shape.of_hosts(json, "x.host_id")} AND x.expires_s > {shape.now}::bigint
               AND {shape.touches("x")}""",
    )


def _seats(json: JsonDialect, shape: BusyShape) -> str:
    # BT-14: hosts who are listed as attendees take no seat.
    taken = """(SELECT count(*) FROM attendees a WHERE a.booking_id = b.id AND a.kind <> 'HOST'
        AND NOT EXISTS (SELECT 1 FROM booking_hosts o JOIN users u ON u.id = o.host_id
                         WHERE o.booking_id = b.id AND lower(u.email) = lower(a.email)))"""
    hosts = f"SELECT {json.group}(h.host_id) FROM booking_hosts h WHERE h.booking_id = b.id"
    entry = f"{json.array}(b.event_type_id, b.start_s, b.end_s, {taken}, b.uid, {json.listing(hosts)})"
    return _text(
        json,
        f"""SELECT {json.group}({entry}) FROM bookings b
             WHERE b.event_type_id = ANY({shape.seated}::int[]) AND b.status = 'ACCEPTED'
               AND {shape.touches("b")}""",
    )


def _counted(json: JsonDialect, shape: BusyShape) -> str:
    # BT-16 to BT-19: a booking counts where it starts, however long it is.
    limited, first, last = shape.limited
    not_moved = f"AND b.uid <> {shape.uid}::text" if shape.moved else ""
    entry = f"{json.array}(b.event_type_id, b.start_s, (b.end_s - b.start_s) / 60)"
    return _text(
        json,
        f"""SELECT {json.group}({entry}) FROM bookings b
             WHERE b.event_type_id = ANY({limited}::int[]) AND b.status = 'ACCEPTED' {not_moved}
               AND b.start_s >= {first}::bigint AND b.start_s < {last}::bigint""",
    )


def _text(json: JsonDialect, subquery: str) -> str:
    return f"({json.listing(subquery)})::text"
