"""The drivers and the generic table keep the port's promises."""

import asyncio
import contextlib
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from molam_gateway.operations.payment_intents import create_payment_intent
from molam_gateway.storage import payment_intents
from molam_gateway.storage.migrate import migrate_sqlite, newest_revision
from molam_gateway.storage.port import BusyError, IntegrityError, Store, StoreError, Transaction
from molam_gateway.storage.sqlite import SqliteStore
from molam_gateway.storage.tables import StaleRecordError
from tests.gateway_databases import SqliteFile

from .bench import ACCOUNT, Bench

pytestmark = pytest.mark.anyio

ADD = "INSERT INTO jobs (kind, subject, due_at, lease_until, attempts) VALUES ('k', :subject, 1, 0, 0)"
SUBJECTS = "SELECT subject FROM jobs ORDER BY subject"


async def subjects(store: Store) -> list[str]:
    async with store.reading() as reader:
        return [row["subject"] for row in await reader.fetch_all(SUBJECTS, {})]


def file_of(bench: Bench) -> Path:
    assert isinstance(bench.database, SqliteFile)
    return bench.database.path


async def test_a_block_that_raises_writes_nothing(bench: Bench) -> None:
    async def give_up() -> None:
        async with bench.store.transaction() as tx:
            await tx.execute(ADD, {"subject": "a"})
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await give_up()
    assert await subjects(bench.store) == []


UNKNOWN = "UPDATE jobs SET due_at = 2 WHERE subject = 'nobody'"


@pytest.mark.parametrize("last", [False, True])
async def test_writes_are_seen_by_what_follows_and_kept_in_their_order(bench: Bench, last: bool) -> None:
    async with bench.store.transaction() as tx:
        for subject in "abc":
            await tx.write(ADD, {"subject": subject})
        await tx.write("DELETE FROM jobs WHERE subject = 'b'", {})
        if not last:
            assert [row["subject"] for row in await tx.fetch_all(SUBJECTS, {})] == ["a", "c"]
            await tx.write(ADD, {"subject": "d"})
    assert await subjects(bench.store) == (["a", "c"] if last else ["a", "c", "d"])


@pytest.mark.parametrize("followed", [False, True])
async def test_a_write_that_a_constraint_forbids_undoes_everything(bench: Bench, followed: bool) -> None:
    async def write() -> None:
        async with bench.store.transaction() as tx:
            for subject in "aba":
                await tx.write(ADD, {"subject": subject})
            if followed:
                await tx.fetch_all(SUBJECTS, {})

    with pytest.raises(IntegrityError):
        await write()
    assert await subjects(bench.store) == []
    async with bench.store.transaction() as tx:
        await tx.write(ADD, {"subject": "later"})
    assert await subjects(bench.store) == ["later"]


@pytest.mark.parametrize("followers", [0, 1, 2])
async def test_a_write_that_touches_nothing_can_be_refused_before_the_commit(bench: Bench, followers: int) -> None:
    async def write() -> None:
        async with bench.store.transaction() as tx:
            await tx.write(ADD, {"subject": "a"})
            await tx.write(UNKNOWN, {}, StoreError("nobody is here"))
            for each in range(followers):
                await tx.write(ADD, {"subject": f"follower {each}"})

    with pytest.raises(StoreError, match="nobody is here"):
        await write()
    assert await subjects(bench.store) == []


@pytest.mark.parametrize("sent", [False, True])
async def test_a_savepoint_undoes_writes_that_were_sent_and_those_that_were_not(bench: Bench, sent: bool) -> None:
    async def give_up(tx: Transaction) -> None:
        async with tx.savepoint():
            await tx.write(ADD, {"subject": "undone"})
            if sent:
                await tx.fetch_all(SUBJECTS, {})
            await tx.write(ADD, {"subject": "undone too"})
            raise ValueError("no")

    async with bench.store.transaction() as tx:
        await tx.write(ADD, {"subject": "before"})
        with pytest.raises(ValueError, match="no"):
            await give_up(tx)
        await tx.write(ADD, {"subject": "behind"})
    assert await subjects(bench.store) == ["before", "behind"]


@pytest.mark.parametrize("forbidden", [False, True])
async def test_a_block_that_was_undone_does_not_harm_the_next(bench: Bench, forbidden: bool) -> None:
    """On one connection, with statements that were prepared before."""
    for turn in range(12):
        with contextlib.suppress(IntegrityError, ValueError):
            async with bench.store.transaction() as tx:
                await tx.write(ADD, {"subject": f"undone {turn}"})
                await tx.fetch_all(SUBJECTS, {})
                if not forbidden:
                    raise ValueError("no")
                await tx.execute(ADD, {"subject": f"undone {turn}"})
        async with bench.store.transaction() as tx:
            await tx.write(ADD, {"subject": f"kept {turn:02}"})
    assert await subjects(bench.store) == [f"kept {turn:02}" for turn in range(12)]


