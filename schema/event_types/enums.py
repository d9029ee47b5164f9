"""Closed vocabularies of event types."""

from enum import Enum

from app.domain.booking_fields import FieldType
from app.domain.enums import PeriodType, SchedulingType
from app.domain.recurrence import Frequency
from schema.enums import describe_enum

describe_enum(
    SchedulingType,
    name="SchedulingType",
    description="How the hosts of a team's event type share its bookings.",
    values={
        "COLLECTIVE": "All hosts take part.",
        "ROUND_ROBIN": "One host takes each booking, beside the fixed ones.",
        "MANAGED": "A template; each assigned member has an event type of their own.",
    },
)
describe_enum(
    PeriodType,
    name="BookingWindowType",
    description="How far ahead one can book.",
    values={
        "UNLIMITED": "As far as one likes.",
        "ROLLING": "Some days ahead.",
        "ROLLING_WINDOW": "So far ahead that the given number of days have free slots.",
        "RANGE": "Between two dates.",
    },
)
describe_enum(
    Frequency,
    name="RecurrenceFrequency",
    description="The unit of a recurrence.",
    values={"WEEKLY": "Weeks.", "MONTHLY": "Months.", "YEARLY": "Years."},
)
describe_enum(
    FieldType,
    name="BookingFieldType",
    description="The kind of answer a booking field takes.",
    values={
        "NAME": "A name, in one or two parts.",
        "EMAIL": "An e-mail address.",
        "PHONE": "An international phone number.",
        "ADDRESS": "A postal address.",
        "TEXT": "One line of text.",
        "NUMBER": "A number, as text.",
        "TEXTAREA": "Several lines of text.",
        "SELECT": "One of the options.",
        "MULTISELECT": "Some of the options.",
        "MULTIEMAIL": "Several e-mail addresses.",
        "CHECKBOX": "Some of the options, as boxes.",
        "RADIO": "One of the options, as buttons.",
        "BOOLEAN": "Yes or no.",
        "URL": "A web address.",
        "RADIO_INPUT": "A choice of place with its detail.",
    },
)


class LocationType(Enum):
    """Where a meeting takes place, by the names of the REST API (BK-8)."""

    ADDRESS = "address"
    LINK = "link"
    PHONE = "phone"
    ATTENDEE_ADDRESS = "attendeeAddress"
    ATTENDEE_PHONE = "attendeePhone"
    ATTENDEE_DEFINED = "attendeeDefined"
    ORGANIZERS_DEFAULT_APP = "organizersDefaultApp"
    INTEGRATION = "integration"
    UNKNOWN = "unknown"


describe_enum(
    LocationType,
    name="LocationType",
    description="Where a meeting takes place.",
    values={
        "ADDRESS": "At an address of the organizer.",
        "LINK": "At a web address of the organizer.",
        "PHONE": "By phone, on a number of the organizer.",
        "ATTENDEE_ADDRESS": "At an address the booker gives.",
        "ATTENDEE_PHONE": "By phone, on a number the booker gives.",
        "ATTENDEE_DEFINED": "Wherever the booker says.",
        "ORGANIZERS_DEFAULT_APP": "In the organizer's default conferencing app.",
        "INTEGRATION": "In a conferencing app.",
        "UNKNOWN": "Something an older client stored.",
    },
)


class NoticeUnit(Enum):
    """The unit of a confirmation threshold (BK-16)."""

    MINUTES = "minutes"
    HOURS = "hours"


describe_enum(
    NoticeUnit,
    name="NoticeUnit",
    description="The unit of a confirmation threshold.",
    values={"MINUTES": "Minutes.", "HOURS": "Hours."},
)


class BookerLayout(Enum):
    """How a booking page can show slots."""

    MONTH = "month"
    WEEK = "week"
    COLUMN = "column"


describe_enum(
    BookerLayout,
    name="BookerLayout",
    description="How a booking page shows slots.",
    values={"MONTH": "A month calendar.", "WEEK": "A week grid.", "COLUMN": "One column a day."},
)
