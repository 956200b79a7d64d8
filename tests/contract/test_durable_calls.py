"""Clients with a journal in a database, against the gateway: what was in flight is finished once."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from molam_gateway.embedded import Sandbox
from molam_sdk import IdempotencyError, NetworkError, StorageError
from molam_sdk.durable import AsyncJournal, Journal, create_tables
from tests.contract.conftest import Connect
from tests.contract.flows import movements, pay


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = create_engine(f"sqlite:///{tmp_path}/calls.db")
    create_tables(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def journal(kind: str, engine: Engine, tmp_path: Path) -> Callable[..., Any]:
    """Makes a journal for the kind of client at hand."""

    def made(**options: Any) -> Any:
        if kind == "sync":
            return Journal(engine, **options)
        return AsyncJournal(
            create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/calls.db", poolclass=NullPool), **options
        )

    return made


def later(engine: Engine) -> None:
    """Let every lease be over."""
    with engine.begin() as connection:
        connection.execute(text("UPDATE molam_calls SET leased_until = 0 WHERE leased_until IS NOT NULL"))


def states(engine: Engine) -> list[tuple[str, str | None]]:
    with engine.begin() as connection:
        return [(state, found) for state, found in connection.execute(text("SELECT state, object_id FROM molam_calls"))]


def killed(_: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("moment", ["request", "response"])
def test_a_call_of_a_process_that_died_is_finished_once(
    connect: Connect, shared_gateway: Sandbox, engine: Engine, journal: Callable[..., Any], moment: str
) -> None:
    dying = connect(shared_gateway, journal=journal(), event_hooks={moment: killed})
    with pytest.raises(KeyboardInterrupt):
        pay(dying)
    assert states(engine) == [("in_flight", None)]
    client = connect(shared_gateway, journal=journal())
    assert client.recover() == ()
    later(engine)
    (found,) = client.recover()
    assert found.ending == "succeeded"
    assert found.object.status == "succeeded"
    assert movements(client, found.object.id) == [("charge", 2500)]
    assert states(engine) == [("succeeded", found.object.id)]
    assert client.recover() == ()


def test_a_call_in_doubt_is_resolved_or_recovered_whichever_comes_first(
    kind: str, connect: Connect, shared_gateway: Sandbox, journal: Callable[..., Any]
) -> None:
    client = connect(shared_gateway, journal=journal(), max_retries=0)
    client.sandbox.inject_fault(kind="drop_response", operation_id="create_payment_intent")
    with pytest.raises(NetworkError) as lost:
        pay(client, idempotency_key=f"order-{kind}")
    (found,) = client.recover()
    assert client.resolve(lost.value).id == found.object_id
    assert movements(client, found.object.id) == [("charge", 2500)]
    with pytest.raises(IdempotencyError):
        pay(client, idempotency_key=f"order-{kind}", amount=7)


def test_without_its_body_a_call_is_looked_up(
    connect: Connect, shared_gateway: Sandbox, engine: Engine, journal: Callable[..., Any]
) -> None:
    for moment in ("request", "response"):
        with pytest.raises(KeyboardInterrupt):
            pay(connect(shared_gateway, journal=journal(bodies="redacted"), event_hooks={moment: killed}))
    later(engine)
    unsent, done = connect(shared_gateway, journal=journal(bodies="redacted")).recover()
    assert (unsent.ending, done.ending, done.object.status) == ("in_doubt", "succeeded", "succeeded")


def test_a_call_that_the_client_has_no_key_for_is_in_doubt_until_one_with_the_key_comes(
    connect: Connect, shared_gateway: Sandbox, engine: Engine, journal: Callable[..., Any]
) -> None:
    keys = [Fernet.generate_key()]
    with pytest.raises(KeyboardInterrupt):
        pay(connect(shared_gateway, journal=journal(encryption_keys=keys), event_hooks={"request": killed}))
    later(engine)
    for wrong in (None, [Fernet.generate_key()]):
        (found,) = connect(shared_gateway, journal=journal(encryption_keys=wrong)).recover()
        assert (found.ending, found.object) == ("in_doubt", None)
        assert found.error is not None
        assert "pass " in found.error.message
        assert "encryption_keys" in found.error.message
    (found,) = connect(shared_gateway, journal=journal(encryption_keys=keys)).recover()  # its lease was let go
    assert found.ending == "succeeded"


def test_without_a_table_nothing_is_sent(
    connect: Connect, shared_gateway: Sandbox, engine: Engine, journal: Callable[..., Any]
) -> None:
    client = connect(shared_gateway, journal=journal())
    before = {intent.id for intent in client.payment_intents.list()}
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE molam_calls"))
    with pytest.raises(StorageError) as refused:
        pay(client)
    assert refused.value.outcome == "not_sent"
    with pytest.raises(StorageError) as unsaid:
        pay(client, idempotency_key="order-1")
    assert (unsaid.value.outcome, unsaid.value.idempotency_key) == ("unknown", "order-1")
    assert {intent.id for intent in client.payment_intents.list()} == before
    with pytest.raises(StorageError, match="create_tables"):
        client.recover()
