"""The statements that every table of objects needs, built once from the record's fields."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from ..domain.times import milliseconds
from .port import Question, Reader, Row, StoreError, Transaction, Value

_LAST = "~"
"""Sorts after every id; ids are compared byte by byte."""

_FOREVER = 2**63 - 1


class Record(Protocol):
    """A row of a table of objects."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def id(self) -> str:
        """The primary key."""
        ...

    @property
    def sequence(self) -> int:
        """Counts the row's writes, from 1."""
        ...


R = TypeVar("R", bound=Record)


class StaleRecordError(StoreError):
    """The row was written since it was read."""


class Table(Generic[R]):
    """One table of objects: `json` are the columns that hold JSON text, `filters` those that lists can filter by.

    `kept` says that rows change by `update` alone: a transaction that has locked one then needs not read it again.
    """

    def __init__(
        self,
        name: str,
        record: type[R],
        *,
        json: Sequence[str] = (),
        filters: Sequence[str] = (),
        kept: bool = False,
    ) -> None:
        columns = [field.name for field in fields(record)]
        self.name = name
        self.filters = tuple(filters)
        self._kept = kept
        self._record = record
        self._json = frozenset(json)
        self._booleans = frozenset(field.name for field in fields(record) if field.type is bool)
        self._columns = columns
        self.insert_sql = _build(
            "INSERT INTO {0} ({1}) VALUES ({2})", name, ", ".join(columns), ", ".join(f":{c}" for c in columns)
        )
        self.update_sql = _build(
            "UPDATE {0} SET {1} WHERE id = :id AND sequence = :sequence - 1",
            name,
            ", ".join(f"{c} = :{c}" for c in columns if c != "id"),
        )
        self.select_sql = _build("SELECT * FROM {0} WHERE id = :id", name)
        self.select_own_sql = _build(
            "SELECT * FROM {0} WHERE id = :id AND account_id = :account_id AND livemode = :livemode", name
        )
        condition = " AND ".join(
            [
                "account_id = :account_id AND livemode = :livemode",
                "id < :before AND id > :after AND created_at >= :created_from AND created_at <= :created_to",
                *(f"(CAST(:{c} AS TEXT) IS NULL OR {c} = :{c})" for c in filters),
            ]
        )
        self.newest_first_sql = _build("SELECT * FROM {0} WHERE {1} ORDER BY id DESC LIMIT :limit", name, condition)
        self.oldest_first_sql = _build("SELECT * FROM {0} WHERE {1} ORDER BY id LIMIT :limit", name, condition)

    @property
    def statements(self) -> tuple[str, ...]:
        """Every statement, for checking them against a database."""
        return (
            self.insert_sql,
            self.update_sql,
            self.select_sql,
            self.select_own_sql,
            self.newest_first_sql,
            self.oldest_first_sql,
        )

    def read(self, row: Row) -> R:
        """The record in a row."""
        values = {
            name: json.loads(row[name])
            if name in self._json and row[name] is not None
            else bool(row[name])
            if name in self._booleans
            else row[name]
            for name in self._columns
        }
        return self._record(**values)

    def write(self, record: R) -> dict[str, Value]:
        """The parameters that hold a record."""
        values: dict[str, Value] = {}
        for name in self._columns:
            value = getattr(record, name)
            values[name] = (
                json.dumps(value, separators=(",", ":")) if name in self._json and value is not None else value
            )
        return values

    async def insert(self, tx: Transaction, record: R) -> None:
        """Add a row."""
        await tx.write(self.insert_sql, self.write(record))

    async def update(self, tx: Transaction, record: R, now: datetime) -> R:
        """Replace the row that `record` was derived from and return it as written.

        Raises StaleRecordError if somebody else wrote it since.
        """
        written = replace(record, sequence=record.sequence + 1, updated_at=milliseconds(now))
        stale = StaleRecordError(f"{self.name} {record.id} was changed since it was read")
        await tx.write(self.update_sql, self.write(written), stale)
        return self._keep(tx, written)

    async def lock(self, tx: Transaction, id: str) -> R | None:
        """The row, locked until the transaction ends."""
        known: R | None = tx.kept.get((self.name, id)) if self._kept else None
        return known or self.locked(tx, await tx.fetch_all(*self.locking(tx, id)))

    def locking(self, tx: Transaction, id: str) -> Question:
        """What `lock` asks, to be asked together with other questions; `locked` reads the answer."""
        return self.select_sql + tx.for_update, {"id": id}

    def locking_own(self, tx: Transaction, id: str, *, account_id: str, livemode: bool) -> Question:
        """What `lock_own` asks, likewise."""
        return self.select_own_sql + tx.for_update, {"id": id, "account_id": account_id, "livemode": livemode}

    def locked(self, tx: Transaction, rows: Sequence[Row]) -> R | None:
        """The row that was asked for, locked until the transaction ends."""
        return self._keep(tx, self.read(rows[0])) if rows else None

    def _keep(self, tx: Transaction, record: R) -> R:
        if self._kept:
            tx.kept[self.name, record.id] = record
        return record

    async def lock_own(self, tx: Transaction, id: str, *, account_id: str, livemode: bool) -> R | None:
        """The row, if it is this account's, locked until the transaction ends."""
        return self.locked(tx, await tx.fetch_all(*self.locking_own(tx, id, account_id=account_id, livemode=livemode)))

    async def find_own(self, reader: Reader, id: str, *, account_id: str, livemode: bool) -> R | None:
        """The row, if it is this account's."""
        row = await reader.fetch_one(self.select_own_sql, {"id": id, "account_id": account_id, "livemode": livemode})
        return None if row is None else self.read(row)

    async def page(
        self,
        reader: Reader,
        *,
        account_id: str,
        livemode: bool,
        limit: int,
        filters: Mapping[str, str | None],
        created_from: int | None = None,
        created_to: int | None = None,
        starting_after: str | None = None,
        ending_before: str | None = None,
    ) -> list[R]:
        """Up to `limit` rows, newest first, older than `starting_after` or newer than `ending_before`."""
        sql = self.newest_first_sql if ending_before is None else self.oldest_first_sql
        rows = await reader.fetch_all(
            sql,
            {
                **dict.fromkeys(self.filters),
                **filters,
                "account_id": account_id,
                "livemode": livemode,
                "before": starting_after or _LAST,
                "after": ending_before or "",
                "created_from": 0 if created_from is None else created_from,
                "created_to": _FOREVER if created_to is None else created_to,
                "limit": limit,
            },
        )
        records = [self.read(row) for row in rows]
        return records if ending_before is None else records[::-1]


def _build(template: str, *parts: str) -> str:
    """Fill in names that this package wrote itself; values are always parameters."""
    return template.format(*parts)
