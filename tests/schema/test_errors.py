"""Errors as data, entries of `errors`, and that nothing unexpected leaks."""

import logging
from typing import Any

import pytest
import strawberry

from app import errors as domain
from app.errors import ErrorCode
from schema.enums import describe_enum
from schema.errors import CODE_DESCRIPTIONS, GENERIC_HANDLERS, ErrorAsData, UserError, most_specific_first
from schema.executor.engine import Engine
from schema.executor.requests import GraphRequest
from tests.schema.sample import Colour, make_sample, make_settings

RENAME = """mutation($name:String!){rename(input:{name:$name}){__typename
    ... on UserError{message code path} ... on InvalidInput{fields{path message code}}
    ... on RenameSuccess{thing{name}}}}"""


async def ask(document: str, variables: dict[str, Any] | None = None, **limits: Any) -> dict[str, Any]:
    sample, settings = make_sample(), make_settings(**limits)
    request = GraphRequest(query=document, variables=variables or {})
    return (await Engine(sample.schema, settings).run(request, sample.context(settings))).body()


def test_every_code_is_described() -> None:
    assert set(CODE_DESCRIPTIONS) == {code.name for code in ErrorCode}


def test_an_enum_must_be_described_wholly() -> None:
    with pytest.raises(TypeError, match="describe exactly"):
        describe_enum(Colour, name="Colour", description="Colours.", values={"RED": "Red."})


async def test_a_raised_error_becomes_the_member_of_the_union() -> None:
    taken = await ask(RENAME, {"name": "taken"})
    assert taken["data"]["rename"] == {
        "__typename": "Conflict",
        "message": "Taken.",
        "code": "CONFLICT",
        "path": ["name"],
    }
    empty = await ask(RENAME, {"name": ""})
    assert empty["data"]["rename"]["fields"] == [{"path": ["name"], "message": "Give a name.", "code": "required"}]
    assert (await ask(RENAME, {"name": "x"}))["data"]["rename"] == {
        "__typename": "RenameSuccess",
        "thing": {"name": "x"},
    }


async def test_an_error_that_the_union_does_not_list_is_an_entry_with_its_code() -> None:
    body = await ask(RENAME, {"name": "unsupported"})
    assert body["data"] is None
    assert body["errors"][0]["extensions"] == {"code": "NOT_SUPPORTED", "requestId": "req-1"}


async def test_an_unexpected_error_is_masked_and_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="slotgraph.graphql"):
        body = await ask("{broken}")
    assert body["data"] == {"broken": None}
    assert body["errors"][0]["extensions"] == {"code": "INTERNAL", "requestId": "req-1"}
    assert "secret" not in str(body)
    assert len(caplog.records) == 1
    assert caplog.records[0].exc_info is not None
    assert caplog.records[0].__dict__["request_id"] == "req-1"


@pytest.mark.parametrize(
    ("document", "variables", "code"),
    [
        ("{", {}, "PARSE_FAILED"),
        ("{hello", {}, "PARSE_FAILED"),
        ('{at(value:"\\u00"){x}}', {}, "PARSE_FAILED"),
        ("{nothing}", {}, "VALIDATION_FAILED"),
        ("{hello{x}}", {}, "VALIDATION_FAILED"),
        ('{at(value:"2026-01-01T00:00:00")}', {}, "VALIDATION_FAILED"),
        ("query($v:DateTime!){at(value:$v)}", {"v": "2026-01-01T00:00:00"}, "INVALID_VARIABLES"),
        ("query($v:DateTime!){at(value:$v)}", {}, "INVALID_VARIABLES"),
        ("query($v:DateTime!){at(value:$v)}", {"v": {"a": []}}, "INVALID_VARIABLES"),
        ('query($v:String="a"){thing{prefixed(prefix:$v)}}', {"v": None}, "INVALID_VARIABLES"),
        ("query A{hello} query B{hello}", {}, "VALIDATION_FAILED"),
        ("fragment F on Thing{name}", {}, "VALIDATION_FAILED"),
        ("{refused}", {}, "FORBIDDEN"),
        ("subscription{count{name}}", {}, "BAD_REQUEST"),
        ("{hello} {hello}", {}, "VALIDATION_FAILED"),
        ("{thing{...F}} fragment F on Thing{...F}", {}, "VALIDATION_FAILED"),
    ],
)
async def test_every_entry_has_a_code_and_the_request_id(document: str, variables: dict[str, Any], code: str) -> None:
    body = await ask(document, variables)
    assert body["errors"]
    for entry in body["errors"]:
        assert entry["extensions"]["code"] == code
        assert entry["extensions"]["requestId"] == "req-1"


async def test_a_scalar_fault_reaches_the_client() -> None:
    body = await ask("query($v:DateTime!){at(value:$v)}", {"v": "2026-01-01T00:00:00"})
    assert body["errors"][0]["extensions"]["fault"] == {"scalar": "DateTime", "code": "offset_missing"}


async def test_the_stock_path_gives_codes_too() -> None:
    sample = make_sample()
    for document, code in (("{", "PARSE_FAILED"), ("{x}", "VALIDATION_FAILED"), ("{refused}", "FORBIDDEN")):
        result = await sample.schema.execute(document, context_value=sample.context())
        assert result.errors is not None
        assert [error.extensions and error.extensions["code"] for error in result.errors] == [code]


def test_a_subclass_is_tried_before_its_base() -> None:
    @strawberry.type(description="X.")
    class HostError(UserError):
        pass

    @strawberry.type(description="X.")
    class SlotError(UserError):
        pass

    slot = ErrorAsData(domain.SlotUnavailableError, SlotError)
    host = ErrorAsData(domain.HostUnavailableError, HostError)
    order = most_specific_first([slot, *GENERIC_HANDLERS, host])
    assert order.index(host) < order.index(slot)
