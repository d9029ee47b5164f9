"""Event types of 2024-06-14: every group of options, refusals with their texts, who sees and changes what."""

from datetime import UTC, datetime
from typing import Any

import pytest

from app.models import CalendarFeed, Credential, EventType
from app.services.calendars.ids import stored_id
from tests.contract.client import Caller, ContractClient

VERSION = "2024-06-14"
PATH = "/v2/event-types"
MINIMAL: dict[str, Any] = {"lengthInMinutes": 30, "title": "Intro", "slug": "intro"}
EVERYTHING: dict[str, Any] = {
    "lengthInMinutes": 30,
    "lengthInMinutesOptions": [15, 30, 60],
    "title": "Coaching",
    "slug": "coaching",
    "description": "An hour or less.",
    "disableGuests": True,
    "slotInterval": 20,
    "minimumBookingNotice": 60,
    "beforeEventBuffer": 5,
    "afterEventBuffer": 10,
    "bookingLimitsCount": {"day": 2, "week": 5},
    "onlyShowFirstAvailableSlot": True,
    "bookingLimitsDuration": {"day": 60, "week": 300},
    "bookingWindow": {"type": "businessDays", "value": 30, "rolling": True},
    "offsetStart": 5,
    "bookerLayouts": {"defaultLayout": "week", "enabledLayouts": ["week", "month"]},
    "confirmationPolicy": {
        "type": "time",
        "noticeThreshold": {"unit": "hours", "count": 24},
        "blockUnconfirmedBookingsInBooker": True,
    },
    "recurrence": {"interval": 2, "occurrences": 10, "frequency": "weekly"},
    "requiresBookerEmailVerification": True,
    "hideCalendarNotes": True,
    "lockTimeZoneToggleOnBookingPage": True,
    "color": {"lightThemeHex": "#fafafa", "darkThemeHex": "#292929"},
    "customName": "{Event type title} with {Organiser}",
    "destinationCalendar": {"integration": "google_calendar", "externalId": "me@example.com"},
    "useDestinationCalendarEmail": True,
    "hideCalendarEventDetails": True,
    "successRedirectUrl": "https://example.com/thanks",
    "hideOrganizerEmail": True,
}


async def created(rest: ContractClient, caller: Caller, **values: Any) -> Any:
    return await rest.ok("POST", PATH, caller, version=VERSION, json={**MINIMAL, **values})


async def test_the_smallest_event_type_has_the_documented_defaults(rest: ContractClient, ann: Caller) -> None:
    """VR-6: notice 120, no buffers, Cal Video, no limits, unlimited window; what is unset reads as VR-4 says."""
    made = await created(rest, ann)
    users = made.pop("users")
    assert [(user["id"], user["username"]) for user in users] == [(ann.id, "ann")]
    fields = {field["slug"]: field for field in made.pop("bookingFields")}
    assert list(fields)[:2] == ["name", "email"]
    assert fields["email"] == {
        "isDefault": True, "type": "email", "slug": "email", "required": True, "disableOnPrefill": False,
    }  # fmt: skip
    assert made.pop("id") > 0
    assert made == {
        "ownerId": ann.id, "lengthInMinutes": 30, "title": "Intro", "slug": "intro", "description": "",
        "hidden": False, "locations": [{"type": "integration", "integration": "cal-video"}], "disableGuests": False,
        "slotInterval": None, "minimumBookingNotice": 120, "beforeEventBuffer": 0, "afterEventBuffer": 0,
        "recurrence": None, "metadata": {}, "price": 0, "currency": "usd", "lockTimeZoneToggleOnBookingPage": False,
        "seatsPerTimeSlot": None, "forwardParamsSuccessRedirect": True, "successRedirectUrl": None,
        "isInstantEvent": False, "seatsShowAvailabilityCount": True, "scheduleId": None,
        "onlyShowFirstAvailableSlot": False, "bookingWindow": {"disabled": True},
        "confirmationPolicy": {"disabled": True}, "requiresBookerEmailVerification": False,
        "hideCalendarNotes": False, "seats": {"disabled": True}, "offsetStart": 0,
        "useDestinationCalendarEmail": False, "hideCalendarEventDetails": False, "hideOrganizerEmail": False,
    }  # fmt: skip


