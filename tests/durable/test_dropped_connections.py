"""A pooled connection that the server has dropped: StorageError, the right outcome, and the next call works."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from molam_sdk.durable import (
    AsyncIdempotencyStore,
    AsyncInbox,
    AsyncJournal,
    AsyncWebhookSubscriptions,
    IdempotencyStore,
    Inbox,
    Journal,
    WebhookSubscriptions,
)
from molam_sdk.errors import MolamError, StorageError
from tests.durable.databases import ASYNC_DRIVERS, SYNC_DRIVERS, Durable
from tests.durable.inbox.driver import SECRET, signed, webhook
from tests.durable.journals import scope

pytestmark = pytest.mark.parametrize("database", ["postgresql", "mariadb"], indirect=True)
NUMBER = {"mariadb": "SELECT CONNECTION_ID()", "postgresql": "SELECT pg_backend_pid()"}
BODY = webhook()


async def nothing_awaited(_: object) -> int:
    return 1


IN_A_TRANSACTION: dict[str, tuple[Callable[[Engine], object], Callable[[AsyncEngine], Awaitable[object]]]] = {
    "run": (
        lambda engine: IdempotencyStore(engine).run("k", "r", lambda _: 1),
        lambda engine: AsyncIdempotencyStore(engine).run("k", "r", nothing_awaited),
    ),
    "store_response": (
        lambda engine: IdempotencyStore(engine).store_response("k", "r", {}),
        lambda engine: AsyncIdempotencyStore(engine).store_response("k", "r", {}),
    ),
    "redrive": (
        lambda engine: Inbox(engine).redrive(type="*"),
        lambda engine: AsyncInbox(engine).redrive(type="*"),
    ),
    "cleanup": (lambda engine: Inbox(engine).cleanup(), lambda engine: AsyncInbox(engine).cleanup()),
    "journal.cleanup": (lambda engine: Journal(engine).cleanup(), lambda engine: AsyncJournal(engine).cleanup()),
    "journal.close": (
        lambda engine: Journal(engine).close("k", "succeeded"),
        lambda engine: AsyncJournal(engine).close("k", "succeeded"),
    ),
    "journal.claim": (
        lambda engine: Journal(engine).claim(1, 1.0, scope()),
        lambda engine: AsyncJournal(engine).claim(1, 1.0, scope()),
    ),
    "create": (
        lambda engine: WebhookSubscriptions(engine).create("shop", secret_env="PATH"),
        lambda engine: AsyncWebhookSubscriptions(engine).create("shop", secret_env="PATH"),
    ),
}
"""Nothing of these can be there before they commit."""

IN_A_STATEMENT: dict[str, tuple[Callable[[Engine], object], Callable[[AsyncEngine], Awaitable[object]]]] = {
    "receive": (
        lambda engine: Inbox(engine, SECRET).receive(signed(BODY), BODY),
        lambda engine: AsyncInbox(engine, SECRET).receive(signed(BODY), BODY),
    ),
}
"""Nobody can tell whether the server had begun with it."""


def drop(database: Durable, number: object) -> None:
    """Let the server end a connection, and wait until it has."""
    if database.name == "postgresql":
        assert database.rows("SELECT pg_terminate_backend(:number, 10000)", number=number) == [(True,)]
        return
    database.execute(f"KILL {number}")
    while database.rows("SELECT 1 FROM information_schema.processlist WHERE id = :number", number=number):
        continue


def dropped(database: Durable, half: str, call: tuple[Callable[[Any], object], Callable[[Any], Any]]) -> MolamError:
    """What comes of a call whose connection was dropped in the pool; the same call again works."""
    if half == "sync":
        engine = create_engine(database.url.set(drivername=SYNC_DRIVERS[database.name]), pool_size=1)
        with engine.connect() as connection:
            number = connection.execute(text(NUMBER[database.name])).scalar_one()
        drop(database, number)
        with pytest.raises(MolamError) as caught:
            call[0](engine)
        call[0](engine)
        engine.dispose()
        return caught.value

    async def use() -> MolamError:
        engine = create_async_engine(database.url.set(drivername=ASYNC_DRIVERS[database.name]), pool_size=1)
        async with engine.connect() as connection:
            number = (await connection.execute(text(NUMBER[database.name]))).scalar_one()
        drop(database, number)
        with pytest.raises(MolamError) as caught:
            await call[1](engine)
        await call[1](engine)
        await engine.dispose()
        return caught.value

    return asyncio.run(use())


@pytest.mark.parametrize("half", ["sync", "async"])
@pytest.mark.parametrize("name", IN_A_TRANSACTION)
def test_nothing_was_done_before_the_commit(database: Durable, half: str, name: str) -> None:
    error = dropped(database, half, IN_A_TRANSACTION[name])
    assert (type(error), error.outcome, error.__context__) == (StorageError, "not_sent", None)
    assert "check that the database is up" in str(error)


@pytest.mark.parametrize("half", ["sync", "async"])
@pytest.mark.parametrize("name", IN_A_STATEMENT)
def test_what_became_of_a_single_statement_is_unknown(database: Durable, half: str, name: str) -> None:
    error = dropped(database, half, IN_A_STATEMENT[name])
    assert (type(error), error.outcome) == (StorageError, "unknown")
