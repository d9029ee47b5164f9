"""All rows of API v2. A new resource adds its OPERATIONS here."""

from app.rest.operation import AnyOperation
from app.rest.v2 import (
    api_keys,
    bookings,
    calendars,
    event_types,
    me,
    schedules,
    slots,
    slots_2024_04_15,
    webhooks,
)
from app.rest.v2.bookings_2024_04_15 import operations as bookings_old

OPERATIONS: tuple[AnyOperation, ...] = (
    *me.OPERATIONS,
    *api_keys.OPERATIONS,
    *schedules.OPERATIONS,
    *event_types.OPERATIONS,
    *slots.OPERATIONS,
    *slots_2024_04_15.OPERATIONS,
    *calendars.OPERATIONS,
    *webhooks.OPERATIONS,
    *bookings.OPERATIONS,
    *bookings_old.OPERATIONS,
)