async def google(caller: Caller, **values: Any) -> Credential:
    """A connected calendar, as connecting it will leave it."""
    sealed = {"app_slug": "google-calendar", "key_id": "x", "sealed_key": "x"}
    return await Credential.create(user_id=caller.id, **{"type": "google_calendar", **sealed, **values})


async def test_every_option_reads_back_as_it_was_set(rest: ContractClient, ann: Caller) -> None:
    """VR-4: created, read and listed alike."""
    await google(ann)
    made = await created(rest, ann, **EVERYTHING)
    assert {name: made[name] for name in EVERYTHING} == EVERYTHING
    assert await rest.ok("GET", f"{PATH}/{made['id']}", ann, version=VERSION) == made
    assert await rest.ok("GET", PATH, ann, version=VERSION) == [made]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({"type": "calendarDays", "value": 7}, {"type": "calendarDays", "value": 7, "rolling": False}),
        ({"type": "businessDays", "value": 3, "rolling": True}, None),
        ({"type": "range", "value": ["2026-05-01", "2026-05-31"]}, None),
        ({"disabled": True}, None),
    ],
    ids=["rolling", "rolling window", "range", "off"],
)
async def test_booking_windows(rest: ContractClient, ann: Caller, given: Any, shown: Any) -> None:
    """BT-25: a rolling window reads back with `rolling`, a range as two dates."""
    made = await created(rest, ann, bookingWindow=given)
    assert made["bookingWindow"] == (shown or given)


async def test_seats(rest: ContractClient, ann: Caller) -> None:
    """BK-34: the group reads back, and beside it the two old names."""
    seats = {"seatsPerTimeSlot": 4, "showAttendeeInfo": True, "showAvailabilityCount": False}
    made = await created(rest, ann, seats=seats)
    assert made["seats"] == seats
    assert (made["seatsPerTimeSlot"], made["seatsShowAvailabilityCount"]) == (4, False)


LOCATIONS: list[dict[str, Any]] = [
    {"type": "address", "address": "1 High Street", "public": True},
    {"type": "link", "link": "https://meet.example.com/ann", "public": False},
    {"type": "phone", "phone": "+37120993151", "public": True},
    {"type": "integration", "integration": "google-meet"},
    {"type": "attendeeAddress"},
    {"type": "attendeePhone"},
    {"type": "attendeeDefined"},
]


async def test_every_kind_of_location(rest: ContractClient, ann: Caller) -> None:
    """BK-8, and the detail of one that is not public is for its owner only."""
    made = await created(rest, ann, locations=LOCATIONS)
    assert made["locations"] == LOCATIONS
    [seen] = await rest.ok("GET", PATH, version=VERSION, params={"username": "ann", "eventSlug": "intro"})
    assert seen["locations"] == [LOCATIONS[0], {**LOCATIONS[1], "link": ""}, *LOCATIONS[2:]]


