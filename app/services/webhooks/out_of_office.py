"""What webhooks hear of days away (AV-26, WH-7)."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from app.db import raw
from app.domain.zones import day_of, day_start
from app.events.log import LoggedEvent
from app.services.webhooks.texts import created_text, seconds_text

# Number, emoji and name of each reason, as the contract's clients know them (AV-26).
_REASONS: Final[Mapping[str, tuple[int, str, str]]] = {
    "unspecified": (1, "🕒", "ooo_reasons_unspecified"),
    "vacation": (2, "🏝️", "ooo_reasons_vacation"),
    "travel": (3, "✈️", "ooo_reasons_travel"),
    "sick": (4, "🤒", "ooo_reasons_sick_leave"),
    "public_holiday": (5, "🏖️", "ooo_reasons_public_holiday"),
}
_PEOPLE = "SELECT id, name, username, email, time_zone FROM users WHERE id = ANY($1::int[])"
_TIMES = "SELECT created_at, updated_at FROM out_of_office WHERE id = $1"


async def out_of_office_fields(event: LoggedEvent) -> dict[str, Any]:
    """The payload of OOO_CREATED; days are those of the person's zone, the last one whole."""
    told = event.payload
    ids = [event.user_id, told["toUserId"]]
    people = {row["id"]: row for row in await raw.rows(_PEOPLE, [each for each in ids if each is not None])}
    times = await raw.row(_TIMES, told["id"])
    created, updated = (raw.instant(times[0]), raw.instant(times[1])) if times else (None, None)
    number, emoji, name = _REASONS[told["reason"]]
    user = people.get(event.user_id)
    start_s, end_s = _span(told, ZoneInfo(user["time_zone"] if user else "UTC"))
    return {
        "oooEntry": {
            "id": told["id"],
            "uuid": told["uuid"],
            "start": seconds_text(start_s),
            "end": seconds_text(end_s),
            "createdAt": created_text(created or event.occurred_at),
            "updatedAt": created_text(updated or event.occurred_at),
            "notes": told["notes"],
            "reason": {"emoji": emoji, "reason": name},
            "reasonId": number,
            "user": _person(user),
            "toUser": _person(people.get(told["toUserId"])),
        }
    }


def _span(told: Mapping[str, Any], zone: ZoneInfo) -> tuple[int, int]:
    after = date.fromisoformat(told["end"]) + timedelta(days=1)
    return day_start(zone, day_of(date.fromisoformat(told["start"]))), day_start(zone, day_of(after)) - 1


def _person(row: Any) -> dict[str, Any] | None:
    if row is None:
        return None
    return {
        "id": row["id"],
        "name": row["name"],
        "username": row["username"],
        "email": row["email"],
        "timeZone": row["time_zone"],
    }


def is_new_entry(event: LoggedEvent) -> bool:
    """Whether the event tells of days away that were added, not changed or removed."""
    return event.payload.get("change") == "created"
