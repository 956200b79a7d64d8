"""A gateway on either database and a client of either kind that talks to it over a real socket."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from molam_gateway.embedded import Sandbox
from molam_gateway.vault import generate_key
from molam_sdk import MolamAsyncClient, MolamClient
from tests.contract.blocking import blocking
from tests.gateway_databases import PostgresSchema, postgres_schema
from tests.gateway_fixtures import Api, receiver
from tests.servers import chosen

__all__ = ["receiver"]

Connect = Callable[..., MolamClient]
Gateways = Callable[[str], Sandbox]

_ON_POSTGRESQL = frozenset(
    {
        "test_every_operation",
        "test_idempotency",
        "test_lost_answers",
        "test_payments",
        "test_payouts",
        "test_refunds",
    }
)
"""The modules whose tests run once more, with the sync client, on a gateway on PostgreSQL."""

_ON_SQLITE = frozenset(
    {
        "test_a_key_that_is_no_longer_kept_is_never_executed_again",
        "test_a_slow_provider_does_not_outlast_the_callers_deadline",
    }
)
"""Those of them that measure how fast a database is: eight days of hourly jobs, 50 ms for an answer."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give each test both clients, and some of them the other database too."""
    if "kind" in metafunc.fixturenames:
        on_both = metafunc.definition.path.stem in _ON_POSTGRESQL and metafunc.function.__name__ not in _ON_SQLITE
        more = chosen("postgresql") if on_both else ()
        metafunc.parametrize("kind", ["sync", "async", *more], indirect=True)


@pytest.fixture
def kind(request: pytest.FixtureRequest) -> str:
    """Which of the two clients a test runs on."""
    return "sync" if request.param == "postgresql" else str(request.param)


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    """Which database the test's gateways are on."""
    callspec = getattr(request.node, "callspec", None)
    return "postgresql" if callspec is not None and callspec.params.get("kind") == "postgresql" else "sqlite"


@pytest.fixture(scope="session")
def own_schema() -> Iterator[PostgresSchema]:
    """What the gateways of single tests are on, one after the other."""
    with postgres_schema() as schema:
        yield schema


@pytest.fixture(scope="session")
def shared_schema() -> Iterator[PostgresSchema]:
    """What the gateways of modules are on, one after the other."""
    with postgres_schema() as schema:
        yield schema


@pytest.fixture(scope="module")
def shared_gateways(request: pytest.FixtureRequest) -> Iterator[Gateways]:
    """Opens the module's gateway on a database when it is first asked for."""
    with ExitStack() as opened:
        gateways: dict[str, Sandbox] = {}

        def on(database: str) -> Sandbox:
            if database not in gateways:
                made = _gateway(request, database, "shared_schema")
                gateways[database] = opened.enter_context(made)
            return gateways[database]

        yield on


@pytest.fixture
def shared_gateway(shared_gateways: Gateways, database: str) -> Sandbox:
    """A gateway for all tests of a module, whose answers are checked against the spec."""
    return shared_gateways(database)


@pytest.fixture
def gateway(request: pytest.FixtureRequest, database: str) -> Iterator[Sandbox]:
    """A gateway for one test, whose answers are checked against the spec."""
    with _gateway(request, database, "own_schema") as sandbox:
        yield sandbox


def _gateway(request: pytest.FixtureRequest, database: str, schema: str) -> Sandbox:
    if database == "sqlite":
        return Sandbox(validate_responses=True)
    empty: PostgresSchema = request.getfixturevalue(schema)
    empty.empty()
    return Sandbox(database=empty.url, keys=[generate_key()], validate_responses=True)


@pytest.fixture
def connect(kind: str) -> Iterator[Connect]:
    """Opens a client on a gateway; it hardly pauses between retries unless told to."""
    with ExitStack() as opened:

        def open_client(sandbox: Sandbox, **options: Any) -> MolamClient:
            chosen: dict[str, Any] = {
                "api_key": sandbox.api_key,
                "api_base": sandbox.url,
                "webhook_secret": sandbox.webhook_secret,
                "require_attempt_id": True,
                "backoff_factor": 0.01,
                "deadline": 20,
                **options,
            }
            if kind == "sync":
                client = MolamClient(**chosen)
            else:
                runner = opened.enter_context(asyncio.Runner())
                client = blocking(MolamAsyncClient(**chosen), runner)
            opened.callback(client.close)
            return client

        yield open_client


@pytest.fixture
def shared_client(connect: Connect, shared_gateway: Sandbox) -> MolamClient:
    """A client of the module's gateway, for tests that neither advance its clock nor arm faults."""
    return connect(shared_gateway)


@pytest.fixture
def client(connect: Connect, gateway: Sandbox) -> MolamClient:
    """A client of the test's own gateway."""
    return connect(gateway)


@pytest.fixture
def bystander(gateway: Sandbox) -> Iterator[Api]:
    """Somebody else with the same key, who speaks plain HTTP to the test's own gateway."""
    api = Api(gateway.url, gateway.api_key)
    yield api
    api.close()
