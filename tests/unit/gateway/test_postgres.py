"""The PostgreSQL driver says what became of a transaction, whatever becomes of its connection."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass

import pytest

from molam_gateway import failpoints
from molam_gateway.operations.payment_intents import create_payment_intent
from molam_gateway.storage.migrate import migrate_postgres, newest_revision
from molam_gateway.storage.port import BusyError, StoreError, Transaction, UncertainCommitError
from molam_gateway.storage.postgres import PostgresStore
from molam_gateway.storage.postgres_batch import BatchConnection
from molam_gateway.storage.postgres_url import DatabaseUrlError, PostgresUrl, parse
from molam_gateway.storage.spent_keys import SELECT_MADE
from tests.gateway_databases import PostgresSchema, postgres_schema
from tests.losing_proxy import LosingProxy

from .bench import Bench

pytestmark = pytest.mark.anyio

ADD = "INSERT INTO jobs (kind, subject, due_at, lease_until, attempts) VALUES ('k', :subject, 1, 0, 0)"
SUBJECTS = "SELECT subject FROM jobs ORDER BY subject"
PAYMENT: dict[str, object] = {"amount": 100, "currency": "USD", "confirm": True, "payment_method": "pm_cpay_ok"}


@pytest.fixture
def empty(schema: PostgresSchema) -> PostgresSchema:
    schema.empty()
    return schema


@pytest.fixture
async def store(empty: PostgresSchema, anyio_backend: str) -> AsyncIterator[PostgresStore]:
    store = empty.store()
    yield store
    await store.close()


@pytest.fixture
async def bench(empty: PostgresSchema, anyio_backend: str) -> AsyncIterator[Bench]:
    bench = Bench(empty)
    await bench.add_account()
    yield bench
    await bench.store.close()


@pytest.fixture
def losing(empty: PostgresSchema) -> Iterator[LosingProxy]:
    with LosingProxy(empty.parsed) as proxy:
        yield proxy


@pytest.fixture
def unmigrated() -> Iterator[PostgresSchema]:
    with postgres_schema(migrated=False) as schema:
        yield schema


@dataclass(frozen=True)
class Doubtful:
    """A database that nobody asks what became of a commit."""

    url: PostgresUrl

    def store(self) -> PostgresStore:
        return PostgresStore(self.url, doubt_timeout=0.0)


async def subjects(store: PostgresStore) -> list[str]:
    async with store.reading() as reader:
        return [row["subject"] for row in await reader.fetch_all(SUBJECTS, {})]


async def backend(tx: Transaction) -> int:
    row = await tx.fetch_one("SELECT pg_backend_pid() AS pid", {})
    assert row is not None
    return int(row["pid"])


def terminate(schema: PostgresSchema, pid: int | None = None) -> None:
    """End one connection to the schema's database, or all of this schema's gateway, and wait until it is gone."""
    with schema.connect() as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND (pid = %s OR (%s::int IS NULL AND application_name = %s))",
            (pid, pid, schema.name),
        )


def once(action: Callable[[], None]) -> Callable[[], None]:
    left = iter([action])
    return lambda: next(left, lambda: None)()


async def test_a_connection_lost_before_the_commit_leaves_nothing_and_may_be_repeated(
    store: PostgresStore, empty: PostgresSchema
) -> None:
    async def write() -> None:
        async with store.transaction() as tx:
            await tx.execute(ADD, {"subject": "lost"})
            terminate(empty, await backend(tx))
            await tx.execute(ADD, {"subject": "never"})

    with pytest.raises(BusyError):
        await write()
    assert await subjects(store) == []


async def test_a_connection_lost_at_the_commit_is_asked_about(store: PostgresStore, empty: PostgresSchema) -> None:
    async def write() -> None:
        async with store.transaction() as tx:
            await tx.execute(ADD, {"subject": "lost"})
            terminate(empty, await backend(tx))

    with pytest.raises(BusyError, match="before the commit"):
        await write()
    assert await subjects(store) == []


async def test_a_commit_whose_answer_is_lost_counts(losing: LosingProxy) -> None:
    store = PostgresStore(losing.url)
    losing.lose_next()
    async with store.transaction() as tx:
        await tx.execute(ADD, {"subject": "kept"})
    assert losing.lost == 1
    assert await subjects(store) == ["kept"]
    await store.close()


async def test_a_commit_that_nobody_can_be_asked_about_is_uncertain(losing: LosingProxy) -> None:
    store = PostgresStore(losing.url, doubt_timeout=0.0)
    losing.lose_next()
    with pytest.raises(UncertainCommitError):
        async with store.transaction() as tx:
            await tx.execute(ADD, {"subject": "kept"})
    assert await subjects(store) == ["kept"]
    await store.close()


async def test_a_last_write_without_arguments_that_touches_nothing_undoes_the_rest(store: PostgresStore) -> None:
    async def write() -> None:
        async with store.transaction() as tx:
            await tx.execute(ADD, {"subject": "undone"})
            await tx.write("UPDATE jobs SET due_at = 2 WHERE kind = 'none'", {}, StoreError("gone"))

    with pytest.raises(StoreError, match="gone"):
        await write()
    assert await subjects(store) == []


async def test_a_transaction_that_never_got_a_connection_does_not_seem_committed(
    store: PostgresStore, empty: PostgresSchema, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def none_left() -> BatchConnection:
        raise BusyError("no connection became free")

    await subjects(store)

    async def write() -> None:
        async with store.transaction() as tx:
            terminate(empty)
            monkeypatch.setattr(store, "taken", none_left)
            with contextlib.suppress(BusyError):
                await tx.execute(ADD, {"subject": "never"})

    with pytest.raises(StoreError, match="lost its connection"):
        await write()


async def test_writing_an_outcome_down_twice_finds_the_first(bench: Bench, losing: LosingProxy) -> None:
    """The outcome is committed, the answer to that is lost, and nobody can be asked."""
    await bench.store.close()
    bench.database = Doubtful(losing.url)
    bench.open()
    with failpoints.armed("before_commit", once(losing.lose_next)):
        first = await bench.call(create_payment_intent, PAYMENT, key="k")
    assert losing.lost == 1
    assert (first.status, first.json["status"]) == (201, "succeeded")
    again = await bench.call(create_payment_intent, PAYMENT, key="k")
    assert again.content == first.content
    assert await bench.movements() == [100]
    assert (await bench.event_types()).count("payment_intent.succeeded") == 1


@pytest.mark.parametrize("point", ["after_begin", "before_provider", "after_provider", "before_commit"])
async def test_a_server_that_ends_all_connections_doubles_nothing(
    bench: Bench, empty: PostgresSchema, point: str
) -> None:
    with failpoints.armed(point, once(lambda: terminate(empty))):
        reply = await bench.call(create_payment_intent, PAYMENT, key="k")
    assert (reply.status, reply.json["status"]) == (201, "succeeded")
    assert await bench.movements() == [100]
    assert await bench.sums() == {"provider_clearing": 100, "merchant_payable": -100}


async def test_reading_outlives_a_restart_of_the_server(store: PostgresStore, empty: PostgresSchema) -> None:
    await asyncio.gather(*(subjects(store) for _ in range(20)))
    terminate(empty)
    assert await asyncio.gather(*(subjects(store) for _ in range(20))) == [[]] * 20


async def test_too_few_connections_are_busy_not_a_hang(empty: PostgresSchema) -> None:
    store = PostgresStore(empty.parsed, connections=1, pool_timeout=1.0)
    async with store.transaction():
        with pytest.raises(BusyError, match="in time"):
            async with store.transaction():
                pass
    await store.close()


async def test_a_deadlock_is_busy(store: PostgresStore) -> None:
    async with store.transaction() as tx:
        for subject in "ab":
            await tx.execute(ADD, {"subject": subject})
    meeting = asyncio.Barrier(2)

    async def both(first: str, second: str) -> None:
        async with store.transaction() as tx:
            await tx.execute("UPDATE jobs SET attempts = 1 WHERE subject = :subject", {"subject": first})
            await meeting.wait()
            await tx.execute("UPDATE jobs SET attempts = 1 WHERE subject = :subject", {"subject": second})

    results = await asyncio.gather(both("a", "b"), both("b", "a"), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["BusyError", "NoneType"]


async def test_a_failed_statement_spoils_its_transaction(store: PostgresStore) -> None:
    async def write() -> None:
        async with store.transaction() as tx:
            await tx.execute(ADD, {"subject": "a"})
            with pytest.raises(StoreError):
                await tx.execute(ADD, {"subject": "a"})

    with pytest.raises(StoreError, match="rolled back"):
        await write()
    assert await subjects(store) == []


async def test_errors_hold_no_values(store: PostgresStore) -> None:
    async def write() -> None:
        async with store.transaction() as tx:
            await tx.execute(ADD, {"subject": "private"})
            await tx.execute(ADD, {"subject": "private"})

    with pytest.raises(StoreError) as caught:
        await write()
    assert "private" not in f"{caught.value!r} {caught.value.__cause__!r}"


async def test_one_process_at_a_time_is_alone(store: PostgresStore, empty: PostgresSchema) -> None:
    other = empty.store()
    async with store.alone("x", 1):
        async with other.alone("y", 1):
            pass
        with pytest.raises(BusyError):
            async with other.alone("x", 0.05):
                pass
    async with other.alone("x", 1):
        pass
    await other.close()


async def test_signals_reach_other_processes_only(store: PostgresStore, empty: PostgresSchema) -> None:
    other = empty.store()
    heard: list[str] = []
    began, told = asyncio.Event(), asyncio.Event()

    def hear(name: str, event: asyncio.Event) -> None:
        heard.append(name)
        event.set()

    own = asyncio.create_task(store.listen(lambda: hear("own", began)))
    listening = asyncio.create_task(other.listen(lambda: hear("other", told)))
    async with asyncio.timeout(10):
        await began.wait()
        await told.wait()
        told.clear()
        await store.tell()
        await told.wait()
    assert heard.count("own") == 1
    for task in (own, listening):
        task.cancel()
    await asyncio.gather(own, listening, return_exceptions=True)
    await other.close()


def test_a_key_is_looked_up_by_its_index_before_there_are_statistics(empty: PostgresSchema) -> None:
    """Else the first minutes of a database go through all objects of the account with every call."""
    statement = SELECT_MADE.replace(":account_id", "'acct_1'").replace(":livemode", "FALSE").replace(":key", "'k'")
    with empty.connect() as connection:
        plan = "\n".join(str(row) for row in connection.execute(f"EXPLAIN {statement}".encode()))
    assert plan.count("_idempotency_key_key on") == 3
    assert "Filter" not in plan


async def test_many_processes_may_migrate_at_once(unmigrated: PostgresSchema) -> None:
    await asyncio.gather(*(asyncio.to_thread(migrate_postgres, unmigrated.parsed) for _ in range(4)))
    with unmigrated.connect() as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(newest_revision(),)]
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="newer version"):
        migrate_postgres(unmigrated.parsed)


def test_a_url_is_shown_without_what_is_secret() -> None:
    url = parse("postgresql://me:hush@db.example:5433/pay?sslpassword=hush&application_name=x")
    assert url.shown == "postgresql://me@db.example:5433/pay"
    assert "hush" not in f"{url!r}"
    assert parse("postgresql:///pay?host=/run/postgresql").shown == "postgresql://%2Frun%2Fpostgresql/pay"
    with pytest.raises(DatabaseUrlError) as refused:
        parse("postgresql://me:hush@db.example/pay?nonsense=hush")
    assert "hush" not in str(refused.value)


def test_a_server_that_is_not_there_is_a_store_error() -> None:
    with pytest.raises(StoreError) as refused:
        migrate_postgres(parse("postgresql://me:hush@127.0.0.1:1/pay"))
    assert "hush" not in str(refused.value)
