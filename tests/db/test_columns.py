"""Values that no column holds: looked for they are not there, written they are wrong input."""

from collections.abc import Callable
from typing import Any

import pytest

from app.context import RequestContext
from app.db import raw
from app.db.unit_of_work import UnitOfWork, unit_of_work
from app.errors import InvalidInputError
from app.models import User

pytestmark = pytest.mark.usefixtures("database")
LONG = "x" * 600
PERSON: dict[str, Any] = {"username": "ann", "email": "ann@example.com"}


async def test_a_longer_text_is_looked_for_and_not_found() -> None:
    await User.create(**PERSON)
    assert await User.get_or_none(username=LONG) is None
    assert await User.filter(username__in=[LONG, "ann"]).count() == 1
    assert await User.filter(username__contains=LONG).count() == 0
    assert await User.exclude(username=LONG).count() == 1


async def test_a_longer_text_is_not_written(make_ctx: Callable[..., RequestContext]) -> None:
    async def create(_: UnitOfWork) -> None:
        await User.create(**{**PERSON, "username": LONG})

    async def change(_: UnitOfWork) -> None:
        user = await User.create(**PERSON)
        user.name = LONG
        await user.save()

    for work in (create, change):
        with pytest.raises(InvalidInputError):
            await unit_of_work(make_ctx(), work)
    assert await User.all().count() == 0


@pytest.mark.parametrize("name", ["a\0b", "\0"])
async def test_a_text_with_a_nul_is_wrong_input(make_ctx: Callable[..., RequestContext], name: str) -> None:
    async def create(_: UnitOfWork) -> None:
        await User.create(**{**PERSON, "name": name})

    with pytest.raises(InvalidInputError):
        await User.filter(username=name).exists()
    with pytest.raises(InvalidInputError):
        await unit_of_work(make_ctx(), create)
    assert await User.all().count() == 0


@pytest.mark.postgres
async def test_what_the_server_cannot_look_for_is_wrong_input() -> None:
    """Text with a NUL, a number that is too large: by models and by raw statements."""
    with pytest.raises(InvalidInputError):
        await raw.rows("SELECT 1 FROM users WHERE username = $1", "a\0b")
    with pytest.raises(InvalidInputError):
        await User.get_or_none(id=2**40)
    with pytest.raises(InvalidInputError):
        await raw.rows("SELECT 1 FROM users WHERE id = $1::int", 2**40)


async def test_a_number_of_more_than_64_bits_is_wrong_input() -> None:
    with pytest.raises(InvalidInputError):
        await User.get_or_none(id=2**70)
    with pytest.raises(InvalidInputError):
        await raw.rows("SELECT 1 FROM users WHERE id = $1", 2**70)
