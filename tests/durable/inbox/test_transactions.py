"""Handlers write in a transaction that is not theirs to end."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest
from sqlalchemy import Connection, insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from molam_api.models import Event
from molam_sdk import errors
from molam_sdk.durable import AsyncInbox, Inbox, Processed
from tests.durable.databases import Durable
from tests.durable.inbox.driver import (
    SECRET,
    done_by_handlers,
    effects,
    note,
    signed,
    webhook,
)

pytestmark = [
    pytest.mark.filterwarnings("ignore::molam_sdk.webhooks.EventModelWarning"),
    pytest.mark.filterwarnings("ignore:this version of the SDK knows no event"),
]


def committing(connection: Connection) -> None:
    transaction = connection.get_transaction()
    assert transaction is not None
    transaction.commit()


def swallowing(connection: Connection) -> None:
    with suppress(errors.ConfigurationError):
        connection.commit()
    connection.execute(text("SELECT 1"))


def nesting(event: Event, connection: Connection) -> None:
    with connection.begin_nested():
        connection.execute(note(event, "kept"))
    undone = connection.begin_nested()
    connection.execute(note(event, "undone"))
    undone.rollback()


def test_a_handler_may_not_end_the_transaction(database: Durable) -> None:
    inbox = Inbox(database.engine(), SECRET, backoff=3600.0)
    ways: dict[str, Callable[[Connection], object]] = {
        "commit": Connection.commit,
        "rollback": Connection.rollback,
        "close": lambda connection: connection.close(),
        "exit": lambda connection: connection.__exit__(None, None, None),
        "transaction": committing,
        "statement": lambda connection: connection.execute(text("-- it is over\n /* really */ Commit")),
        "swallowed": swallowing,
    }
    inbox.on("fine")(nesting)

    @inbox.on(*ways)
    def run(event: Event, connection: Connection) -> None:
        connection.execute(note(event))
        ways[event.type_](connection)

    for name in ways:
        body = webhook(f"evt_{name}", about=name, type=name)
        inbox.receive(signed(body), body)
    assert inbox.process(len(ways)) == Processed(failed=len(ways))
    assert {row[0] for row in database.rows("SELECT error FROM received_webhooks")} == {"TransactionEnded"}
    assert done_by_handlers(database) == []
    body = webhook("evt_fine", about="fine", type="fine")
    inbox.receive(signed(body), body)
    assert inbox.process(1) == Processed(done=1)
    assert done_by_handlers(database) == [("evt_fine", "kept")]


def test_nor_may_a_coroutine_end_it(database: Durable) -> None:
    inbox = AsyncInbox(database.async_engine(), SECRET, backoff=3600.0)

    async def swallowing(connection: AsyncConnection) -> None:
        with suppress(errors.ConfigurationError):
            await connection.rollback()
        with suppress(errors.ConfigurationError):
            await connection.execute(insert(effects).values(event_id="later", note=""))

    async def statement(connection: AsyncConnection) -> None:
        await connection.execute(text("ROLLBACK WORK"))

    ways: dict[str, Callable[[AsyncConnection], Awaitable[None]]] = {
        "commit": AsyncConnection.commit,
        "rollback": AsyncConnection.rollback,
        "close": AsyncConnection.close,
        "swallowed": swallowing,
        "statement": statement,
    }

    @inbox.on(*ways)
    async def run(event: Event, connection: AsyncConnection) -> None:
        await connection.execute(note(event))
        await ways[event.type_](connection)

    @inbox.on("fine")
    async def fine(event: Event, connection: AsyncConnection) -> None:
        async with connection.begin_nested():
            await connection.execute(note(event))

    async def main() -> None:
        for name in (*ways, "fine"):
            body = webhook(f"evt_{name}", about=name, type=name)
            await inbox.receive(signed(body), body)
        assert await inbox.process(6) == Processed(done=1, failed=5)

    asyncio.run(main())
    assert set(database.rows("SELECT state, error FROM received_webhooks")) == {
        ("pending", "TransactionEnded"),
        ("done", None),
    }
    assert done_by_handlers(database) == [("evt_fine", "")]


def test_data_definition_ends_a_transaction_on_mariadb_only(database: Durable) -> None:
    inbox = Inbox(database.engine(), SECRET, backoff=3600.0)

    @inbox.on("*")
    def run(event: Event, connection: Connection) -> None:
        connection.execute(note(event))
        connection.execute(text("CREATE TABLE made_by_a_handler (number INTEGER)"))

    body = webhook()
    inbox.receive(signed(body), body)
    commits = database.name == "mariadb"
    assert inbox.process(1) == (Processed(failed=1) if commits else Processed(done=1))
    assert done_by_handlers(database) == ([] if commits else [("evt_1", "")])
    database.execute("DROP TABLE IF EXISTS made_by_a_handler")


def test_the_engine_of_the_user_stays_as_it_was(database: Durable) -> None:
    """One connection in the pool: what the inbox had is what the next one gets."""
    engine = database.engine(pool_size=1, max_overflow=0)
    inbox = Inbox(engine, SECRET, backoff=3600.0)

    @inbox.on("*")
    def run(event: Event, connection: Connection) -> None:
        connection.execute(note(event))
        connection.close()

    body = webhook()
    inbox.receive(signed(body), body)
    inbox.process(1)
    with engine.connect() as connection:
        connection.execute(insert(effects).values(event_id="rolled back", note=""))
        connection.rollback()
        connection.execute(insert(effects).values(event_id="committed", note=""))
        connection.commit()
    assert done_by_handlers(database) == [("committed", "")]
