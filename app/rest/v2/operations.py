"""All rows of API v2. A new resource adds its OPERATIONS here."""

from app.rest.operation import AnyOperation
from app.rest.v2 import api_keys, event_types, me, schedules, webhooks

OPERATIONS: tuple[AnyOperation, ...] = (
    *me.OPERATIONS,
    *api_keys.OPERATIONS,
    *schedules.OPERATIONS,
    *event_types.OPERATIONS,
    *webhooks.OPERATIONS,
)