async def test_every_kind_of_booking_field(rest: ContractClient, ann: Caller) -> None:
    """BK-29: default fields can be changed, own fields come after them in their order."""
    plain = ["phone", "address", "text", "number", "textarea", "multiemail", "url"]
    own: list[dict[str, Any]] = [
        {"type": kind, "slug": f"my-{kind}", "label": kind, "required": False, "placeholder": "e.g.", "hidden": False}
        for kind in plain
    ]
    own += [
        {"type": kind, "slug": f"my-{kind}", "label": kind, "required": True, "options": ["a", "b"], "hidden": False}
        for kind in ("select", "multiselect", "checkbox", "radio")
    ]
    own.append({"type": "boolean", "slug": "my-boolean", "label": "Yes?", "required": False, "hidden": True})
    changed = {"slug": "notes", "label": "Anything else?", "required": True, "placeholder": "Write here"}
    name = {"type": "name", "label": "Your name", "placeholder": "Ann"}
    made = await created(rest, ann, bookingFields=[name, changed, *own])
    fields = {field["slug"]: field for field in made["bookingFields"]}
    assert [slug for slug in fields if slug.startswith("my-")] == [field["slug"] for field in own]
    for field in own:
        assert {**field, "isDefault": False, "disableOnPrefill": False} == fields[str(field["slug"])]
    assert (fields["notes"]["label"], fields["notes"]["required"]) == ("Anything else?", True)
    assert fields["name"]["label"] == "Your name"


LENGTH = ["lengthInMinutes must be an integer number", "lengthInMinutes must not be less than 1"]
SEATS = ["seatsPerTimeSlot must be an integer number", "seatsPerTimeSlot must not be less than 1"]


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        (
            {},
            {
                "lengthInMinutes": LENGTH,
                "title": ["title must be a string"],
                "slug": ["slug must be a string"],
            },
        ),
        ({**MINIMAL, "lengthInMinutes": "30"}, {"lengthInMinutes": LENGTH}),
        (
            {**MINIMAL, "lengthInMinutes": 1441},
            {"lengthInMinutes": ["lengthInMinutes must not be greater than 1440"]},
        ),
        (
            {**MINIMAL, "lengthInMinutesOptions": [30, 1441]},
            {"lengthInMinutesOptions": ["each value in lengthInMinutesOptions must not be greater than 1440"]},
        ),
        (
            {**MINIMAL, "lengthInMinutesOptions": [30, 30]},
            {"lengthInMinutesOptions": ["All lengthInMinutesOptions's elements must be unique"]},
        ),
        ({**MINIMAL, "lengthInMinutes": 0}, {"lengthInMinutes": ["lengthInMinutes must not be less than 1"]}),
        (
            {**MINIMAL, "lengthInMinutes": 10**30},
            {"lengthInMinutes": ["lengthInMinutes must not be greater than 2147483647"]},
        ),
        ({**MINIMAL, "disableGuests": "yes"}, {"disableGuests": ["disableGuests must be a boolean value"]}),
        (
            {**MINIMAL, "bookingWindow": {"type": "soon", "value": 3}},
            {"bookingWindow.type": ["type must be one of the following values: businessDays, calendarDays, range"]},
        ),
        ({**MINIMAL, "bookingLimitsCount": {"day": 0}}, {"bookingLimitsCount.day": ["day must not be less than 1"]}),
        (
            {**MINIMAL, "bookingLimitsDuration": {"day": 10}},
            {"bookingLimitsDuration.day": ["day must not be less than 15"]},
        ),
        ({**MINIMAL, "seats": {}}, {"seats.seatsPerTimeSlot": SEATS}),
        ({**MINIMAL, "title": "a\u0000b"}, {"title": ["title must not have control characters"]}),
    ],
)
async def test_wrong_input_names_every_wrong_property(
    rest: ContractClient, ann: Caller, body: Any, faults: dict[str, list[str]]
) -> None:
    """AU-31: documented messages by property, and nothing is written."""
    assert await rest.wrong("POST", PATH, ann, version=VERSION, json=body) == faults
    assert await EventType.all().count() == 0


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            {"seats": {"seatsPerTimeSlot": 3}, "locations": LOCATIONS[:2]},
            "Seats Validation failed: Seats are enabled but more than one location provided.",
        ),
        (
            {"seats": {"seatsPerTimeSlot": 3}, "confirmationPolicy": {"type": "always"}},
            "Seats Validation failed: Seats are enabled but requiresConfirmation is true.",
        ),
        (
            {"lengthInMinutesOptions": [15, 60]},
            "'lengthInMinutesOptions' must include the provided 'lengthInMinutes'.",
        ),
        ({"bookingLimitsCount": {"day": 5, "week": 2}}, "Booking limits must be in ascending order."),
        ({"locations": []}, "'locations' must contain at least 1 location."),
        (
            {"locations": [{"type": "moon"}]},
            "Unsupported location type 'moon'. Valid types are address, link, integration, and phone.",
        ),
        (
            {"locations": [{"type": "link", "link": "nowhere"}]},
            "Validation failed for link location: link must be a URL address, public must be a boolean value",
        ),
        ({"bookingFields": [{"slug": "x"}]}, "Each booking field must have a 'type' property."),
        ({"bookingFields": [{"type": "riddle", "slug": "x"}]}, "Unsupported booking field type 'riddle'."),
        (
            {"bookingFields": [{"type": "text", "slug": "x"}]},
            "Validation failed for text booking field: label must be a string, required must be a boolean value",
        ),
        (
            {"bookingFields": [{"type": "email", "label": "E", "placeholder": "", "hidden": True}]},
            "Booking fields validation failed: the email field must be required and visible.",
        ),
        ({"bookingWindow": {"type": "range", "value": ["2026-05-01"]}}, None),
        ({"scheduleId": 999_999}, None),
    ],
)
async def test_documented_refusals(
    rest: ContractClient, ann: Caller, values: dict[str, Any], message: str | None
) -> None:
    """BT-15, SL-16, BK-8, BK-29, BK-32, BK-34: the text, and nothing written."""
    status, told = await rest.refused("POST", PATH, ann, version=VERSION, json={**MINIMAL, **values})
    assert status in {400, 404}
    assert message is None or told == message
    assert await EventType.all().count() == 0


