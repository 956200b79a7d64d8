"""A PostgreSQL database with a history is migrated while payments go on."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
import sqlalchemy
from alembic import command
from alembic.config import Config

import molam_gateway.storage.migrations
from molam_gateway.storage import migrate
from molam_gateway.storage.port import StoreError
from tests.gateway_databases import PostgresSchema, postgres_schema

ENTRY = """
INSERT INTO journal
    (entry_id, line, account_id, livemode, ledger_account, amount, currency, reason, subject, created_at)
SELECT 'e', {first} + n, 'acct_1', FALSE, 'merchant_payable', n, 'KES', 'capture', 's', 1
FROM generate_series(1, 50) AS n
"""
INDEXES = """
SELECT relname, indisvalid FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
WHERE relname IN ('journal_tail', 'journal_of_account') AND relnamespace = current_schema()::regnamespace
"""
WAITS = "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s AND wait_event_type = 'Lock'"


@pytest.fixture
def old(monkeypatch: pytest.MonkeyPatch) -> Iterator[PostgresSchema]:
    """A schema of the revision before the journal's index was replaced, with rows."""
    monkeypatch.setattr(migrate, "_LIMITS", b"SET lock_timeout = 100")
    monkeypatch.setattr(migrate, "_PAUSE", 0.05)
    with postgres_schema(migrated=False) as schema:
        config = Config()
        config.set_main_option("script_location", str(Path(molam_gateway.storage.migrations.__path__[0])))
        engine = sqlalchemy.create_engine(
            "postgresql+psycopg://", creator=lambda: psycopg.connect(schema.url), poolclass=sqlalchemy.NullPool
        )
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "0015")
        with schema.connect() as connection:
            write(connection, 0)
        yield schema


def write(connection: "psycopg.Connection[tuple[object, ...]]", first: int) -> None:
    connection.execute(ENTRY.format(first=first).encode())


def until(is_so: Callable[[], bool], migrating: "Future[None]") -> None:
    """Wait for something that the migration does; it may not end before."""
    pause = threading.Event()
    for _ in range(400):
        if is_so() or migrating.done():
            break
        pause.wait(0.02)
    assert is_so()
    assert not migrating.done()


def test_writers_pass_a_migration_that_waits_and_one_that_builds_an_index(old: PostgresSchema) -> None:
    with ThreadPoolExecutor(1) as thread, old.connect() as early, old.connect() as late, old.connect() as writer:
        writer.execute("SET lock_timeout = 3000")
        early.execute("BEGIN")
        write(early, 100)
        migrating = thread.submit(migrate.migrate_postgres, old.parsed)
        until(lambda: writer.execute(WAITS, [old.name]).fetchone() == (1,), migrating)
        write(writer, 200)
        late.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        late.execute("SELECT 1 FROM accounts")
        early.execute("COMMIT")
        until(lambda: ("journal_tail", False) in writer.execute(INDEXES).fetchall(), migrating)
        write(writer, 300)
        late.execute("COMMIT")
        migrating.result(30)
        assert writer.execute(INDEXES).fetchall() == [("journal_tail", True)]
        assert writer.execute("SELECT count(*) FROM journal WHERE NOT folded").fetchone() == (200,)


def test_a_migration_that_was_killed_in_the_midst_is_taken_up_again(old: PostgresSchema) -> None:
    with ThreadPoolExecutor(1) as thread, old.connect() as reader, old.connect() as other:
        reader.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        reader.execute("SELECT 1 FROM accounts")
        migrating = thread.submit(migrate.migrate_postgres, old.parsed)
        until(lambda: ("journal_tail", False) in other.execute(INDEXES).fetchall(), migrating)
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s AND query LIKE %s",
            [old.name, "CREATE INDEX%"],
        )
        with pytest.raises(StoreError):
            migrating.result(30)
        reader.execute("COMMIT")
        migrate.migrate_postgres(old.parsed)
        assert migrate.is_current(old.parsed)
        assert other.execute(INDEXES).fetchall() == [("journal_tail", True)]
