"""What the gateway's unit tests share."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.gateway_databases import (
    GatewayDatabase,
    PostgresSchema,
    SqliteFile,
    copied,
    postgres_schema,
    sqlite_template,
)
from tests.servers import chosen

from .bench import Bench

_ON_BOTH = frozenset(
    {
        "test_anomalies",
        "test_audit_chain",
        "test_audit_entries",
        "test_balances",
        "test_configured_before",
        "test_crashes",
        "test_dispatchers",
        "test_expiry",
        "test_feed",
        "test_idempotency",
        "test_jobs",
        "test_late_voids",
        "test_inbound",
        "test_lists",
        "test_operators",
        "test_revisions",
        "test_payment_lifecycle",
        "test_payouts",
        "test_reconciler_race",
        "test_receipts",
        "test_refunds",
        "test_unsent",
        "test_state_machines",
        "test_store",
        "test_token_operations",
    }
)
"""The modules whose tests with a `bench` run on PostgreSQL too: what they say depends on the database."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give such tests each of the databases."""
    if "database" in metafunc.fixturenames:
        names = chosen("sqlite", "postgresql") if metafunc.definition.path.stem in _ON_BOTH else ["sqlite"]
        metafunc.parametrize("database", names, indirect=True)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> SqliteFile:
    """The migrated file that each test copies."""
    return sqlite_template(tmp_path_factory.mktemp("gateway"))


@pytest.fixture(scope="session")
def schema() -> Iterator[PostgresSchema]:
    """The migrated schema that is emptied for each test."""
    with postgres_schema() as made:
        yield made


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> GatewayDatabase:
    """An empty database of the kind that the test is to run on."""
    if request.param == "sqlite":
        return copied(request.getfixturevalue("template"), tmp_path)
    found: PostgresSchema = request.getfixturevalue("schema")
    found.empty()
    return found


@pytest.fixture
async def bench(database: GatewayDatabase, anyio_backend: str) -> AsyncIterator[Bench]:
    """A gateway core on the database."""
    bench = Bench(database)
    await bench.add_account()
    yield bench
    await bench.store.close()


@pytest.fixture
async def sqlite_bench(template: SqliteFile, tmp_path: Path, anyio_backend: str) -> AsyncIterator[Bench]:
    """A gateway core on a file, for tests of what only SQLite does."""
    bench = Bench(copied(template, tmp_path))
    await bench.add_account()
    yield bench
    await bench.store.close()
