"""The caller's profile and the refreshing of keys."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.models import ApiKey
from tests.contract.client import Caller, ContractClient


async def test_me_is_the_documented_profile(rest: ContractClient, ann: Caller) -> None:
    """Every key that clients read is there, null where there is nothing."""
    me = await rest.ok("GET", "/v2/me", ann)
    assert me == {
        "id": ann.id, "username": "ann", "email": "ann@example.com", "name": "Ann", "avatarUrl": None, "bio": None,
        "timeFormat": 12, "defaultScheduleId": me["defaultScheduleId"], "weekStart": "Sunday",
        "timeZone": "Europe/Berlin", "locale": "en", "organizationId": None,
    }  # fmt: skip
    assert me["defaultScheduleId"] > 0


async def test_a_profile_changes_where_it_is_told(rest: ContractClient, ann: Caller) -> None:
    """Null counts as left out where there must be something."""
    before = await rest.ok("GET", "/v2/me", ann)
    change = {"timeZone": "Asia/Tokyo", "timeFormat": 24, "weekStart": "Monday", "locale": "pt-BR"}
    after = await rest.ok("PATCH", "/v2/me", ann, json={**change, "email": None, "extra": 1})
    assert after == {**before, **change}
    assert await rest.ok("GET", "/v2/me", ann) == after


async def test_null_takes_away(rest: ContractClient, ann: Caller) -> None:
    """What a person need not have."""
    before = await rest.ok("GET", "/v2/me", ann)
    told = {"name": "Ann", "bio": "Me", "avatarUrl": "https://example.com/ann.png"}
    assert await rest.ok("PATCH", "/v2/me", ann, json=told) == {**before, **told}
    gone = dict.fromkeys(told)
    assert await rest.ok("PATCH", "/v2/me", ann, json=gone) == {**before, **gone}


NUMBER = "defaultScheduleId must be a number conforming to the specified constraints"


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({"timeFormat": 13}, {"timeFormat": ["timeFormat must be one of the following values: 12, 24"]}),
        ({"timeZone": "Berlin"}, {"timeZone": ["timeZone must be a valid IANA time-zone"]}),
        ({"email": "nobody"}, {"email": ["email must be an email"]}),
        (
            {"defaultScheduleId": "1"},
            {"defaultScheduleId": [NUMBER]},
        ),
        ({"metadata": []}, {"metadata": ["metadata must be an object"]}),
    ],
)
async def test_wrong_values(rest: ContractClient, ann: Caller, body: Any, faults: dict[str, list[str]]) -> None:
    """AU-31."""
    before = await rest.ok("GET", "/v2/me", ann)
    assert await rest.wrong("PATCH", "/v2/me", ann, json=body) == faults
    assert await rest.ok("GET", "/v2/me", ann) == before


async def test_somebody_elses_schedule_cannot_be_ones_default(rest: ContractClient, ann: Caller, bob: Caller) -> None:
    """Two tenants."""
    theirs = (await rest.ok("GET", "/v2/me", bob))["defaultScheduleId"]
    assert (await rest("PATCH", "/v2/me", ann, json={"defaultScheduleId": theirs})).status_code == 404


async def test_a_taken_address_is_a_conflict(rest: ContractClient, ann: Caller, bob: Caller) -> None:
    """409, and nothing changes."""
    assert (await rest("PATCH", "/v2/me", ann, json={"email": bob.email})).status_code == 409
    assert (await rest.ok("GET", "/v2/me", ann))["email"] == ann.email


@pytest.mark.parametrize(
    ("body", "days"), [({}, 30), ({"apiKeyDaysValid": 7}, 7), ({"apiKeyNeverExpires": True}, None)]
)
async def test_a_refreshed_key_replaces_the_old_one(
    rest: ContractClient, ann: Caller, body: dict[str, Any], days: int | None
) -> None:
    """AU-2: shown once, 30 days by default, and the old one ends at once."""
    key = (await rest.ok("POST", "/v2/api-keys/refresh", ann, json=body))["apiKey"]
    assert key.startswith("cal_")
    assert (await rest("GET", "/v2/me", ann)).status_code == 401
    assert (await rest.ok("GET", "/v2/me", Caller(ann.id, ann.username, ann.email, key)))["id"] == ann.id
    expires = (await ApiKey.get(user_id=ann.id)).expires_at
    if days is None:
        assert expires is None
    else:
        assert expires is not None
        assert abs(expires - datetime.now(UTC) - timedelta(days=days)) < timedelta(minutes=1)


async def test_days_and_never_exclude_each_other(rest: ContractClient, ann: Caller) -> None:
    """AU-2."""
    body = {"apiKeyDaysValid": 7, "apiKeyNeverExpires": True}
    faults = await rest.wrong("POST", "/v2/api-keys/refresh", ann, json=body)
    assert faults == {"apiKeyDaysValid": ["Give either a number of days or never expires, not both."]}
    faults = await rest.wrong("POST", "/v2/api-keys/refresh", ann, json={"apiKeyDaysValid": 36_501})
    assert faults == {"apiKeyDaysValid": ["apiKeyDaysValid must not be greater than 36500"]}
    assert (await rest("GET", "/v2/me", ann)).status_code == 200
