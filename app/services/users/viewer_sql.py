"""The profile by one statement: it is read at the start of every session and by everything that tests a key."""

from app.db import raw
from app.services.users.views import UserView

_COLUMNS = tuple(UserView.__slots__)
_SWITCHES = ("hide_branding", "allow_dynamic_booking", "is_platform_managed", "is_admin")
_FIND = f"SELECT {', '.join(_COLUMNS)} FROM users WHERE id = $1"


async def read_user(user_id: int) -> UserView | None:
    """A person by id; None when there is none."""
    row = await raw.row(_FIND, user_id)
    if row is None:
        return None
    values = dict(zip(_COLUMNS, row, strict=True))
    for name in _SWITCHES:
        values[name] = bool(values[name])
    values["metadata"] = raw.loads(values["metadata"]) or {}
    values["created_at"] = raw.instant(values["created_at"])
    values["updated_at"] = raw.instant(values["updated_at"])
    return UserView(**values)
