"""Journals in memory: what the clients must find in any journal, with storage that can be made to fail."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence
from typing import Any

from attrs import evolve

from molam_sdk import errors
from molam_sdk.journal import Begun, Ended, Entry, Scope


class Row:
    """One entry with what became of it."""

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self.ended: Ended | None = None
        self.token = ""
        self.leased = True
        self.free_since = 0

    @property
    def is_open(self) -> bool:
        return self.ended is None or self.ended.ending == "in_doubt"


class Notebook:
    """A journal whose leases end when the test says so.

    Attributes:
        rows: Every entry by its key, in the order in which they were begun.
        age: Seconds by its own clock since the keys were first used.
        owner: Whose calls it keeps, as clients with a token need to be told.
        heeds_scope: Whether it claims only what the client can recover.
        scopes: Those of every claim.
        broken: Methods that raise, with what they raise.
        said: Every call of a method, in order.
    """

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}
        self.broken: dict[str, BaseException] = {}
        self.said: list[Any] = []
        self.age = 0.0
        self.owner: str | None = None
        self.heeds_scope = True
        self.scopes: list[Scope] = []
        self._tokens = (f"t{number}" for number in itertools.count(1))
        self._times = itertools.count(1)

    def begin(self, entry: Entry) -> Begun:
        self._say("begin", entry.idempotency_key)
        row = self.rows.get(entry.idempotency_key)
        ended = None if row is None else row.ended
        in_doubt = row is not None and (ended is None or ended.ending not in ("rejected", "not_sent"))
        if row is None:
            row = self.rows[entry.idempotency_key] = Row(entry)
        elif row.entry.fingerprint != entry.fingerprint:
            raise errors.IdempotencyError("the key is in the journal for another request")
        else:
            if row.is_open and row.entry.region != entry.region:
                raise errors.ConflictError("the call is open in another region", outcome="unknown")
            if not row.is_open:
                row.entry = evolve(row.entry, region=entry.region)
            row.ended = None
        age = self.age if in_doubt else 0.0
        first = row.entry.created_at
        return Begun(
            token=self._lease(row),
            in_doubt=in_doubt,
            first_used_at=first,
            age=age,
            succeeded=ended is not None and ended.ending == "succeeded",
            object_id=None if ended is None else ended.object_id,
        )

    def in_doubt(self, entry: Entry) -> bool:
        self._say("in_doubt", entry.idempotency_key)
        row = self.rows.get(entry.idempotency_key)
        if row is None:
            return False
        if row.entry.fingerprint != entry.fingerprint:
            raise errors.IdempotencyError("the key is in the journal for another request")
        return row.ended is None or row.ended.ending not in ("rejected", "not_sent")

    def finish(self, token: str, ended: Ended) -> bool:
        self._say("finish", ended.ending)
        for row in self.rows.values():
            if row.token == token:
                row.ended = ended
                row.leased, row.free_since = False, next(self._times)
                return True
        return False

    def claim(self, limit: int, lease: float, scope: Scope) -> Sequence[tuple[str, Entry]]:
        self._say("claim", limit)
        self.scopes.append(scope)
        free = [row for row in self.rows.values() if row.is_open and not row.leased]
        if self.heeds_scope:
            owners = (scope.owner, *scope.former_owners)
            free = [row for row in free if row.entry.owner in owners and row.entry.livemode == scope.livemode]
            free = [row for row in free if row.entry.region in scope.regions]
        free.sort(key=lambda row: row.free_since)
        return [(self._lease(row), row.entry) for row in free[:limit]]

    def crash(self) -> None:
        """The processes that held leases are gone, long ago."""
        for row in self.rows.values():
            row.leased = False

    def change(self, key: str, **changes: Any) -> None:
        """Change an entry behind the journal's back."""
        self.rows[key].entry = evolve(self.rows[key].entry, **changes)

    @property
    def only(self) -> Row:
        (row,) = self.rows.values()
        return row

    @property
    def endings(self) -> list[str | None]:
        return [None if row.ended is None else row.ended.ending for row in self.rows.values()]

    def _say(self, method: str, what: object) -> None:
        self.said.append((method, what))
        if method in self.broken:
            raise self.broken[method]

    def _lease(self, row: Row) -> str:
        row.leased = True
        row.token = next(self._tokens)
        return row.token


class AsyncNotebook:
    """The same for the asynchronous client, on the pages of another."""

    def __init__(self, pages: Notebook) -> None:
        self.pages = pages
        self.owner = pages.owner

    async def begin(self, entry: Entry) -> Begun:
        await asyncio.sleep(0)
        return self.pages.begin(entry)

    async def in_doubt(self, entry: Entry) -> bool:
        await asyncio.sleep(0)
        return self.pages.in_doubt(entry)

    async def finish(self, token: str, ended: Ended) -> bool:
        await asyncio.sleep(0)
        return self.pages.finish(token, ended)

    async def claim(self, limit: int, lease: float, scope: Scope) -> Sequence[tuple[str, Entry]]:
        await asyncio.sleep(0)
        return self.pages.claim(limit, lease, scope)


def journal_for(kind: str, pages: Notebook) -> Any:
    """The journal that a client of this kind takes."""
    return pages if kind == "sync" else AsyncNotebook(pages)
