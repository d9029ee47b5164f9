"""A client of the REST API that fails a test as soon as an answer is not as documented."""

from dataclasses import dataclass
from typing import Any

import httpx
import jsonschema_rs

from app.rest.operation import AnyOperation
from app.rest.routes import Route, RouteTable
from app.rest.v2.operations import OPERATIONS
from app.rest.v2.versions import VERSIONS, known_version
from tests.contract import contract

ERROR = {
    "type": "object",
    "required": ["status", "timestamp", "path", "error"],
    "additionalProperties": False,
    "properties": {
        "status": {"const": "error"},
        "timestamp": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"},
        "path": {"type": "string", "pattern": "^/"},
        "error": {
            "type": "object",
            "required": ["code", "message", "details"],
            "additionalProperties": False,
            "properties": {
                "code": {"type": "string", "pattern": "^[A-Za-z_]+$"},
                "message": {"type": "string", "minLength": 1},
                "details": {"type": "object"},
            },
        },
    },
}
_TABLE = RouteTable(OPERATIONS, "/v2", VERSIONS)


@dataclass
class Caller:
    """Somebody who calls with their key; `id`, `username` and `email` as the API shows them."""

    id: int
    username: str
    email: str
    key: str


class ContractClient:
    """Sends requests as somebody, or as nobody; `answers` remembers how many were checked against the contract."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http
        self.answers = 0

    async def __call__(
        self,
        method: str,
        path: str,
        caller: Caller | None = None,
        *,
        version: str | None = None,
        json: Any = None,
        headers: dict[str, str] | None = None,
        content: bytes | None = None,
        params: Any = None,
    ) -> httpx.Response:
        """The answer, checked: documented status and shape, envelope of errors, headers of every answer."""
        sent = dict(headers or {})
        if caller is not None:
            sent["Authorization"] = f"Bearer {caller.key}"
        if version is not None:
            sent["cal-api-version"] = version
        answer = await self.http.request(method, path, json=json, headers=sent, content=content, params=params)
        self._check(answer, method, path, sent)
        return answer

    async def ok(self, *args: Any, **kwargs: Any) -> Any:
        """`data` of an answer that must be a success."""
        answer = await self(*args, **kwargs)
        assert answer.status_code in {200, 201}, answer.text
        return answer.json().get("data")

    async def refused(self, *args: Any, **kwargs: Any) -> tuple[int, str]:
        """Status and message of an answer that must be an error."""
        answer = await self(*args, **kwargs)
        assert answer.status_code >= 400, answer.text
        return answer.status_code, answer.json()["error"]["message"]

    async def wrong(self, *args: Any, **kwargs: Any) -> dict[str, list[str]]:
        """Texts by dotted property of a refused input (`details.errors`)."""
        answer = await self(*args, **kwargs)
        assert answer.status_code == 400, answer.text
        return dict(flat(answer.json()["error"]["details"]["errors"]))

    def operation(self, method: str, path: str, version: str) -> AnyOperation:
        """The row that answers."""
        return _route(method, path, known_version(version)).operation

    def _check(self, answer: httpx.Response, method: str, path: str, sent: dict[str, str]) -> None:
        assert answer.headers["x-request-id"], answer.headers
        assert answer.status_code != 500, answer.text
        if method in {"HEAD", "OPTIONS"} or answer.status_code == 204:
            return
        assert answer.headers["content-type"] == "application/json; charset=utf-8"
        if answer.status_code >= 400:
            faults = [error.message for error in jsonschema_rs.Draft202012Validator(ERROR).iter_errors(answer.json())]
            assert not faults, (faults, answer.text)
            return
        route = _route(method, path, _version(sent))
        operation = route.operation
        assert answer.headers["cal-api-version"] == route.version
        if contract.is_here() and operation.operation_id in contract.operations():
            faults = contract.faults(operation.operation_id, answer.status_code, answer.json())
            assert not faults, (operation.operation_id, faults, answer.text)
            self.answers += 1


def _route(method: str, path: str, version: str) -> Route:
    found = _TABLE.find(method, httpx.URL(path).path.removeprefix("/api").removeprefix("/v2"), version)
    assert found is not None, path
    return found[0]


def _version(sent: dict[str, str]) -> str:
    return known_version(next((value for name, value in sent.items() if name.lower() == "cal-api-version"), None))


def flat(errors: list[Any], path: str = "") -> list[tuple[str, list[str]]]:
    """Texts of wrong properties by dotted path, each list sorted."""
    found: list[tuple[str, list[str]]] = []
    for error in errors:
        here = f"{path}.{error['property']}" if path else error["property"]
        if error.get("constraints"):
            found.append((here, sorted(error["constraints"].values())))
        found += flat(error.get("children", []), here)
    return found