async def test_a_custom_name_takes_known_variables_only(rest: ContractClient, ann: Caller) -> None:
    """BK-21."""
    body = {**MINIMAL, "customName": "{Nonsense} with {Organiser}"}
    status, message = await rest.refused("POST", PATH, ann, version=VERSION, json=body)
    assert status == 400
    assert message.startswith("Invalid event name variables: ")


async def test_what_a_patch_leaves_out_stays(rest: ContractClient, ann: Caller) -> None:
    """VR-5: seats, lengths, threshold and layouts survive; `disabled` switches a group off."""
    await google(ann)
    made = await created(rest, ann, **EVERYTHING)
    path = f"{PATH}/{made['id']}"
    renamed = await rest.ok("PATCH", path, ann, version=VERSION, json={"title": "Other"})
    assert renamed == {**made, "title": "Other"}
    off = {name: {"disabled": True} for name in ("bookingLimitsCount", "bookingLimitsDuration", "recurrence")}
    off |= {"bookingWindow": {"disabled": True}, "confirmationPolicy": {"disabled": True}}
    bare = await rest.ok("PATCH", path, ann, version=VERSION, json=off)
    gone = {"bookingLimitsCount", "bookingLimitsDuration"}
    assert bare == {
        **{name: value for name, value in renamed.items() if name not in gone},
        "recurrence": None,
        "bookingWindow": {"disabled": True},
        "confirmationPolicy": {"disabled": True},
    }


async def test_a_slug_is_taken_once_per_person(rest: ContractClient, ann: Caller, bob: Caller) -> None:
    """VR-6."""
    await created(rest, ann)
    refused = await rest.refused("POST", PATH, ann, version=VERSION, json=MINIMAL)
    assert refused == (400, "User already has an event type with this slug.")
    assert (await created(rest, bob))["slug"] == "intro"


