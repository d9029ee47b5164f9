"""Statement two: what is taken, as JSON texts of integers in one row.

Parameters: $1 ids of the hosts, $2 and $3 the span of time (epoch seconds, half open), $4 the present, $5 ids of the
event types asked about; then, as far as the shape has them: ids of those with seats; the uid of the booking being
moved; ids of those with limits, and the span in which their bookings are counted.
"""

from dataclasses import dataclass
from functools import lru_cache

from app.db.raw import Sql
from app.services.slots.dialect import JsonDialect, both


@dataclass(frozen=True, slots=True)
class BusyShape:
    """Which parts of statement two are needed."""

    seats: bool = False
    moved: bool = False
    limits: bool = False

    @property
    def parameters(self) -> int:
        """How many parameters the statement has."""
        return 5 + self.seats + self.moved + 3 * self.limits

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
    return f"SELECT {_spans(json, shape)} AS spans, {_holds(json)} AS holds, {seats} AS seats, {counted} AS counted"


# BT-10: the largest buffers there are bound the index range, each booking's own then decide.
_REACH = """
      AND {span}.end_s > $2::bigint - 60 * (SELECT coalesce(max(after_buffer), 0) FROM event_types)
      AND {span}.start_s < $3::bigint + 60 * (SELECT coalesce(max(before_buffer), 0) FROM event_types)"""


# BT-7, BT-11: busy times of the calendars that a host has selected come without buffers of their own. The feed stands
# in a subquery so that it is looked up for each selected calendar, and never all of them.
_CALENDARS = """SELECT s.user_id, 0, x.start_s, x.end_s
          FROM selected_calendars s
               JOIN calendar_busy x ON x.feed_id = (SELECT f.id FROM calendar_feeds f
                                                     WHERE f.credential_id = s.credential_id
                                                       AND f.external_id = s.external_id)
         WHERE s.user_id = ANY($1::int[]) AND x.end_s > $2::bigint AND x.start_s < $3::bigint"""


def _spans(json: JsonDialect, shape: BusyShape) -> str:
    """Lists of `[host, tag, starts, ends]`, see `app.services.slots.busy` for the tags."""
    moved = f"coalesce((SELECT m.id FROM bookings m WHERE m.uid = {shape.uid}::text), 0)"
    not_moved = f"AND b.booking_id <> {moved}" if shape.moved else ""
    not_moved_guest = f"AND b.uid <> {shape.uid}::text" if shape.moved else ""
    seated = f"WHEN b.event_type_id = ANY({shape.seated}::int[]) THEN b.event_type_id" if shape.seats else ""
    inner = f"""
        SELECT b.host_id,
               CASE WHEN NOT b.blocks THEN -b.event_type_id {seated} ELSE 0 END AS tag,
               b.start_s - 60 * coalesce(t.before_buffer, 0) AS start_s,
               b.end_s + 60 * coalesce(t.after_buffer, 0) AS end_s
          FROM booking_hosts b LEFT JOIN event_types t ON t.id = b.event_type_id
         WHERE b.host_id = ANY($1::int[])
           AND (b.blocks OR (b.blocks_same_type AND b.event_type_id = ANY($5::int[]))) {not_moved}
           {_REACH.format(span="b")}
        UNION ALL
        SELECT u.id, 0, b.start_s - 60 * coalesce(t.before_buffer, 0), b.end_s + 60 * coalesce(t.after_buffer, 0)
          FROM users u JOIN attendees a ON lower(a.email) = lower(u.email) JOIN bookings b ON b.id = a.booking_id
               LEFT JOIN event_types t ON t.id = b.event_type_id
         WHERE u.id = ANY($1::int[]) AND a.kind <> 'HOST' AND b.status = 'ACCEPTED' {not_moved_guest}
           {_REACH.format(span="b")}
           AND NOT EXISTS (SELECT 1 FROM booking_hosts o WHERE o.booking_id = b.id AND o.host_id = u.id)
        UNION ALL
        {_CALENDARS}"""
    lists = f"{json.grouped('i.start_s', 'i.start_s')} AS starts, {json.grouped('i.end_s', 'i.start_s')} AS ends"
    by_host = f"""
        SELECT i.host_id, i.tag, {lists}
          FROM (SELECT * FROM ({inner}) n ORDER BY host_id, tag, start_s) i
         WHERE i.start_s < $3::bigint AND i.end_s > $2::bigint
         GROUP BY i.host_id, i.tag"""
    entry = f"{json.array}(g.host_id, g.tag, {json.keep}(g.starts), {json.keep}(g.ends))"
    return _text(json, f"SELECT {json.group}({entry}) FROM ({by_host}) g")


def _holds(json: JsonDialect) -> str:
    entry = f"{json.array}(s.uid, x.host_id, x.event_type_id, x.start_s, x.end_s, x.expires_s, x.is_seat)"
    return _text(
        json,
        f"""SELECT {json.group}({entry}) FROM slot_hold_hosts x JOIN slot_holds s ON s.id = x.hold_id
             WHERE x.host_id = ANY($1::int[]) AND x.expires_s > $4::bigint
               AND x.start_s < $3::bigint AND x.end_s > $2::bigint""",
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
               AND b.start_s < $3::bigint AND b.end_s > $2::bigint""",
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
