"""Who is told: the active webhooks that subscribe to a trigger and whose owner the change concerns (WH-3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.db import raw
from app.db.raw import Sql
from app.services.webhooks.receivers_sql import FOR_BOOKINGS, FOR_USER


@dataclass(frozen=True, slots=True)
class Question:
    """Who hears of `trigger` on this booking."""

    booking_id: int
    trigger: str


@dataclass(frozen=True, slots=True)
class Receiver:
    """A webhook that is told; `time` and `time_unit` are the delay of the no-show triggers (WH-10), `version` WH-8."""

    webhook_id: str
    url: str
    payload_template: str | None
    time: int | None = None
    time_unit: str | None = None
    version: int = 1


async def receivers_for_bookings(questions: Sequence[Question]) -> list[list[Receiver]]:
    """The receivers for each question, each webhook once, by one statement."""
    answers: list[list[Receiver]] = [[] for _ in questions]
    if questions:
        asked = raw.dumps([[number, each.trigger, each.booking_id] for number, each in enumerate(questions)])
        for row in await raw.rows(FOR_BOOKINGS, asked):
            answers[row["n"]].append(_receiver(row))
    return answers


async def receivers_for_user(user_id: int, trigger: str) -> list[Receiver]:
    """The receivers of what concerns a person and no booking: their own, their teams', their organization's."""
    return [_receiver(row) for row in await raw.rows(FOR_USER, user_id, raw.dumps([trigger]))]


async def anybody_for(triggers: Sequence[str]) -> bool:
    """Whether any active webhook at all subscribes to one of these."""
    return bool(await raw.value(_ANYBODY, list(triggers)))


_ANYBODY = Sql(
    postgres="SELECT 1 FROM webhooks WHERE active AND triggers ?| $1::text[] LIMIT 1",
    sqlite=(
        "SELECT 1 FROM webhooks WHERE active AND EXISTS (SELECT 1 FROM json_each(triggers) t WHERE t.value = ANY($1))"
        " LIMIT 1"
    ),
)


def _receiver(row: Any) -> Receiver:
    return Receiver(
        row["id"], row["subscriber_url"], row["payload_template"], row["time"], row["time_unit"], row["version"]
    )
