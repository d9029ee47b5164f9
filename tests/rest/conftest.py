"""A started application, a checking client, and people with keys."""

from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest
from starlette.applications import Starlette

from app.auth.identity import settle
from app.context import ANONYMOUS, RequestContext
from app.main import create_app
from app.services.users.create import CreateUser, sign_up
from app.settings import Settings
from tests.contract.client import Caller, ContractClient

MakePerson = Callable[[str], Awaitable[Caller]]


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[Starlette]:
    """The application, started, on this test's own database."""
    app = create_app(settings.model_copy(update={"run_worker": False}))
    async with app.router.lifespan_context(app):
        yield app
        await settle()


@pytest.fixture
async def rest(app: Starlette) -> AsyncIterator[ContractClient]:
    """Calls the application and checks every answer against the contract."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://slotgraph") as http:
        yield ContractClient(http)


@pytest.fixture
def person(app: Starlette) -> MakePerson:
    """Signs somebody up: `await person("ann")`."""

    async def make(name: str) -> Caller:
        ctx = RequestContext(ANONYMOUS, app.state.settings, app.state.bus)
        command = CreateUser(f"{name}@example.com", name, name.title(), "a-good-password", "Europe/Berlin")
        made = await sign_up(ctx, command)
        return Caller(made.user.id, made.user.username, made.user.email, made.api_key)

    return make


@pytest.fixture
async def ann(person: MakePerson) -> Caller:
    """Somebody."""
    return await person("ann")


@pytest.fixture
async def bob(person: MakePerson) -> Caller:
    """Somebody of another tenant."""
    return await person("bob")
