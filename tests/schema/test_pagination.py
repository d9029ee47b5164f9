"""Keyset connections over the sample list of the even numbers 0 to 198."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import pytest

from schema.executor.engine import Engine
from schema.executor.requests import GraphRequest
from schema.pagination import InvalidCursorError, make_cursor, read_cursor
from tests.schema.sample import make_sample, make_settings

PAGE = """{page(%s){
    nodes{databaseId} edges{cursor node{databaseId}} totalCount
    pageInfo{hasNextPage hasPreviousPage startCursor endCursor}}}"""


async def ask(arguments: str) -> dict[str, Any]:
    sample, settings = make_sample(), make_settings()
    document = PAGE % arguments if arguments else PAGE.replace("(%s)", "")
    outcome = await Engine(sample.schema, settings).run(GraphRequest(query=document), sample.context(settings))
    return outcome.body()


def numbers(body: dict[str, Any]) -> list[int]:
    return [node["databaseId"] for node in body["data"]["page"]["nodes"]]


async def test_a_page_has_25_items_by_default() -> None:
    body = await ask("")
    assert numbers(body) == list(range(0, 50, 2))
    assert body["data"]["page"]["totalCount"] == 100
    info = body["data"]["page"]["pageInfo"]
    assert (info["hasNextPage"], info["hasPreviousPage"]) == (True, False)


async def test_walking_forward_sees_every_item_once() -> None:
    seen: list[int] = []
    after = ""
    while True:
        body = await ask(f"first: 30{after}")
        seen += numbers(body)
        info = body["data"]["page"]["pageInfo"]
        if not info["hasNextPage"]:
            break
        after = f', after: "{info["endCursor"]}"'
    assert seen == list(range(0, 200, 2))


async def test_walking_backward_serves_the_same_order() -> None:
    last = await ask("last: 3")
    assert numbers(last) == [194, 196, 198]
    info = last["data"]["page"]["pageInfo"]
    assert (info["hasNextPage"], info["hasPreviousPage"]) == (False, True)
    before = await ask(f'last: 2, before: "{info["startCursor"]}"')
    assert numbers(before) == [190, 192]


async def test_a_cursor_stays_valid_when_its_row_is_gone() -> None:
    settings = make_settings()
    cursor = make_cursor(settings.secret_key, "things:id:asc", (11,))
    assert numbers(await ask(f'first: 2, after: "{cursor}"')) == [12, 14]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("first: 0", "PAGE_SIZE"),
        ("first: 101", "PAGE_SIZE"),
        ("last: -1", "PAGE_SIZE"),
        ("first: 1, last: 1", "PAGE_SIZE"),
        ('after: "nonsense"', "INVALID_CURSOR"),
        ('after: ""', "INVALID_CURSOR"),
        ('before: "äöü"', "INVALID_CURSOR"),
        ('after: "' + "A" * 600 + '"', "INVALID_CURSOR"),
    ],
)
async def test_wrong_page_arguments_have_a_code(arguments: str, code: str) -> None:
    body = await ask(arguments)
    assert body["errors"][0]["extensions"]["code"] == code
    assert body["data"] is None


def test_a_changed_cursor_is_refused() -> None:
    cursor = make_cursor("secret", "things", (11,))
    raw = bytearray(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    for index in range(len(raw)):
        changed = bytes(raw[:index] + bytes([raw[index] ^ 1]) + raw[index + 1 :])
        with pytest.raises(InvalidCursorError):
            read_cursor("secret", "things", urlsafe_b64encode(changed).decode().rstrip("="))


def test_cursors_belong_to_one_secret_and_one_order() -> None:
    cursor = make_cursor("secret", "things:id:asc", ("a", 1, None))
    assert read_cursor("secret", "things:id:asc", cursor) == ("a", 1, None)
    with pytest.raises(InvalidCursorError):
        read_cursor("other", "things:id:asc", cursor)
    with pytest.raises(InvalidCursorError, match="another order"):
        read_cursor("secret", "things:id:desc", cursor)
