"""The OpenAPI document made from rows: valid, and as strict as the server, not stricter."""

from typing import Any

import orjson
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from app.rest.openapi import openapi_document
from app.rest.v2.operations import OPERATIONS
from app.rest.v2.versions import VERSIONS

SERVER = "http://slotgraph.example.com"


@pytest.fixture(scope="module")
def document() -> Any:
    """What `/v2/openapi.json` says."""
    return orjson.loads(openapi_document(OPERATIONS, SERVER, VERSIONS))


def test_it_is_openapi_3_1(document: Any) -> None:
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_no_two_paths_mean_the_same(document: Any) -> None:
    """OpenAPI 3.1, Paths Object: templates that differ in the names of their parameters only are one path."""
    patterns = ["/".join("{}" if part[:1] == "{" else part for part in path.split("/")) for path in document["paths"]]
    assert len(patterns) == len(set(patterns))
    assert "/v2/bookings/{bookingUid}/cancel" in document["paths"]


@pytest.mark.parametrize(
    ("method", "path", "required"),
    [
        ("get", "/v2/slots/available", False),  # what is served to who names no version
        ("post", "/v2/bookings/recurring", False),
        ("post", "/v2/bookings", True),  # without it another shape is served
        ("get", "/v2/event-types", True),  # without it nothing is
        ("get", "/v2/me", None),  # served whatever it says
    ],
)
def test_the_version_is_required_where_it_is_needed(
    document: Any, method: str, path: str, required: bool | None
) -> None:
    """VR-1."""
    parameters = document["paths"][path][method]["parameters"]
    told = [parameter["required"] for parameter in parameters if parameter["name"] == "cal-api-version"]
    assert told == ([] if required is None else [required])


@pytest.mark.parametrize(
    ("method", "path", "required"),
    [
        ("patch", "/v2/me", False),  # nothing changes
        ("patch", "/v2/event-types/{eventTypeId}", False),
        ("post", "/v2/bookings/{bookingUid}/cancel", False),
        ("post", "/v2/bookings/{bookingUid}/confirm", False),
        ("post", "/v2/bookings", True),
        ("post", "/v2/bookings/recurring", True),  # a list of at least one
    ],
)
def test_a_body_is_required_where_an_empty_one_is_wrong(document: Any, method: str, path: str, required: bool) -> None:
    assert document["paths"][path][method]["requestBody"]["required"] is required


def test_lists_in_queries_are_separated_by_commas(document: Any) -> None:
    """One text, as the documented API has it; repeated names are read too."""
    parameters = {each["name"]: each for each in document["paths"]["/v2/bookings"]["get"]["parameters"]}
    assert {name for name, each in parameters.items() if each.get("explode") is False} == {
        "status", "eventTypeIds", "teamsIds", "teamIds",
    }  # fmt: skip


def test_objects_in_queries_are_written_with_brackets(document: Any) -> None:
    """`calendarsToLoad[0][credentialId]=1`, as clients of the documented API do."""
    parameters = {each["name"]: each for each in document["paths"]["/v2/calendars/busy-times"]["get"]["parameters"]}
    assert {name for name, each in parameters.items() if each.get("style") == "deepObject"} == {"calendarsToLoad"}


def test_one_calendar_may_be_named_without_a_list(document: Any) -> None:
    """BT-11: `credentialId` and `externalId` as documented, or `calendarsToLoad[0][...]` as clients write it."""
    parameters = document["paths"]["/v2/calendars/busy-times"]["get"]["parameters"]
    assert {each["name"]: each["required"] for each in parameters if each["in"] == "query"} == {
        "loggedInUsersTz": True, "dateFrom": False, "dateTo": False,
        "calendarsToLoad": False, "credentialId": False, "externalId": False,
    }  # fmt: skip


def test_groups_of_settings_may_be_switched_off(document: Any) -> None:
    """VR-5: `{"disabled": true}` is a group of its own."""
    seats = document["components"]["schemas"]["UpdateEventTypeInput"]["properties"]["seats"]["anyOf"]
    assert {"$ref": "#/components/schemas/Off"} in [part for each in seats for part in each.get("anyOf", [each])]


def test_it_says_bounds_and_formats_in_words_of_json_schema(document: Any) -> None:
    """What a model calls `ge` is a `minimum`; addresses and URLs have their formats; parameters are never null."""
    schemas = document["components"]["schemas"]
    assert schemas["LimitsDuration"]["properties"]["day"]["anyOf"][0] == {
        "type": "integer", "minimum": 15, "maximum": 2**31 - 1,
    }  # fmt: skip
    assert schemas["AttendeeInput"]["properties"]["email"]["anyOf"][0] == {"type": "string", "format": "email"}
    assert schemas["CreateWebhookInput"]["properties"]["subscriberUrl"] == {"type": "string", "format": "uri"}
    parameters = {each["name"]: each["schema"] for each in document["paths"]["/v2/bookings"]["get"]["parameters"]}
    assert parameters["take"] == {"type": "integer", "minimum": 1, "maximum": 250, "default": 100}
    assert parameters["eventTypeId"] == {"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1}
    assert _unknown(document) == set()


def test_models_of_queries_are_parameters_and_nothing_else(document: Any) -> None:
    assert [name for name in document["components"]["schemas"] if "Query" in name] == []


def _unknown(value: Any) -> set[str]:
    """Keys of models' own bounds, anywhere."""
    if isinstance(value, dict):
        return (value.keys() & {"ge", "gt", "le", "lt"}).union(*(_unknown(inner) for inner in value.values()))
    return set().union(*(_unknown(inner) for inner in value)) if isinstance(value, list) else set()
