"""One set of calls for both journals, and the entries that the tests write."""

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Protocol

from molam_sdk.durable import AsyncJournal, Journal, UnfinishedCall
from molam_sdk.journal import Begun, Ended, Ending, Entry, Scope
from tests.canary.marks import CUSTOMER
from tests.durable.databases import Durable

OWNER = "key_0123456789abcdef"
REGION = "https://api.molam.example"
CONTENT = json.dumps({"amount": 2500, "customer": CUSTOMER}, separators=(",", ":")).encode()


class JournalDriver(Protocol):
    """A journal whose calls return when they are done, whatever it is underneath."""

    def start(self, entry: Entry) -> Begun: ...
    def begin(self, entry: Entry) -> str: ...
    def in_doubt(self, entry: Entry) -> bool: ...
    def finish(self, token: str, ended: Ended) -> bool: ...
    def claim(self, limit: int, lease: float, scope: Scope | None = None) -> Sequence[tuple[str, Entry]]: ...
    def unfinished(self, limit: int = 100, **choice: Any) -> list[UnfinishedCall]: ...
    def close(self, idempotency_key: str, ending: Any, account: str | None = None, **more: Any) -> bool: ...
    def cleanup(self, older_than: timedelta = timedelta(days=30)) -> int: ...


class SyncDriver:
    """Adds the scope that the tests' entries are in."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def start(self, entry: Entry) -> Begun:
        return self._journal.begin(entry)

    def in_doubt(self, entry: Entry) -> bool:
        return self._journal.in_doubt(entry)

    def finish(self, token: str, ended: Ended) -> bool:
        return self._journal.finish(token, ended)

    def unfinished(self, limit: int = 100, **choice: Any) -> list[UnfinishedCall]:
        return self._journal.unfinished(limit, **choice)

    def close(self, idempotency_key: str, ending: Any, account: str | None = None, **more: Any) -> bool:
        return self._journal.close(idempotency_key, ending, account, **more)

    def cleanup(self, older_than: timedelta = timedelta(days=30)) -> int:
        return self._journal.cleanup(older_than)

    def begin(self, entry: Entry) -> str:
        return self._journal.begin(entry).token

    def claim(self, limit: int, lease: float, scope: Scope | None = None) -> Sequence[tuple[str, Entry]]:
        return self._journal.claim(limit, lease, scope or SCOPE)


class AsyncDriver:
    """Runs the asynchronous journal on a loop of its own."""

    def __init__(self, journal: AsyncJournal) -> None:
        self._journal = journal

    def start(self, entry: Entry) -> Begun:
        return asyncio.run(self._journal.begin(entry))

    def begin(self, entry: Entry) -> str:
        return self.start(entry).token

    def in_doubt(self, entry: Entry) -> bool:
        return asyncio.run(self._journal.in_doubt(entry))

    def finish(self, token: str, ended: Ended) -> bool:
        return asyncio.run(self._journal.finish(token, ended))

    def claim(self, limit: int, lease: float, scope: Scope | None = None) -> Sequence[tuple[str, Entry]]:
        return asyncio.run(self._journal.claim(limit, lease, scope or SCOPE))

    def unfinished(self, limit: int = 100, **choice: Any) -> list[UnfinishedCall]:
        return asyncio.run(self._journal.unfinished(limit, **choice))

    def close(self, idempotency_key: str, ending: Any, account: str | None = None, **more: Any) -> bool:
        return asyncio.run(self._journal.close(idempotency_key, ending, account, **more))

    def cleanup(self, older_than: timedelta = timedelta(days=30)) -> int:
        return asyncio.run(self._journal.cleanup(older_than))


def journal_on(database: Durable, half: str, **options: Any) -> JournalDriver:
    """A journal of one half of the SDK."""
    if half == "sync":
        return SyncDriver(Journal(database.engine(), **options))
    return AsyncDriver(AsyncJournal(database.async_engine(), **options))


def entry(key: str = "order-1", **changes: Any) -> Entry:
    """A call whose lease is over at once, unless the test says otherwise."""
    content: bytes | None = changes.get("content", CONTENT)
    members: dict[str, Any] = {
        "idempotency_key": key,
        "owner": OWNER,
        "operation": "create_payment_intent",
        "account": None,
        "livemode": False,
        "target": "/v1/connect/payment_intents",
        "content": content,
        "fingerprint": sha256(content or b"").hexdigest(),
        "region": REGION,
        "created_at": datetime.now(UTC),
        "lease": 0.0,
    }
    return Entry(**members | changes)


def scope(livemode: bool | None = False, *regions: str, **changes: Any) -> Scope:
    """What a client with the key of the tests' entries can recover, wherever it may be."""
    members: dict[str, Any] = {"owner": OWNER, "livemode": livemode, "regions": regions or ("{region}",)}
    return Scope(**members | changes)


def ended(ending: Ending, **members: Any) -> Ended:
    return Ended(ending=ending, **members)


def state(database: Durable, key: str = "order-1") -> str:
    """In which state the journal has the call."""
    ((found,),) = database.rows("SELECT state FROM molam_calls WHERE idempotency_key = :key", key=key)
    return str(found)


def make_older(database: Durable, seconds: int) -> None:
    """Move every time in the journal into the past."""
    moved = ", ".join(
        f"{name} = {name} - {seconds * 1_000_000}"
        for name in ("created_at", "first_begun_at", "last_begun_at", "leased_until", "finished_at")
    )
    database.execute(f"UPDATE molam_calls SET {moved}")  # noqa: S608 - of this file's own words


SCOPE = scope()
