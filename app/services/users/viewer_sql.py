"""The profile by one statement, or by none: it is read at the start of every session and to try a key."""

from typing import Any

from app.db import raw
from app.services.users.views import UserView

_COLUMNS = tuple(name for name in UserView.__slots__ if name != "id")
_SWITCHES = ("hide_branding", "allow_dynamic_booking", "is_platform_managed", "is_admin")
_FIND = f"SELECT id AS user_id, {', '.join(_COLUMNS)} FROM users WHERE id = $1"


async def read_user(user_id: int) -> UserView | None:
    """A person by id; None when there is none."""
    row = await raw.row(_FIND, user_id)
    return None if row is None else view_of(row)


def view_of(row: raw.Row) -> UserView:
    """The view of a row that has the id as `user_id` and every other column under its own name."""
    values: dict[str, Any] = {name: row[name] for name in _COLUMNS}
    for name in _SWITCHES:
        values[name] = bool(values[name])
    values["metadata"] = raw.loads(values["metadata"]) or {}
    values["created_at"] = raw.instant(values["created_at"])
    values["updated_at"] = raw.instant(values["updated_at"])
    return UserView(id=row["user_id"], **values)
