"""The booking form: stored shape, defaults, and the API's names."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.booking_field_api import field_from_api, field_to_api
from app.domain.booking_fields import (
    BookingField,
    Editable,
    FieldOption,
    FieldType,
    FormView,
    NameVariant,
    field_from_json,
    field_to_json,
    fields_from_json,
    fields_to_json,
)
from app.domain.default_fields import (
    DEFAULT_FIELDS,
    complete_form,
    demands_email,
    guests_disabled,
    is_phone_only,
    own_fields,
    with_guests_disabled,
)

TEXTS = st.text(alphabet="abc @.", min_size=1).map(str.strip).filter(bool)
FIELDS = st.builds(
    BookingField,
    slug=TEXTS,
    type=st.sampled_from(FieldType),
    label=st.none() | TEXTS,
    required=st.booleans(),
    hidden=st.booleans(),
    placeholder=st.none() | TEXTS,
    options=st.lists(st.builds(FieldOption, TEXTS, TEXTS), max_size=2).map(tuple),
    disable_on_prefill=st.booleans(),
    editable=st.sampled_from(Editable),
    views=st.lists(st.sampled_from(FormView), max_size=2).map(tuple),
    min_length=st.none() | st.integers(1, 10),
    max_length=st.none() | st.integers(10, 20),
    exclude_emails=st.lists(TEXTS, max_size=2).map(tuple),
    require_emails=st.lists(TEXTS, max_size=2).map(tuple),
    name_variant=st.sampled_from(NameVariant),
)


@given(st.lists(FIELDS, max_size=3))
def test_stored_shape_goes_there_and_back(fields: list[BookingField]) -> None:
    assert fields_from_json(fields_to_json(fields)) == tuple(fields)


def test_stored_shape_has_no_more_than_is_needed() -> None:
    assert field_to_json(DEFAULT_FIELDS[0]) == {
        "name": "name",
        "type": "name",
        "required": True,
        "hidden": False,
        "editable": "system",
    }


def test_unknown_keys_of_other_clients_are_ignored() -> None:
    stored = {
        "name": "diet",
        "type": "select",
        "sources": [{"id": "user"}],
        "options": [{"value": "v", "label": "V"}, "w"],
        "views": [{"id": "reschedule", "label": "Reschedule View"}],
    }

    assert field_from_json(stored) == BookingField(
        slug="diet",
        type=FieldType.SELECT,
        options=(FieldOption("v", "V"), FieldOption("w", "w")),
        views=(FormView.RESCHEDULE,),
    )


def test_unknown_type_is_refused() -> None:
    with pytest.raises(ValueError, match="hologram"):
        field_from_json({"name": "x", "type": "hologram"})


def test_bk_29_default_form() -> None:
    assert [(one.slug, one.type.value, one.required, one.hidden) for one in complete_form([])] == [
        ("name", "name", True, False),
        ("email", "email", True, False),
        ("attendeePhoneNumber", "phone", False, True),
        ("location", "radioInput", False, False),
        ("title", "text", True, True),
        ("notes", "textarea", False, False),
        ("guests", "multiemail", False, False),
        ("rescheduleReason", "textarea", False, False),
    ]
    assert all(one.is_default for one in complete_form([]))


def test_own_fields_come_last_and_defaults_keep_their_place() -> None:
    own = BookingField(slug="diet", type=FieldType.TEXT)
    notes = BookingField(slug="notes", type=FieldType.TEXT, label="Anything else?", required=True)

    form = complete_form([own, notes])

    assert [one.slug for one in form][-2:] == ["rescheduleReason", "diet"]
    assert own_fields(form) == (own,)
    changed = next(one for one in form if one.slug == "notes")
    assert (changed.type, changed.label, changed.required) == (FieldType.TEXTAREA, "Anything else?", True)
    assert changed.is_default
    assert complete_form(form) == form


def test_name_is_always_asked() -> None:
    form = complete_form([BookingField(slug="name", type=FieldType.NAME, label="You", hidden=True)])

    assert (form[0].label, form[0].required, form[0].hidden) == ("You", True, False)


@pytest.mark.parametrize("disabled", [True, False])
def test_bk_24_disable_guests_hides_the_field(disabled: bool) -> None:
    assert guests_disabled(with_guests_disabled(DEFAULT_FIELDS, disabled)) is disabled


def test_bk_32_contact_fields() -> None:
    phone_only = complete_form(
        [
            BookingField(slug="email", type=FieldType.EMAIL, hidden=True),
            BookingField(slug="attendeePhoneNumber", type=FieldType.PHONE, required=True),
        ]
    )

    assert (demands_email(DEFAULT_FIELDS), is_phone_only(DEFAULT_FIELDS)) == (True, False)
    assert (demands_email(phone_only), is_phone_only(phone_only)) == (False, True)
    neither = complete_form([BookingField(slug="email", type=FieldType.EMAIL)])
    assert (demands_email(neither), is_phone_only(neither)) == (False, False)
    both = complete_form([BookingField(slug="attendeePhoneNumber", type=FieldType.PHONE, required=True)])
    assert (demands_email(both), is_phone_only(both)) == (True, False)


@pytest.mark.parametrize(
    "given_field",
    [
        pytest.param(
            {
                "isDefault": False,
                "type": "select",
                "slug": "diet",
                "label": "Diet",
                "required": True,
                "hidden": False,
                "placeholder": "Select...",
                "options": ["vegan", "any"],
                "disableOnPrefill": True,
            },
            id="VR-4 select",
        ),
        pytest.param(
            {
                "isDefault": False,
                "type": "boolean",
                "slug": "agree",
                "label": "Agree?",
                "required": True,
                "hidden": True,
                "disableOnPrefill": False,
            },
            id="VR-4 boolean",
        ),
    ],
)
def test_own_field_reads_back_as_given(given_field: dict[str, Any]) -> None:
    assert field_to_api(field_from_api(given_field)) == given_field


def test_vr_4_default_fields_as_the_documentation_shows_them() -> None:
    shown = {one.slug: field_to_api(one) for one in complete_form([])}

    assert shown["name"] == {
        "isDefault": True,
        "type": "name",
        "slug": "name",
        "required": True,
        "disableOnPrefill": False,
    }
    assert shown["location"] == {
        "isDefault": True,
        "type": "radioInput",
        "slug": "location",
        "required": False,
        "hidden": False,
    }
    assert shown["title"] == {
        "isDefault": True,
        "type": "text",
        "slug": "title",
        "required": True,
        "disableOnPrefill": False,
        "hidden": True,
    }


@pytest.mark.parametrize(
    ("given_field", "slug", "kind", "required", "hidden"),
    [
        pytest.param({"type": "name", "label": "N"}, "name", FieldType.NAME, True, False, id="name by type"),
        pytest.param({"type": "email", "label": "E"}, "email", FieldType.EMAIL, True, False, id="email by type"),
        pytest.param({"slug": "title"}, "title", FieldType.TEXT, True, True, id="title by slug, switches kept"),
        pytest.param({"slug": "notes", "hidden": True}, "notes", FieldType.TEXTAREA, False, True, id="notes hidden"),
    ],
)
def test_default_fields_of_the_api(
    given_field: dict[str, Any], slug: str, kind: FieldType, required: bool, hidden: bool
) -> None:
    read = field_from_api(given_field)

    assert (read.slug, read.type, read.required, read.hidden) == (slug, kind, required, hidden)


@pytest.mark.parametrize("given_field", [{"type": "text"}, {"slug": "x", "type": "hologram"}, {"slug": "x"}])
def test_wrong_fields_of_the_api_are_refused(given_field: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"slug|FieldType"):
        field_from_api(given_field)