async def test_another_tenant_reads_and_changes_nothing(rest: ContractClient, ann: Caller, bob: Caller) -> None:
    """VR-6: 404 to read, 403 to change, and all stays as it was."""
    made = await created(rest, ann)
    path = f"{PATH}/{made['id']}"
    refused = f"User with ID={bob.id} does not own event type with ID={made['id']}"
    assert (await rest("GET", path, bob, version=VERSION)).status_code == 404
    assert await rest.refused("PATCH", path, bob, version=VERSION, json={"title": "Mine"}) == (403, refused)
    assert await rest.refused("DELETE", path, bob, version=VERSION) == (403, refused)
    assert (await rest("PATCH", path, version=VERSION, json={"title": "Mine"})).status_code == 401
    assert await rest.ok("GET", path, ann, version=VERSION) == made


async def test_reading_by_username_is_public(rest: ContractClient, ann: Caller) -> None:
    """Hidden ones are left out of the list, found by slug, and unknown slugs find nothing."""
    shown = await created(rest, ann, metadata={})
    await created(rest, ann, slug="secret", hidden=True)
    listed = await rest.ok("GET", PATH, version=VERSION, params={"username": "ANN"})
    assert [item["id"] for item in listed] == [shown["id"]]
    by_slug = {"username": "ann", "eventSlug": "secret"}
    assert [item["slug"] for item in await rest.ok("GET", PATH, version=VERSION, params=by_slug)] == ["secret"]
    nothing = {"username": "ann", "eventSlug": "nothing"}
    assert await rest.ok("GET", PATH, version=VERSION, params=nothing) == []
    for nobody in ("nobody", "x" * 5000):
        assert await rest.ok("GET", PATH, version=VERSION, params={"username": nobody}) == []


async def test_hidden_booking_fields_are_for_who_may_change_them(
    rest: ContractClient, ann: Caller, bob: Caller
) -> None:
    """VR-4: a booking page has no use for them."""
    secret = {"type": "text", "slug": "campaign", "label": "Campaign", "required": False, "hidden": True}
    made = await created(rest, ann, bookingFields=[secret])
    assert "campaign" in {field["slug"] for field in made["bookingFields"]}
    for params in ({"username": "ann"}, {"username": "ann", "eventSlug": "intro"}):
        assert await rest.ok("GET", PATH, ann, version=VERSION, params=params) == [made]
        for caller in (None, bob):
            [seen] = await rest.ok("GET", PATH, caller, version=VERSION, params=params)
            shown = [field for field in made["bookingFields"] if not field.get("hidden")]
            assert seen["bookingFields"] == shown


async def test_a_destination_calendar_must_be_one_that_can_be_written(
    rest: ContractClient, ann: Caller, bob: Caller
) -> None:
    """VR-4: of a connection of one's own, and feeds are only read."""
    calendar = EVERYTHING["destinationCalendar"]
    await google(bob)
    feed = {"integration": "ics-feed_calendar", "externalId": "https://example.com/a.ics"}
    credential = await google(ann, type="ics-feed_calendar")
    kept = stored_id(feed["integration"], feed["externalId"])
    await CalendarFeed.create(credential=credential, external_id=kept, next_fetch_at=datetime.now(UTC))
    texts = {
        "google_calendar": "Invalid destinationCalendarId: Calendar does not exist",
        "ics-feed_calendar": "Invalid destinationCalendarId: Calendar does not have write permission",
    }
    made = await created(rest, ann)
    for wanted in (calendar, feed):
        body = {**MINIMAL, "slug": "other", "destinationCalendar": wanted}
        refused = (400, texts[wanted["integration"]])
        assert await rest.refused("POST", PATH, ann, version=VERSION, json=body) == refused
        change = {"destinationCalendar": wanted}
        assert await rest.refused("PATCH", f"{PATH}/{made['id']}", ann, version=VERSION, json=change) == refused
    assert await EventType.all().count() == 1


