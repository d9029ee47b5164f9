"""Mails that are not about a booking: standing in for somebody (AV-28), an event type that was replaced (TM-22)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.db import raw
from app.events.log import LoggedEvent
from app.events.outbox import EventType
from app.services.mails.content import AwayContent, MailContent, MailKind
from app.services.mails.facts import Facts, Member
from app.services.mails.people import member

_BEFORE = """
SELECT e.key, e.key_sequence, e.payload FROM event_log e WHERE e.key = ANY($1::text[]) AND e.type = $2
"""
_KINDS = {"created": MailKind.AWAY_CREATED, "updated": MailKind.AWAY_EDITED, "deleted": MailKind.AWAY_REMOVED}

Before = Mapping[tuple[str, int], int | None]
"""Who stood in, by key of the entry and number of its change."""


async def stand_ins(events: Sequence[LoggedEvent]) -> Before:
    """Who stood in after each change of the entries that these events are about, as far as the log goes back."""
    keys = sorted({event.key for event in events if event.type == EventType.OUT_OF_OFFICE_CHANGED})
    rows = await raw.rows(_BEFORE, keys, EventType.OUT_OF_OFFICE_CHANGED.value) if keys else []
    return {(row["key"], row["key_sequence"]): _stand_in(raw.loads(row["payload"])) for row in rows}


def _stand_in(payload: Mapping[str, Any]) -> int | None:
    return payload.get("toUserId") if payload.get("change") != "deleted" else None


def members_of(event: LoggedEvent, before: Before) -> set[int]:
    """Ids of the people that mails about this event need."""
    previous = before.get((event.key, event.key_sequence - 1))
    ids = (event.user_id, event.payload.get("toUserId"), event.payload.get("userId"), previous)
    return {each for each in ids if isinstance(each, int)}


def other_mails(event: LoggedEvent, facts: Facts, before: Before) -> Iterator[MailContent]:
    """The mails of an event that is not about a booking."""
    if event.type == EventType.OUT_OF_OFFICE_CHANGED:
        yield from _away(event, facts, before.get((event.key, event.key_sequence - 1)))
    elif event.type == EventType.EVENT_TYPE_CHANGED and event.payload.get("change") == "slug-replaced":
        owner = facts.members.get(event.payload["userId"])
        if owner is not None:
            yield MailContent(kind=MailKind.SLUG_REPLACED, recipient=member(owner), slug=str(event.payload["slug"]))


def _away(event: LoggedEvent, facts: Facts, previous: int | None) -> Iterator[MailContent]:
    """To the stand-in; after a change to the new one and to who no longer is."""
    away = facts.members.get(event.user_id or 0)
    if away is None:
        return
    now, kind = event.payload.get("toUserId"), _KINDS[event.payload["change"]]
    if kind is MailKind.AWAY_EDITED and previous != now:
        yield from _to(facts.members.get(previous or 0), MailKind.AWAY_REMOVED, away, event)
        kind = MailKind.AWAY_CREATED
    yield from _to(facts.members.get(now or 0), kind, away, event)


def _to(stand_in: Member | None, kind: MailKind, away: Member, event: LoggedEvent) -> Iterator[MailContent]:
    if stand_in is not None:
        days = AwayContent(away.name, event.payload["start"], event.payload["end"], event.payload.get("notes"))
        yield MailContent(kind=kind, recipient=member(stand_in), away=days)
