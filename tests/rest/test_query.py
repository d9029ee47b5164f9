"""Queries as real clients write them."""

from typing import Any

import pytest

from app.rest.query import MAX_PARTS, parse_query


@pytest.mark.parametrize(
    ("query", "parsed"),
    [
        ("", {}),
        ("take=50.0&skip=", {"take": "50.0", "skip": ""}),
        ("usernameList[]=a&usernameList[]=b", {"usernameList": ["a", "b"]}),
        ("usernameList%5B%5D=a", {"usernameList": ["a"]}),
        ("usernameList=a&usernameList=b&usernameList=c", {"usernameList": ["a", "b", "c"]}),
        (
            "calendarsToLoad[0][credentialId]=1&calendarsToLoad[0][externalId]=x%40y&calendarsToLoad[1][credentialId]=2",
            {"calendarsToLoad": [{"credentialId": "1", "externalId": "x@y"}, {"credentialId": "2"}]},
        ),
        ("filters[status]=upcoming", {"filters": {"status": "upcoming"}}),
        ("a=1&a[]=2", {"a": ["1", "2"]}),
        ("a+b=c+d%2B", {"a b": "c d+"}),
        ("a[b=1", {"a[b": "1"}),
        ("=1&&x", {"x": ""}),
        ("a[b][c][d][e][f][g]=1", {"a[b][c][d][e][f][g]": "1"}),
        ("a[99999999]=1", {"a": ["1"]}),
        ("a=1&a[b]=2", {"a": {"b": "2"}}),
    ],
)
def test_what_is_read(query: str, parsed: dict[str, Any]) -> None:
    """Texts, lists and objects; what is not understood stays a text."""
    assert parse_query(query.encode()) == parsed


def test_endless_queries_end() -> None:
    """Only so many parts are looked at."""
    assert len(parse_query("&".join(f"a{n}=1" for n in range(5_000)))) == MAX_PARTS
