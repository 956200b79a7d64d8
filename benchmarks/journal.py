"""What the journal costs: `begin` and `finish` beside their two bare statements, on SQLite and PostgreSQL.

`python -m benchmarks.journal [URL ...]` needs the extra `sql` and, for a server, its driver. A figure is the median of
the rounds; each round runs one block of every entrant. `driver` is the DBAPI alone, `core` the same text through
SQLAlchemy, each INSERT and UPDATE committed on a connection that is kept.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from itertools import count

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection

from molam_sdk.durable import Journal, create_tables
from molam_sdk.journal import Ended, Entry

ROUNDS, BLOCK = 15, 100
CONTENT = b'{"amount":2500,"currency":"USD","metadata":{"order":"12345"}}' + b" " * 400
FINGERPRINT = sha256(CONTENT).hexdigest()
COLUMNS = (
    "id, owner, account, mode, idempotency_key, operation, fingerprint, target, region, content, content_form, state,"
    " doubt, claims, created_at, first_begun_at, last_begun_at, leased_until"
)
UPDATE = (
    "UPDATE molam_calls SET state = 'succeeded', finished_at = {}, leased_until = NULL, object_id = {} WHERE id = {}"
)
NUMBERS = count()


def _row() -> tuple[object, ...]:
    now, key = time.time_ns() // 1_000, f"bare-{next(NUMBERS)}"
    return (
        key, "token", "", "test", key, "create_payment_intent", FINGERPRINT, "/v1/connect/payment_intents",
        "https://api.molam.example", CONTENT, "plain", "in_flight", False, 1, now, now, now, now + 120_000_000,
    )  # fmt: skip


def _driver(engine: Engine) -> Callable[[], None]:
    connection = engine.raw_connection()
    mark = "?" if engine.dialect.name == "sqlite" else "%s"
    insert = f"INSERT INTO molam_calls ({COLUMNS}) VALUES ({', '.join([mark] * 18)})"  # noqa: S608 - own words
    update = UPDATE.format(mark, mark, mark)

    def call() -> None:
        row = _row()
        for statement, values in ((insert, row), (update, (time.time_ns() // 1_000, "pi_1", row[0]))):
            cursor = connection.cursor()
            cursor.execute(statement, values)
            cursor.close()
            connection.commit()

    return call


def _core(engine: Engine) -> Callable[[], None]:
    names = COLUMNS.replace(" ", "").split(",")
    insert = text(f"INSERT INTO molam_calls ({COLUMNS}) VALUES ({', '.join(f':{name}' for name in names)})")  # noqa: S608
    update = text(UPDATE.format(":at", ":object_id", ":id"))

    def call() -> None:
        row = _row()
        with engine.begin() as connection:
            connection.execute(insert, dict(zip(names, row, strict=True)))
        with engine.begin() as connection:
            connection.execute(update, {"at": time.time_ns() // 1_000, "object_id": "pi_1", "id": row[0]})

    return call


def _journal(engine: Engine) -> Callable[[], None]:
    journal = Journal(engine)

    def call() -> None:
        entry = Entry(
            idempotency_key=f"own-{next(NUMBERS)}",
            owner="token",
            operation="create_payment_intent",
            account=None,
            livemode=False,
            target="/v1/connect/payment_intents",
            content=CONTENT,
            fingerprint=FINGERPRINT,
            region="https://api.molam.example",
            created_at=datetime.now(UTC),
            lease=120.0,
        )
        journal.finish(journal.begin(entry).token, Ended(ending="succeeded", object_id="pi_1"))

    return call


def _microseconds(call: Callable[[], None]) -> float:
    began = time.perf_counter()
    for _ in range(BLOCK):
        call()
    return (time.perf_counter() - began) / BLOCK * 1e6


def _write_ahead(connection: DBAPIConnection, _: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.close()


def measure(url: str) -> None:
    """Print one table."""
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _write_ahead)
    create_tables(engine)
    entrants = {"driver": _driver(engine), "core": _core(engine), "journal": _journal(engine)}
    for call in entrants.values():
        _microseconds(call)
    rounds = [{name: _microseconds(call) for name, call in entrants.items()} for _ in range(ROUNDS)]
    print(f"{engine.dialect.name}: begin and finish, {ROUNDS} rounds of {BLOCK}")
    for name in entrants:
        ratio = statistics.median(each[name] / each["driver"] for each in rounds)
        core = statistics.median(each[name] / each["core"] for each in rounds)
        cost = statistics.median(each[name] for each in rounds)
        print(f"  {name:8} {cost:8.0f} us   {ratio:5.2f} x driver   {core:5.2f} x core")
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM molam_calls WHERE operation = 'create_payment_intent'"))
    engine.dispose()


def main(urls: Sequence[str]) -> None:
    """Measure the databases that are named, or a new SQLite file."""
    with tempfile.TemporaryDirectory() as folder:
        for url in urls or [f"sqlite:///{folder}/calls.db"]:
            measure(url)


if __name__ == "__main__":
    main(sys.argv[1:])