async def test_a_slug_without_a_name_is_one_of_ones_own(rest: ContractClient, ann: Caller, bob: Caller) -> None:
    """VR-4: a slug is never left out of account; hidden ones are found too."""
    for caller, slug in ((ann, "talk"), (ann, "walk"), (bob, "walk")):
        body = {"title": slug, "slug": slug, "lengthInMinutes": 30, "hidden": slug == "walk"}
        await rest.ok("POST", PATH, caller, version=VERSION, json=body)
    for slug, owners in (("walk", [ann.id]), ("no", [])):
        found = await rest.ok("GET", PATH, ann, version=VERSION, params={"eventSlug": slug})
        assert [each["ownerId"] for each in found] == owners
    assert await rest.ok("GET", PATH, version=VERSION, params={"eventSlug": "talk"}) == []


async def test_nobody_without_a_name_has_no_event_types(rest: ContractClient, ann: Caller) -> None:
    """Without any parameter the list is the caller's own, so an anonymous one has none."""
    await created(rest, ann)
    assert await rest.ok("GET", PATH, version=VERSION) == []


async def test_a_dynamic_group(rest: ContractClient, ann: Caller, bob: Caller) -> None:
    """TM-24: one virtual event type of 30 minutes with its choices, hosted by all."""
    [group] = await rest.ok("GET", PATH, version=VERSION, params={"usernames": "ann,bob"})
    assert (group["slug"], group["lengthInMinutes"]) == ("dynamic", 30)
    assert group["lengthInMinutesOptions"] == [15, 30, 45, 60, 90]
    assert [user["username"] for user in group["users"]] == ["ann", "bob"]
    assert await rest.ok("PATCH", "/v2/me", bob, json={}) is not None


async def test_deleting_tells_what_it_was(rest: ContractClient, ann: Caller) -> None:
    """VR-4."""
    made = await created(rest, ann)
    path = f"{PATH}/{made['id']}"
    gone = await rest.ok("DELETE", path, ann, version=VERSION)
    assert gone == {"id": made["id"], "lengthInMinutes": 30, "slug": "intro", "title": "Intro"}
    assert (await rest("GET", path, ann, version=VERSION)).status_code == 404


@pytest.mark.parametrize("version", ["2024-06-14", "2024-08-13", "2025-01-01"])
async def test_a_later_version_takes_the_newest_shape(rest: ContractClient, ann: Caller, version: str) -> None:
    """VR-1: a date without a shape of its own is no 404, and the version used is told."""
    answer = await rest("GET", PATH, ann, version=version)
    assert answer.headers["cal-api-version"] == "2024-06-14"
    assert answer.json() == {"status": "success", "data": []}


async def test_the_old_shapes_are_not_served_yet(rest: ContractClient, ann: Caller) -> None:
    """An older version is refused rather than answered in a shape it does not know."""
    assert await rest.refused("GET", PATH, ann) == (404, "Cannot GET /v2/event-types")


@pytest.mark.parametrize("bad", ["abc", "1.5", "99999999999"])
async def test_an_id_that_is_no_number(rest: ContractClient, ann: Caller, bad: str) -> None:
    """A documented 400."""
    refused = await rest.refused("GET", f"{PATH}/{bad}", ann, version=VERSION)
    assert refused == (400, "Validation failed (numeric string is expected)")


async def test_null_unsets_what_can_be_unset(rest: ContractClient, ann: Caller) -> None:
    """VR-5: an own interval, schedule or redirect can be taken away again; null for a title changes nothing."""
    await google(ann)
    made = await created(rest, ann, **EVERYTHING)
    path = f"{PATH}/{made['id']}"
    schedule = await rest.ok("GET", "/v2/schedules/default", ann, version="2024-06-11")
    await rest.ok("PATCH", path, ann, version=VERSION, json={"scheduleId": schedule["id"]})
    names = ("slotInterval", "scheduleId", "successRedirectUrl", "recurrence", "description", "color", "customName")
    bare = await rest.ok("PATCH", path, ann, version=VERSION, json={"title": None, **dict.fromkeys(names)})
    assert {name: bare.get(name) for name in names} == {**dict.fromkeys(names), "description": ""}
    assert {name: value for name, value in bare.items() if name not in names} == {
        name: value for name, value in made.items() if name not in names
    }


