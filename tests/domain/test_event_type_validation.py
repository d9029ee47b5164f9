"""What an event type may be set to."""

from datetime import date
from typing import Any

import pytest

from app.domain.booking_fields import BookingField, FieldOption, FieldType
from app.domain.confirmation import NoticeThreshold, NoticeUnit
from app.domain.default_fields import complete_form
from app.domain.enums import LimitPeriod, PeriodType
from app.domain.event_type_validation import EventTypeDraft, check_event_type
from app.domain.locations import OfferedLocation
from app.domain.recurrence import Frequency, Recurrence

DAY, WEEK, MONTH, YEAR = LimitPeriod
VIDEO, LINK = OfferedLocation("integrations:daily"), OfferedLocation("link", "https://x.org")
TEXT = FieldType.TEXT
PHONE_ONLY = complete_form(
    [
        BookingField(slug="email", type=FieldType.EMAIL, hidden=True),
        BookingField(slug="attendeePhoneNumber", type=FieldType.PHONE, required=True),
    ]
)


def faults(**changes: Any) -> list[tuple[str, str]]:
    values: dict[str, Any] = {"title": "Chat", "slug": "chat", "length_minutes": 30, **changes}
    return [(fault.field, fault.reason) for fault in check_event_type(EventTypeDraft(**values))]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({}, id="least"),
        pytest.param({"length_options": (15, 30, 60)}, id="SL-16 default among the options"),
        pytest.param({"booking_limits": {YEAR: 5, DAY: 1, WEEK: 1}}, id="BT-15 equal and ascending, in any order"),
        pytest.param({"duration_limits": {DAY: 15}}, id="BT-15 least duration"),
        pytest.param({"period_type": PeriodType.ROLLING, "period_days": 0}, id="BT-26 today only"),
        pytest.param(
            {"period_type": PeriodType.RANGE, "period_start": date(2030, 9, 5), "period_end": date(2030, 9, 5)},
            id="BT-29 one day",
        ),
        pytest.param({"seats_per_slot": 1000, "locations": (VIDEO,)}, id="BK-34 most seats"),
        pytest.param({"recurrence": Recurrence(1, 52, Frequency.WEEKLY)}, id="BK-39 a year of weeks"),
        pytest.param({"custom_name": "{Organiser} x {HOST/ATTENDEE}"}, id="BK-21 built-in variables"),
        pytest.param({"colors": {"lightThemeHex": "#fafafa", "darkThemeHex": "#000"}}, id="colours"),
        pytest.param({"default_layout": "week", "enabled_layouts": ("month", "week")}, id="layouts"),
        pytest.param({"booking_fields": complete_form([])}, id="BK-32 default form"),
        pytest.param({"booking_fields": PHONE_ONLY, "is_organization_team": True}, id="BK-32 phone-only team"),
        pytest.param({"success_redirect_url": "https://x.org/done?a=b"}, id="redirect"),
        pytest.param({"max_lead_threshold": 1}, id="TM-5 least threshold"),
        pytest.param({"price": 0, "currency": "eur"}, id="price"),
        pytest.param({"title": "t" * 300, "custom_name": "n" * 500, "description": "d" * 10_000}, id="longest texts"),
        pytest.param(
            {
                "booking_fields": complete_form(
                    [
                        BookingField(
                            slug="s" * 100,
                            type=TEXT,
                            label="l" * 1000,
                            placeholder="p" * 1000,
                            min_length=0,
                            max_length=1,
                        )
                    ]
                )
            },
            id="longest field texts, shortest lengths",
        ),
    ],
)
def test_good_event_type(changes: dict[str, Any]) -> None:
    assert faults(**changes) == []


