"""What a simulated provider remembers: its objects, what is due, and every movement of money.

The book is the simulator's own SQLite database, which no part of the gateway reads: what it says happened is what
happened, whatever was answered.
"""

import json
import sqlite3
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    kind TEXT NOT NULL, id TEXT NOT NULL, document TEXT NOT NULL, PRIMARY KEY (kind, id)
);
CREATE TABLE IF NOT EXISTS due (
    number INTEGER PRIMARY KEY, at REAL NOT NULL, kind TEXT NOT NULL, document TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS movements (
    number INTEGER PRIMARY KEY, kind TEXT NOT NULL, amount INTEGER NOT NULL, currency TEXT NOT NULL,
    reference TEXT NOT NULL, subject TEXT NOT NULL, at REAL NOT NULL
);
"""


@dataclass(frozen=True, slots=True)
class Movement:
    """Money that moved: `amount` in minor units, `reference` is the caller's name for it, `subject` the provider's."""

    kind: str
    amount: int
    currency: str
    reference: str
    subject: str
    at: float


@dataclass(frozen=True, slots=True)
class Due:
    """Something that happens at a moment (seconds of unix time on the simulator's clock)."""

    number: int
    at: float
    kind: str
    document: Mapping[str, Any]


class Book:
    """A simulator's database; without a path it is forgotten at the end. One thread at a time."""

    def __init__(self, path: Path | None = None) -> None:
        self._connection = sqlite3.connect(path or ":memory:", isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = OFF")
        self._connection.executescript(_SCHEMA)

    @contextmanager
    def transaction(self) -> Generator[None]:
        """Writes that count together or not at all; nothing may be awaited within."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def find(self, kind: str, id: str) -> dict[str, Any] | None:
        """An object as it was put."""
        sql = "SELECT document FROM objects WHERE kind = ? AND id = ?"
        row = self._connection.execute(sql, (kind, id)).fetchone()
        return None if row is None else json.loads(row[0])

    def all(self, kind: str) -> list[dict[str, Any]]:
        """Every object of a kind, in the order of their ids."""
        rows = self._connection.execute("SELECT document FROM objects WHERE kind = ? ORDER BY id", (kind,))
        return [json.loads(row[0]) for row in rows]

    def put(self, kind: str, id: str, document: Mapping[str, Any]) -> None:
        """Write an object, in the place of the one with its id."""
        sql = "INSERT INTO objects VALUES (?, ?, ?) ON CONFLICT (kind, id) DO UPDATE SET document = excluded.document"
        self._connection.execute(sql, (kind, id, json.dumps(document)))

    def number(self, name: str) -> int:
        """1, 2, 3 ... for a name."""
        counter = self.find("counter", name) or {"last": 0}
        self.put("counter", name, {"last": counter["last"] + 1})
        return int(counter["last"]) + 1

    def plan(self, at: float, kind: str, document: Mapping[str, Any]) -> None:
        """Let something happen later."""
        sql = "INSERT INTO due (at, kind, document) VALUES (?, ?, ?)"
        self._connection.execute(sql, (at, kind, json.dumps(document)))

    def due(self, until: float) -> list[Due]:
        """What should have happened by now, in its order."""
        sql = "SELECT number, at, kind, document FROM due WHERE at <= ? ORDER BY at, number"
        return [
            Due(row[0], row[1], row[2], json.loads(row[3]))
            for row in self._connection.execute(sql, (until,)).fetchall()
        ]

    def next_due(self) -> float | None:
        """When the next thing happens."""
        found = self._connection.execute("SELECT MIN(at) FROM due").fetchone()[0]
        return None if found is None else float(found)

    def done(self, due: Due) -> None:
        """Strike out what happened."""
        self._connection.execute("DELETE FROM due WHERE number = ?", (due.number,))

    def move(self, movement: Movement) -> None:
        """Write a movement of money down; movements are never changed."""
        sql = "INSERT INTO movements (kind, amount, currency, reference, subject, at) VALUES (?, ?, ?, ?, ?, ?)"
        values = (movement.kind, movement.amount, movement.currency, movement.reference, movement.subject, movement.at)
        self._connection.execute(sql, values)

    def movements(self) -> list[Movement]:
        """Every movement, oldest first."""
        sql = "SELECT kind, amount, currency, reference, subject, at FROM movements ORDER BY number"
        return [Movement(*row) for row in self._connection.execute(sql)]

    def close(self) -> None:
        """Close the database."""
        self._connection.close()
