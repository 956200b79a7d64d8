"""Many workers and processes on one journal: each call is claimed by one of them, and costs two statements."""

import asyncio
import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, insert

from molam_gateway.embedded import Sandbox
from molam_sdk import MolamAsyncClient, MolamClient
from molam_sdk.durable import AsyncJournal, Journal, metadata
from molam_sdk.durable._journal.bodies import Bodies
from molam_sdk.durable._journal.statements import new_row
from tests.durable.databases import Durable
from tests.durable.journals import ended, entry, scope

LONG = os.environ.get("MOLAM_TEST_INBOX_EFFORT") == "long"
WORKERS, CALLS, BATCH = (32, 1_000, 13) if LONG else (8, 200, 13)
FORKING = """
import os, sys
from datetime import UTC, datetime
from sqlalchemy import create_engine
from molam_sdk.durable import Journal
from molam_sdk.journal import Entry

engine = create_engine(sys.argv[1], pool_size=1, max_overflow=0)
journal = Journal(engine)

def begin(key):
    journal.begin(Entry(idempotency_key=key, owner="token", operation="o", account=None, livemode=False, target="/",
                        content=None, fingerprint="f" * 64, region="r", created_at=datetime.now(UTC), lease=0.0))

begin("before")
child = os.fork()
for number in range(20):
    begin(f"{'parent' if child else 'child'}-{number}")
if child:
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
os._exit(0)
"""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


def fill(database: Durable) -> None:
    """Write calls that a crashed process has left."""
    bodies = Bodies("plain", None)
    rows = [new_row(entry(f"order-{number}"), bodies).value for number in range(CALLS)]
    for row in rows:
        del row["lease"]
        row |= {"first_begun_at": row["created_at"], "last_begun_at": row["created_at"]}
    with database.engine().begin() as connection:
        connection.execute(insert(metadata.tables["molam_calls"]), rows)
    database.execute("UPDATE molam_calls SET leased_until = 0")


def statements(engine: Engine) -> list[str]:
    """The statements that run on the engine from now on, but for those that only begin and end a transaction."""
    seen: list[str] = []

    def note(connection: Connection, cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK")):
            seen.append(statement.split()[0])

    event.listen(engine, "before_cursor_execute", note)
    return seen


def test_each_call_is_claimed_by_one_of_many_threads(database: Durable) -> None:
    """Also with an engine that commits each statement, which would let go of locked rows."""
    fill(database)
    options: dict[str, Any] = {"connect_args": {"timeout": 30}} if database.name == "sqlite" else {}
    options["isolation_level"] = "AUTOCOMMIT"
    journal = Journal(database.engine(pool_size=8, max_overflow=0, pool_timeout=30, **options))
    claimed: list[str] = []
    barrier = threading.Barrier(WORKERS)

    def work() -> None:
        barrier.wait(30)
        while found := journal.claim(BATCH, 600.0, scope()):
            claimed.extend(each.idempotency_key for _, each in found)

    threads = [threading.Thread(target=work) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert Counter(Counter(claimed).values()) == {1: CALLS}


def test_each_call_is_claimed_by_one_of_many_tasks(database: Durable) -> None:
    fill(database)
    claimed: list[str] = []

    async def work(journal: AsyncJournal) -> None:
        while found := await journal.claim(4 * BATCH, 600.0, scope()):
            claimed.extend(each.idempotency_key for _, each in found)

    async def all_of_them() -> None:
        journal = AsyncJournal(database.async_engine())
        await asyncio.gather(*(work(journal) for _ in range(8)))

    asyncio.run(all_of_them())
    assert Counter(Counter(claimed).values()) == {1: CALLS}


def test_a_call_costs_one_insert_and_one_update(database: Durable, sandbox: Sandbox) -> None:
    engine = database.engine()
    journal = Journal(engine)
    with MolamClient(api_key=sandbox.api_key, api_base=sandbox.url, journal=journal) as client:
        client.payment_intents.create(amount=2500, currency="USD")
        seen = statements(engine)
        made = client.payment_intents.create(amount=2500, currency="USD")
        assert seen == ["INSERT", "UPDATE"]
        client.payment_intents.retrieve(made.id)
        assert seen == ["INSERT", "UPDATE"]
    assert ("succeeded", made.id) in database.rows("SELECT state, object_id FROM molam_calls")


def test_an_asynchronous_call_costs_one_insert_and_one_update(database: Durable, sandbox: Sandbox) -> None:
    engine = database.async_engine()

    async def create() -> list[str]:
        journal = AsyncJournal(engine)
        async with MolamAsyncClient(api_key=sandbox.api_key, api_base=sandbox.url, journal=journal) as client:
            await client.payment_intents.create(amount=2500, currency="USD")
            seen = statements(engine.sync_engine)
            await client.payment_intents.create(amount=2500, currency="USD")
            return seen

    assert asyncio.run(create()) == ["INSERT", "UPDATE"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_process_does_not_use_its_parents_connection(database: Durable) -> None:
    url = database.engine().url.render_as_string(hide_password=False)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    environment = {name: value for name, value in environment.items() if not name.startswith("COVERAGE")}
    done = subprocess.run(
        [sys.executable, "-c", FORKING, url], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert database.rows("SELECT COUNT(*) FROM molam_calls") == [(41,)]


def test_the_row_of_a_finished_call_leaves_the_index_of_claims(database: Durable) -> None:
    journal = Journal(database.engine())
    journal.finish(journal.begin(entry()).token, ended("succeeded"))
    assert database.rows("SELECT leased_until FROM molam_calls") == [(None,)]