ASCENDING = "Booking limits must be in ascending order."
SEATS = "Seats Validation failed: Seats are enabled but"
FIELDS = "Booking fields validation failed:"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({"title": " "}, [("title", "Must have 1 to 300 characters.")], id="no title"),
        pytest.param(
            {"slug": "My Chat"},
            [
                (
                    "slug",
                    "Use 1 to 100 lower-case letters, digits, '.', '-' or '_', "
                    "beginning and ending with a letter or digit.",
                )
            ],
            id="slug form",
        ),
        pytest.param(
            {"custom_name": "{Organiser} {company}"},
            [("custom_name", "Invalid event name variables: company")],
            id="BK-21 field slug in the template",
        ),
        pytest.param(
            {"title": "t" * 301, "custom_name": "n" * 501, "description": "d" * 10_001},
            [
                ("title", "Must have 1 to 300 characters."),
                ("description", "Must have at most 10000 characters."),
                ("custom_name", "Must have at most 500 characters."),
            ],
            id="texts too long",
        ),
        pytest.param({"length_minutes": 0}, [("length_minutes", "Must not be less than 1.")], id="no length"),
        pytest.param(
            {"length_options": (15, 60)},
            [("length_options", "'lengthInMinutesOptions' must include the provided 'lengthInMinutes'.")],
            id="SL-16 Do: default not among the options",
        ),
        pytest.param(
            {"length_options": (30, 30)},
            [("length_options", "Lengths must not repeat.")],
            id="same length twice",
        ),
        pytest.param({"slot_interval": 0}, [("slot_interval", "Must not be less than 1.")], id="no interval"),
        pytest.param({"minimum_notice": -1}, [("minimum_notice", "Must not be less than 0.")], id="BT-32 notice"),
        pytest.param({"before_buffer": -5}, [("before_buffer", "Must not be less than 0.")], id="BT-7 buffer"),
        pytest.param({"booking_limits": {DAY: 3, MONTH: 2}}, [("booking_limits", ASCENDING)], id="BT-15 descending"),
        pytest.param(
            {"booking_limits": {DAY: 0}},
            [("booking_limits.day", "Must not be less than 1.")],
            id="BT-15 count of 0",
        ),
        pytest.param(
            {"duration_limits": {WEEK: 14}},
            [("duration_limits.week", "Must not be less than 15.")],
            id="BT-15 14 minutes",
        ),
        pytest.param(
            {"duration_limits": {WEEK: 120, YEAR: 60}}, [("duration_limits", ASCENDING)], id="BT-15 descending minutes"
        ),
        pytest.param(
            {"period_type": PeriodType.ROLLING_WINDOW},
            [("period_days", "A rolling booking window needs a number of days.")],
            id="BT-25 no days",
        ),
        pytest.param(
            {"period_type": PeriodType.RANGE, "period_start": date(2030, 9, 5)},
            [("period_start", "A range booking window needs two dates.")],
            id="BT-25 one date",
        ),
        pytest.param(
            {"period_type": PeriodType.RANGE, "period_start": date(2030, 9, 5), "period_end": date(2030, 9, 4)},
            [("period_end", "The end of the booking window must not be before its start.")],
            id="BT-25 dates in reverse",
        ),
        pytest.param(
            {"seats_per_slot": 1001},
            [("seats_per_slot", "Must not be greater than 1000.")],
            id="BK-34 too many",
        ),
        pytest.param(
            {"seats_per_slot": 2, "locations": (VIDEO, LINK)},
            [("seats_per_slot", f"{SEATS} more than one location provided.")],
            id="BK-34 several locations",
        ),
        pytest.param(
            {"seats_per_slot": 2, "requires_confirmation": True},
            [("seats_per_slot", f"{SEATS} requiresConfirmation is true.")],
            id="BK-34 confirmation",
        ),
        pytest.param(
            {"seats_per_slot": 2, "recurrence": Recurrence(1, 2, Frequency.WEEKLY)},
            [("seats_per_slot", f"{SEATS} recurrence is set.")],
            id="BK-34 recurrence",
        ),
        pytest.param(
            {"recurrence": Recurrence(0, 501, Frequency.WEEKLY)},
            [
                ("recurrence.interval", "Must not be less than 1."),
                ("recurrence.occurrences", "Must not be greater than 500."),
            ],
            id="BK-39 bounds",
        ),
        pytest.param(
            {"recurrence": Recurrence(2, 51, Frequency.YEARLY)},
            [("recurrence", "A recurrence must not reach further than 100 years.")],
            id="BK-39 far future",
        ),
        pytest.param(
            {"confirmation_threshold": NoticeThreshold(NoticeUnit.HOURS, 0)},
            [("confirmation_threshold.count", "Must not be less than 1.")],
            id="BK-16 threshold of 0",
        ),
        pytest.param(
            {"max_lead_threshold": 0},
            [("max_lead_threshold", "Must be at least 1; leave it out to switch it off.")],
            id="TM-5 threshold of 0",
        ),
        pytest.param({"price": -1}, [("price", "Must not be less than 0.")], id="price below 0"),
        pytest.param(
            {"currency": "EUR"}, [("currency", "Must be a currency code of three lower-case letters.")], id="currency"
        ),
        pytest.param(
            {"colors": {"lightThemeHex": "red"}},
            [("colors.lightThemeHex", "Must be a colour in the form #rrggbb.")],
            id="colour by name",
        ),
        pytest.param(
            {"default_layout": "week", "enabled_layouts": ("month",)},
            [("default_layout", "Must be one of the enabled layouts.")],
            id="layout not enabled",
        ),
        pytest.param(
            {"default_layout": "year", "enabled_layouts": ("year",)},
            [("enabled_layouts", "Must name at least one of month, week, column.")],
            id="unknown layout",
        ),
        pytest.param(
            {"interface_language": "xx"},
            [("interface_language", "Is not one of the supported languages.")],
            id="BK-2 language",
        ),
        pytest.param(
            {"success_redirect_url": "javascript:alert(1)"},
            [("success_redirect_url", "Must be an absolute http or https URL.")],
            id="redirect scheme",
        ),
        pytest.param(
            {"metadata": {"a": []}},
            [("metadata.a", "Metadata values must be texts, numbers or booleans.")],
            id="BK-3 metadata",
        ),
        pytest.param(
            {"booking_fields": PHONE_ONLY},
            [("booking_fields", f"{FIELDS} the email field must be required and visible.")],
            id="BK-32 phone-only, personal",
        ),
        pytest.param(
            {
                "booking_fields": complete_form([BookingField(slug="email", type=FieldType.EMAIL)]),
                "is_organization_team": True,
            },
            [
                (
                    "booking_fields",
                    f"{FIELDS} the email field must be required and visible, or the attendeePhoneNumber field must be.",
                )
            ],
            id="BK-32 neither",
        ),
    ],
)
def test_wrong_event_type(changes: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert faults(**changes) == expected


OWN = len(complete_form([]))
OPTIONS = (FieldOption("a", "A"),)


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        pytest.param(
            [BookingField(slug="a", type=TEXT), BookingField(slug="a", type=TEXT)],
            ("booking_fields", f"{FIELDS} slug 'a' is used more than once."),
            id="same slug twice",
        ),
        pytest.param(
            [BookingField(slug="{a}", type=TEXT)],
            (f"booking_fields.{OWN}.slug", f"{FIELDS} a slug has 1 to 100 characters and no braces."),
            id="BK-21 braces are for variables",
        ),
        pytest.param(
            [BookingField(slug="a" * 101, type=TEXT)],
            (f"booking_fields.{OWN}.slug", f"{FIELDS} a slug has 1 to 100 characters and no braces."),
            id="slug too long",
        ),
        pytest.param(
            [BookingField(slug="a", type=TEXT, placeholder="p" * 1001)],
            (f"booking_fields.{OWN}.label", f"{FIELDS} texts have at most 1000 characters."),
            id="placeholder too long",
        ),
        pytest.param(
            [BookingField(slug="a", type=TEXT, min_length=-1)],
            (f"booking_fields.{OWN}.maxLength", f"{FIELDS} lengths must be positive and in order."),
            id="BK-30 length below 0",
        ),
        pytest.param(
            [BookingField(slug="a", type=FieldType.SELECT)],
            (f"booking_fields.{OWN}.options", f"{FIELDS} 1 to 200 options are needed."),
            id="select without options",
        ),
        pytest.param(
            [BookingField(slug="a", type=FieldType.RADIO, options=OPTIONS * 2)],
            (f"booking_fields.{OWN}.options", f"{FIELDS} options must be different and not empty."),
            id="same option twice",
        ),
        pytest.param(
            [BookingField(slug="a", type=FieldType.NAME)],
            (f"booking_fields.{OWN}.type", f"{FIELDS} type 'name' is for default fields only."),
            id="second name",
        ),
        pytest.param(
            [BookingField(slug="a", type=FieldType.TEXTAREA, min_length=5, max_length=4)],
            (f"booking_fields.{OWN}.maxLength", f"{FIELDS} lengths must be positive and in order."),
            id="BK-30 lengths in reverse",
        ),
    ],
)
def test_wrong_own_fields(own: list[BookingField], expected: tuple[str, str]) -> None:
    assert faults(booking_fields=complete_form(own)) == [expected]


def test_default_slug_keeps_its_type() -> None:
    form = [*complete_form([])[:2], BookingField(slug="notes", type=FieldType.URL)]

    assert faults(booking_fields=form) == [
        ("booking_fields.2.type", f"{FIELDS} the slug 'notes' belongs to a default field.")
    ]
