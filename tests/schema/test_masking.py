"""What goes wrong on the server is told with a code and nothing else."""

from typing import Any

import pytest

from app.errors import ServiceUnavailableError
from schema.users import mutations, viewer
from tests.schema.api import REQUEST_ID, Api

SECRET = "connection to 10.0.0.1 as root failed"


def raising(error: Exception) -> Any:
    async def broken(*_: Any) -> Any:
        raise error

    return broken


async def test_a_fault_of_a_query_is_masked_and_logged_once(
    api: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(viewer, "get_user", raising(ZeroDivisionError(SECRET)))
    outcome = await api.run("User", {"username": "ann"})
    (error,) = outcome.errors
    assert error["extensions"] == {"code": "INTERNAL", "requestId": REQUEST_ID}
    assert error["path"] == ["user"]
    assert SECRET not in str(outcome.body())
    (record,) = [record for record in caplog.records if record.levelname == "ERROR"]
    assert record.exc_info is not None
    assert SECRET in str(record.exc_info[1])


async def test_a_fault_of_a_mutation_is_no_member_of_its_union(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mutations, "sign_up", raising(RuntimeError(SECRET)))
    values = {"email": "ann@example.com", "username": "ann", "password": "correct horse"}
    outcome = await api.run("SignUp", {"input": values})
    assert [error["extensions"]["code"] for error in outcome.errors] == ["INTERNAL"]
    assert SECRET not in str(outcome.body())


async def test_a_database_that_is_away_is_told_as_such(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(viewer, "get_user", raising(ServiceUnavailableError("The database cannot be reached.")))
    assert await api.refusal("User", username="ann") == "SERVICE_UNAVAILABLE"