async def test_what_was_read_can_be_sent_back(rest: ContractClient, ann: Caller) -> None:
    """Clients read, change one value and send everything, read-only properties too."""
    made = await created(rest, ann, locations=LOCATIONS, title="Long read")
    path = f"{PATH}/{made['id']}"
    assert await rest.ok("PATCH", path, ann, version=VERSION, json={**made, "title": "Short"}) == {
        **made, "title": "Short",
    }  # fmt: skip


async def test_where_is_asked_with_several_places_only(rest: ContractClient, ann: Caller) -> None:
    """As documented of the default field `location`."""
    one = await created(rest, ann)
    several = await created(rest, ann, slug="several", locations=LOCATIONS[:2])
    asked = [[field["slug"] for field in made["bookingFields"]] for made in (one, several)]
    assert ["location" in slugs for slugs in asked] == [False, True]


async def test_an_empty_label_reads_back(rest: ContractClient, ann: Caller) -> None:
    """The documented field always has a label."""
    field = {"type": "text", "slug": "why", "label": "", "required": False, "placeholder": "", "hidden": False}
    made = await created(rest, ann, bookingFields=[field])
    assert made["bookingFields"][-1]["label"] == ""


async def test_lengths_may_be_texts(rest: ContractClient, ann: Caller) -> None:
    """The document of the API types the options as texts."""
    made = await created(rest, ann, lengthInMinutesOptions=["30", 60])
    assert made["lengthInMinutesOptions"] == [30, 60]


async def test_credentials_are_not_taken_from_a_location(rest: ContractClient, ann: Caller) -> None:
    """An unknown property is ignored."""
    place = {"type": "integration", "integration": "zoom"}
    made = await created(rest, ann, locations=[{**place, "credentialId": 7}])
    assert made["locations"] == [place]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            {"bookingFields": [{"type": "text", "slug": {"a": 1}, "label": "x", "required": True}]},
            "Validation failed for text booking field: slug must be a string",
        ),
        (
            {"locations": [{"type": "phone", "phone": "call me", "public": True}]},
            "Validation failed for phone location: phone must be a valid phone number",
        ),
        ({"bookingWindow": {"type": "calendarDays", "value": -1}}, "value must be between 0 and 36500"),
        (
            {"bookingWindow": {"type": "range", "value": ["2030-01-01junk", "2030-01-02"]}},
            "value must be an array of two dates in the form YYYY-MM-DD",
        ),
    ],
    ids=["slug", "phone", "window", "range"],
)
async def test_wrong_parts(rest: ContractClient, ann: Caller, values: dict[str, Any], message: str) -> None:
    """BK-8, BK-29, BT-25, and nothing is written."""
    assert await rest.refused("POST", PATH, ann, version=VERSION, json={**MINIMAL, **values}) == (400, message)
    assert await EventType.all().count() == 0


@pytest.mark.parametrize(
    "params",
    [{"username": "x" * 5000}, {"username": "ann", "eventSlug": "y" * 3000}, {"username": "ann", "orgSlug": "z" * 999}],
    ids=["username", "slug", "organization"],
)
async def test_texts_longer_than_any_kept_find_nothing(
    rest: ContractClient, ann: Caller, params: dict[str, str]
) -> None:
    """Nothing is called that, and it is no error to ask."""
    await created(rest, ann)
    assert await rest.ok("GET", PATH, version=VERSION, params=params) == []


async def test_a_place_has_a_length(rest: ContractClient, ann: Caller) -> None:
    """As much as a booking can take over."""
    place = {"type": "address", "address": "x" * 2000, "public": True}
    made = await created(rest, ann, locations=[place])
    assert made["locations"] == [place]
    longer = {"locations": [{**place, "address": "x" * 2001}]}
    refused = await rest.refused("PATCH", f"{PATH}/{made['id']}", ann, version=VERSION, json=longer)
    assert refused == (400, "A location must have at most 2000 characters.")