async def test_a_savepoint_undoes_its_own_writes_only(bench: Bench) -> None:
    async def give_up(tx: Transaction) -> None:
        async with tx.savepoint():
            await tx.execute(ADD, {"subject": "undone"})
            raise ValueError("no")

    async with bench.store.transaction() as tx:
        await tx.execute(ADD, {"subject": "kept"})
        with pytest.raises(ValueError, match="no"):
            await give_up(tx)
        async with tx.savepoint():
            await tx.execute(ADD, {"subject": "released"})
    assert await subjects(bench.store) == ["kept", "released"]


async def test_transactions_follow_one_another(bench: Bench) -> None:
    async def add(subject: str) -> None:
        async with bench.store.transaction() as tx:
            await tx.fetch_all(SUBJECTS, {})
            await asyncio.sleep(0)
            await tx.execute(ADD, {"subject": subject})

    await asyncio.gather(*(add(str(number)) for number in range(9)))
    assert len(await subjects(bench.store)) == 9


async def test_readers_see_committed_rows_only(bench: Bench) -> None:
    async with bench.store.transaction() as tx:
        await tx.execute(ADD, {"subject": "a"})
        assert await subjects(bench.store) == []
    assert await subjects(bench.store) == ["a"]


async def test_errors_are_the_ports(bench: Bench) -> None:
    async with bench.store.transaction() as tx:
        await tx.execute(ADD, {"subject": "a"})
        with pytest.raises(IntegrityError):
            async with tx.savepoint():
                await tx.execute(ADD, {"subject": "a"})
    with pytest.raises(StoreError, match=r"no such table|nowhere"):
        async with bench.store.reading() as reader:
            await reader.fetch_one("SELECT 1 FROM nowhere", {})


async def test_a_file_that_is_damaged_is_a_store_error(tmp_path: Path) -> None:
    path = tmp_path / "damaged.db"
    migrate_sqlite(path)
    store = SqliteStore(path, durable=False)
    path.write_bytes(b"this is no database" * 1000)
    with pytest.raises(StoreError):
        async with store.transaction() as tx:
            await tx.fetch_all(SUBJECTS, {})
    await store.close()


async def test_waiting_for_another_process_keeps_the_loop_running(sqlite_bench: Bench) -> None:
    path = file_of(sqlite_bench)
    patient = SqliteStore(path, durable=False, busy_timeout=5)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    async def finish() -> None:
        await asyncio.sleep(0.05)
        other.execute("COMMIT")

    async def add() -> None:
        async with patient.transaction() as tx:
            await tx.execute(ADD, {"subject": "a"})

    async with asyncio.timeout(2):
        await asyncio.gather(add(), finish())
    assert await subjects(patient) == ["a"]
    other.close()
    await patient.close()


async def test_another_process_in_the_way_is_busy(sqlite_bench: Bench) -> None:
    path = file_of(sqlite_bench)
    impatient = SqliteStore(path, durable=False, busy_timeout=0.01)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(BusyError):
        async with impatient.transaction():
            pass
    other.execute("ROLLBACK")
    other.close()
    async with impatient.transaction() as tx:
        await tx.execute(ADD, {"subject": "a"})
    await impatient.close()


async def test_a_durable_store_flushes_each_commit(tmp_path: Path) -> None:
    migrate_sqlite(tmp_path / "x.db")
    store = SqliteStore(tmp_path / "x.db")
    async with store.transaction() as tx:
        row = await tx.fetch_one("PRAGMA synchronous", {})
    assert row == {"synchronous": 2}
    await store.close()


async def test_a_record_that_somebody_else_wrote_is_not_overwritten(bench: Bench) -> None:
    id = (await bench.call(create_payment_intent, {"amount": 1, "currency": "USD"})).json["id"]
    table, own = payment_intents.TABLE, {"account_id": ACCOUNT.id, "livemode": False}
    async with bench.store.reading() as reader:
        read = await table.find_own(reader, id, **own)  # type: ignore[arg-type]
    assert read is not None
    async with bench.store.transaction() as tx:
        await table.update(tx, replace(read, description="mine"), bench.clock.now())
    with pytest.raises(StaleRecordError):
        async with bench.store.transaction() as tx:
            await table.update(tx, replace(read, description="stale"), bench.clock.now())


def test_a_migrated_database_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "with % in its name.db"
    migrate_sqlite(path)
    before = path.stat().st_mtime_ns
    migrate_sqlite(path)
    assert path.stat().st_mtime_ns == before
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == (newest_revision(),)
    connection.close()


def test_an_empty_file_is_migrated(tmp_path: Path) -> None:
    path = tmp_path / "empty.db"
    path.touch()
    migrate_sqlite(path)
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT COUNT(*) FROM payment_intents").fetchone() == (0,)
    connection.close()
