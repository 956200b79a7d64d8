"""One set of calls for both inboxes, the webhooks that the tests receive, and the effects of their handlers."""

import asyncio
import json
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Protocol

from sqlalchemy import Column, Connection, Executable, Integer, MetaData, String, Table, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from molam_api.models import Event
from molam_sdk import webhooks
from molam_sdk.durable import AsyncInbox, DeadLetter, Inbox, Pending, Processed, Receipt
from tests.canary.marks import CUSTOMER
from tests.durable.databases import Durable

SECRET = "whsec_test_of_the_inbox_5e1d0a"

own = MetaData()
effects = Table(
    "inbox_effects",
    own,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("event_id", String(255), nullable=False),
    Column("note", String(64), nullable=False),
)
"""What handlers did: a row for each time."""

Effect = Callable[[Event], Iterable[Executable]]
"""A handler of either half: what it yields is executed on its connection."""


def note(event: Event, text: str = "") -> Executable:
    return insert(effects).values(event_id=event.id, note=text)


def plain(event: Event) -> Iterator[Executable]:
    """The usual handler: one write."""
    yield note(event)


def noting(text: str) -> Effect:
    """A handler that signs its write."""
    return lambda event: [note(event, text)]


def failing(event: Event) -> Iterator[Executable]:
    """Writes, and raises with a customer's data in the message."""
    yield note(event)
    raise ValueError("+221770000001 is a secret")


class InboxDriver(Protocol):
    """An inbox whose calls return when they are done, whatever it is underneath."""

    def on(self, *types: str, effect: Effect = plain, **options: Any) -> None: ...
    def receive(self, signature_header: str | None, raw_body: Any, *, tenant: str | None = None) -> Receipt: ...
    def process(self, limit: int = 100) -> Processed: ...
    def pending(self) -> Pending: ...
    def dead_letters(self, *, tenant: str | None = None, limit: int = 100) -> list[DeadLetter]: ...
    def redrive(self, event_id: str | None = None, **options: Any) -> int: ...
    def cleanup(self, older_than: timedelta = timedelta(days=90)) -> int: ...


class SyncDriver:
    """The synchronous inbox with the handlers of the tests."""

    def __init__(self, inbox: Inbox) -> None:
        self.receive = inbox.receive
        self.process = inbox.process
        self.pending = inbox.pending
        self.dead_letters = inbox.dead_letters
        self.cleanup = inbox.cleanup
        self._inbox = inbox

    def redrive(self, event_id: str | None = None, **options: Any) -> int:
        return self._inbox.redrive(event_id, **options)

    def on(self, *types: str, effect: Effect = plain, **options: Any) -> None:
        def run(event: Event, connection: Connection) -> None:
            for statement in effect(event):
                connection.execute(statement)

        self._inbox.on(*types, **options)(run)


class AsyncDriver:
    """Runs the asynchronous inbox, each call on a loop of its own."""

    def __init__(self, inbox: AsyncInbox) -> None:
        self._inbox = inbox

    def on(self, *types: str, effect: Effect = plain, **options: Any) -> None:
        async def run(event: Event, connection: AsyncConnection) -> None:
            for statement in effect(event):
                await connection.execute(statement)

        self._inbox.on(*types, **options)(run)

    def receive(self, signature_header: str | None, raw_body: Any, *, tenant: str | None = None) -> Receipt:
        return asyncio.run(self._inbox.receive(signature_header, raw_body, tenant=tenant))

    def process(self, limit: int = 100) -> Processed:
        return asyncio.run(self._inbox.process(limit))

    def pending(self) -> Pending:
        return asyncio.run(self._inbox.pending())

    def dead_letters(self, *, tenant: str | None = None, limit: int = 100) -> list[DeadLetter]:
        return asyncio.run(self._inbox.dead_letters(tenant=tenant, limit=limit))

    def redrive(self, event_id: str | None = None, **options: Any) -> int:
        return asyncio.run(self._inbox.redrive(event_id, **options))

    def cleanup(self, older_than: timedelta = timedelta(days=90)) -> int:
        return asyncio.run(self._inbox.cleanup(older_than))


def inbox_on(
    database: Durable, half: str, secret: Any = SECRET, pool: Mapping[str, Any] | None = None, **options: Any
) -> InboxDriver:
    """An inbox of one half of the SDK, that hardly ever tries again within a test."""
    options = {"backoff": 3600.0} | options
    if half == "sync":
        return SyncDriver(Inbox(database.engine(**pool or {}), secret, **options))
    return AsyncDriver(AsyncInbox(database.async_engine(**pool or {}), secret, **options))


@contextmanager
def effects_in(database: Durable) -> Generator[None]:
    """The table of effects, empty."""
    own.create_all(database.engines[0])
    try:
        yield
    finally:
        own.drop_all(database.engines[0])


def webhook(
    event_id: str = "evt_1",
    type: str = "payment_intent.succeeded",
    *,
    about: str | None = "pi_1",
    sequence: object = 1,
    status: object = "succeeded",
) -> bytes:
    """The body of a webhook."""
    members: dict[str, object] = {"status": status, "customer": CUSTOMER}
    members |= {} if about is None else {"id": about}
    document = {
        "id": event_id,
        "object": "event",
        "type": type,
        "api_version": "2026-11-01",
        "livemode": False,
        "account": "acct_1",
        "sequence": sequence,
        "created_at": "2026-11-02T09:30:02Z",
        "data": {"object": members, "previous_attributes": None},
        "request": None,
    }
    return json.dumps(document).encode()


def signed(body: bytes, secret: str = SECRET, kid: str | None = "1") -> str:
    return webhooks.generate_signature(body, secret, kid=kid)


def deliver(inbox: InboxDriver, *bodies: bytes) -> list[Receipt]:
    """Receive them one after the other."""
    return [inbox.receive(signed(body), body) for body in bodies]


def done_by_handlers(database: Durable) -> list[tuple[str, str]]:
    """The effects in their order: ids of events and notes."""
    rows = database.rows("SELECT event_id, note FROM inbox_effects ORDER BY number")
    return [(str(event_id), str(text)) for event_id, text in rows]


def states(database: Durable) -> dict[str, str]:
    """The state of each event."""
    rows = database.rows("SELECT event_id, state FROM received_webhooks")
    return {str(event_id): str(state) for event_id, state in rows}


def attempts_and_error(database: Durable, event_id: str = "evt_1") -> tuple[object, ...]:
    (row,) = database.rows("SELECT attempts, error FROM received_webhooks WHERE event_id = :id", id=event_id)
    return row


def make_due(database: Durable) -> None:
    """Let all backoff be over."""
    database.execute("UPDATE received_webhooks SET next_at = 0 WHERE state = 'pending'")


def end_leases(database: Durable) -> None:
    """Let the leases of dead workers be over."""
    database.execute("UPDATE webhook_objects SET leased_until = 0")


def make_older(database: Durable, age: timedelta) -> None:
    """Let time pass for what has ended."""
    past = round(age.total_seconds() * 1_000_000)
    database.execute("UPDATE received_webhooks SET ended_at = ended_at - :past", past=past)
    database.execute("UPDATE webhook_objects SET touched_at = touched_at - :past", past=past)
