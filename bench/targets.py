"""The targets P1 to P17: what each figure must and should reach, and how it is got from a run."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bench.run import Results

# How many times the floor's rate the peer needs (computed / from its short cache), measured when it was studied; for
# bookings the smallest factor seen.
PEER_SLOTS: Final = {"solo200": (108.0, 14.0), "team50": (125.0, 4.3)}
PEER_BOOKING: Final = 86.0


@dataclass(frozen=True, slots=True)
class Row:
    """One measured target; `good` compares a value with a bound."""

    id: str
    what: str
    value: float
    must: float
    aim: float
    unit: str = "x"
    at_most: bool = True

    @property
    def verdict(self) -> str:
        """How it stands."""
        if self._meets(self.aim):
            return "aim"
        return "must" if self._meets(self.must) else "MISSED"

    def _meets(self, bound: float) -> bool:
        return self.value <= bound if self.at_most else self.value >= bound

    def __str__(self) -> str:
        sign = "≤" if self.at_most else "≥"
        digits = 0 if self.unit == "" else 2 if abs(self.value) < 10 else 1
        value = f"{self.value:.{digits}f} {self.unit}".strip()
        return f"| {self.id} | {self.what} | {value} | {sign} {self.must:g} | {sign} {self.aim:g} | {self.verdict} |"


MUST: Final = {"P2": 4.5, "P5": 3.0, "P8": 8.0, "P12": 6.0}
REST_MUST: Final = {"P2": 2.5, "P5": 1.2, "P8": 4.0, "P12": 2.5}
"""API v2 has stricter bounds of its own."""
FRONTS: Final = {"graphql": "GraphQL", "rest": "REST v2", "service": "service function"}


def rows(results: Results) -> Iterator[Row]:
    """Every target that was measured."""
    yield from _hello(results)
    yield from _slots(results)
    yield from _bookings(results)
    yield from _counts(results)
    yield from _sockets(results)
    yield from _rest(results)
    yield from _shim(results)


def _hello(results: Results) -> Iterator[Row]:
    bare, ours = results.hello["starlette hello"], results.hello["graphql hello"]
    yield Row("P1", "GraphQL hello / Starlette hello, rate", ours.rate / bare.rate, 0.15, 0.27, at_most=False)
    me = results.hello["rest me"]
    yield Row("", "GET /v2/me with its key / Starlette hello, CPU", me.cpu_ms / bare.cpu_ms, 4, 4)


def _slots(results: Results) -> Iterator[Row]:
    figures, bare = results.slots, results.hello["starlette hello"]
    for front, name in FRONTS.items():
        one, team = figures[f"{front} solo200"], figures[f"{front} team50"]
        floor_one, floor_team = figures["floor solo200"], figures["floor team50"]
        computed, cached = PEER_SLOTS["solo200"]
        must = REST_MUST if front == "rest" else MUST
        yield Row("P2", f"slots solo200, {name} / floor, CPU", one.cpu_ms / floor_one.cpu_ms, must["P2"], 2.5)
        yield _better(
            "P3", f"same, rate against the peer, computed ({name})", one.rate / floor_one.rate * computed, 20, 40
        )
        yield _better("P3", f"same, against its cache ({name})", one.rate / floor_one.rate * cached, 3, 5)
        if front == "graphql":
            yield _better("P4", "same / Starlette hello, rate", one.rate / bare.rate * 100, 3, 6, "%")
        computed, cached = PEER_SLOTS["team50"]
        yield Row("P5", f"slots team50, {name} / floor, CPU", team.cpu_ms / floor_team.cpu_ms, must["P5"], 1.2)
        yield _better(
            "P6", f"same, rate against the peer, computed ({name})", team.rate / floor_team.rate * computed, 40, 95
        )
        yield _better("P6", f"same, against its cache ({name})", team.rate / floor_team.rate * cached, 1.2, 3)
        yield Row("P7", f"team50 / solo200, CPU ({name})", team.cpu_ms / one.cpu_ms, 6, 3)


def _better(number: str, what: str, value: float, must: float, aim: float, unit: str = "x") -> Row:
    return Row(number, what, value, must, aim, unit, at_most=False)


def _bookings(results: Results) -> Iterator[Row]:
    for front, name in FRONTS.items():
        must = REST_MUST if front == "rest" else MUST
        booking, floor = results.booking[front], results.booking["floor"]
        yield Row("P8", f"create booking, {name} / floor, CPU", booking.cpu_ms / floor.cpu_ms, must["P8"], 4)
        against = booking.rate / floor.rate * PEER_BOOKING
        yield _better("P9", f"same, rate of 16 clients against the peer ({name})", against, 15, 30)
    for front, name in FRONTS.items():
        must = REST_MUST if front == "rest" else MUST
        listing, floor = results.list[front], results.list["floor"]
        what = "200 whole bookings" if front == "rest" else "200 bookings of ten fields"
        yield Row("P12", f"{what}, {name} / floor, CPU", listing.cpu_ms / floor.cpu_ms, must["P12"], 2)


def _counts(results: Results) -> Iterator[Row]:
    for what, must, aim in (("slots", 4, 2), ("booking", 8, 4), ("list", 4, 2)):
        yield Row("P10", f"SQL statements: {what}", results.statements[what], must, aim, "")
        # With the one that finds the key, where there is one: nobody needs one for slots and bookings.
        yield Row("P10", f"SQL statements: {what}, REST v2", results.rest_statements[what], must, aim, "")
    for front, (rounds, made, pairs) in {"": results.race, "REST v2: ": results.rest_race}.items():
        text = f"{front}double bookings in {rounds} rounds of 16 equal and overlapping wishes ({made} booked)"
        yield Row("P11", text, pairs + abs(rounds - made), 0, 0, "")


def _sockets(results: Results) -> Iterator[Row]:
    ours, bare = results.spread, results.raw_spread
    if ours is None or bare is None:
        return
    yield Row("P13", "one change to 1000 sockets / raw frames, CPU", ours.cpu_ms / bare.cpu_ms, 4, 1.5)
    text = f"booking sent until the last of 1000 knows (raw frames {bare.last_ms:.0f} ms)"
    yield Row("P14", text, ours.last_ms, 100, 40, "ms")


def _rest(results: Results) -> Iterator[Row]:
    yield Row("P15", "memory of an idle worker", results.memory_mib, 200, 120, "MiB")
    yield Row("P15", "start until it listens", results.boot_seconds, 4, 2, "s")
    idle, busy = results.load["idle"], results.load["16 writers"]
    yield Row("P16", "slots p99 beside 16 writers / idle p50", busy.p99_ms / idle.p50_ms, 10, 5)
    idle, busy = results.rest_load["idle"], results.rest_load["16 writers"]
    yield Row("P16", "same, all of it through REST v2", busy.p99_ms / idle.p50_ms, 10, 5)
    for front, name in (("graphql", "GraphQL"), ("service", "service function")):
        lite, server = results.slots[f"{front} sqlite solo200"], results.slots[f"{front} solo200"]
        yield Row("P17", f"SQLite / PostgreSQL, slots solo200, CPU ({name})", lite.cpu_ms / server.cpu_ms, 3, 1.5)


def _shim(results: Results) -> Iterator[Row]:
    if results.shim is not None:
        yield Row("", "routing of the last row / of the first, CPU", results.shim.last / results.shim.first, 1.5, 1.5)
    for name, (bare, ours) in results.deliveries.items():
        yield _better("", f"webhook deliveries / bare aiohttp loop, rate ({name})", ours / bare, 0.3, 0.3)
