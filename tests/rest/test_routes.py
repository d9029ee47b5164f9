"""Finding rows: literals before parameters, versions, clashes, and a cost that does not grow with the rows."""

import sys
from types import FrameType
from typing import Any

import pytest

from app.rest.operation import AnyOperation, Operation
from app.rest.routes import RouteClashError, RouteTable
from app.rest.v2.operations import OPERATIONS
from app.rest.v2.versions import VERSIONS


async def nothing(_: Any) -> None:
    """A service that does nothing."""


def row(method: Any, path: str, *versions: str) -> AnyOperation:
    return Operation(
        method=method, path=path, operation_id=f"{method} {path} {versions}", field="Query.x", call=nothing,
        render=lambda _: None, versions=frozenset(versions) or None,
    )  # fmt: skip


def table(*rows: AnyOperation) -> RouteTable:
    return RouteTable(rows, "/v2", VERSIONS)


def found(routes: RouteTable, path: str, method: str = "GET", version: str = "2024-04-15") -> Any:
    match = routes.find(method, path, version)
    return None if match is None else (match[0].operation.path, dict(zip(match[0].names, match[1], strict=True)))


def test_literal_rows_come_before_parameter_rows() -> None:
    """Whatever the order they were written in, and a wrong turn is taken back."""
    routes = table(
        row("GET", "/v2/schedules/{id}"),
        row("GET", "/v2/schedules/default"),
        row("GET", "/v2/teams/{team}/members"),
        row("GET", "/v2/teams/me/{what}/x"),
    )
    assert found(routes, "/schedules/default") == ("/v2/schedules/default", {})
    assert found(routes, "/schedules/7") == ("/v2/schedules/{id}", {"id": "7"})
    assert found(routes, "/teams/me/members") == ("/v2/teams/{team}/members", {"team": "me"})
    assert found(routes, "/teams/me/a/x") == ("/v2/teams/me/{what}/x", {"what": "a"})


def test_parameters_are_decoded_after_the_path_was_split() -> None:
    """An encoded slash stays inside its segment; a slash at the end is forgiven, an empty segment is not."""
    routes = table(row("GET", "/v2/users/{name}/x"))
    assert found(routes, "/users/a%2Fb%20c/x") == ("/v2/users/{name}/x", {"name": "a/b c"})
    assert found(routes, "/users/a/x/") == ("/v2/users/{name}/x", {"name": "a"})
    assert found(routes, "/users//x") is None
    assert found(routes, "/users/a") is None


@pytest.mark.parametrize(
    ("asked", "served"),
    [
        ("2024-04-15", "2024-04-15"),
        ("2024-06-11", "2024-04-15"),
        ("2024-06-14", "2024-06-14"),
        ("2024-08-13", "2024-06-14"),
        ("2024-09-04", "2024-06-14"),
    ],
)
def test_the_newest_shape_not_after_the_version(asked: str, served: str) -> None:
    """VR-1, as issue 3 says it: a version without a shape of its own is no 404."""
    routes = table(row("GET", "/v2/x", "2024-04-15"), row("GET", "/v2/x", "2024-06-14"))
    match = routes.find("GET", "/x", asked)
    assert match is not None
    assert match[0].version == served


def test_a_version_before_every_shape_finds_nothing() -> None:
    """Better a 404 than a shape the client does not know."""
    assert table(row("GET", "/v2/x", "2024-06-14")).find("GET", "/x", "2024-04-15") is None


@pytest.mark.parametrize(
    "rows",
    [
        (row("GET", "/v2/x/{a}"), row("GET", "/v2/x/{b}")),
        (row("GET", "/v2/x", "2024-06-11", "2024-06-14"), row("GET", "/v2/x", "2024-06-14")),
        (row("GET", "/v2/x", "2024-06-14"), row("GET", "/v2/x")),
    ],
    ids=["pattern", "version", "all versions"],
)
def test_two_rows_for_one_request_stop_the_start(rows: tuple[AnyOperation, AnyOperation]) -> None:
    """Method, path and version name one row."""
    with pytest.raises(RouteClashError):
        table(*rows)


def test_finding_the_last_row_takes_the_same_steps_as_the_first() -> None:
    """However many rows there are; what that costs is a row of `make bench`."""
    rows = [row("GET", f"/v2/resource{number}/{{id}}/part") for number in range(400)]
    routes = table(*OPERATIONS, *rows)

    def steps(path: str) -> int:
        calls = 0

        def count(_frame: FrameType, event: str, _argument: object) -> None:
            nonlocal calls
            calls += event in {"call", "c_call"}

        sys.setprofile(count)
        try:
            found = routes.find("GET", path, "2024-04-15")
        finally:
            sys.setprofile(None)
        assert found is not None
        return calls

    assert 0 < steps("/resource399/7/part") == steps("/resource0/7/part")
