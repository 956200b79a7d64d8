"""Journals in memory for real clients, with leases, in which processes may die."""

from __future__ import annotations

from collections.abc import Sequence

from molam_sdk import errors
from molam_sdk.journal import Begun, Ended, Entry, Scope
from tests.simulation.client_world import ClientWorld, Shop

_UNDONE = ("rejected", "not_sent")


class Row:
    """An entry of a journal."""

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self.token = ""
        self.leased_until = 0.0
        self.ended: Ended | None = None

    @property
    def is_open(self) -> bool:
        return self.ended is None or self.ended.ending == "in_doubt"


class Pages:
    """A journal for the synchronous client, in memory that no crash takes away."""

    def __init__(self, world: ClientWorld, shop: Shop) -> None:
        self._world = world
        self._shop = shop
        self.rows: dict[str, Row] = {}
        self._tokens = 0

    def begin(self, entry: Entry) -> Begun:
        self._shop.dies("before")
        known = self.rows.get(entry.idempotency_key)
        in_doubt = known is not None and (
            known.is_open or (known.ended is not None and known.ended.ending not in _UNDONE)
        )
        row = self.rows.setdefault(entry.idempotency_key, Row(entry))
        if row.entry.fingerprint != entry.fingerprint:
            raise errors.IdempotencyError("the key is in the journal for another request")
        if row.is_open and row.entry.region != entry.region:
            raise errors.ConflictError("the call is open in another region", outcome="unknown")
        if not row.is_open:
            row.entry = entry
        row.ended = None
        begun = row.entry.created_at
        token = self._lease(row, entry.lease)
        self._shop.dies("begun")
        return Begun(token=token, in_doubt=in_doubt, first_used_at=begun)

    def finish(self, token: str, ended: Ended) -> bool:
        self._shop.dies("answered")
        written = False
        for row in self.rows.values():
            if row.token == token:
                row.ended, row.leased_until = ended, 0.0
                written = True
        self._shop.dies("finished")
        return written

    def claim(self, limit: int, lease: float, scope: Scope) -> Sequence[tuple[str, Entry]]:
        now = self._world.now
        free = [row for row in self.rows.values() if row.is_open and row.leased_until <= now]
        return [(self._lease(row, lease), row.entry) for row in free[:limit]]

    def _lease(self, row: Row, seconds: float) -> str:
        self._tokens += 1
        row.token, row.leased_until = f"token-{self._tokens}", self._world.now + seconds
        return row.token


class AsyncPages:
    """The same for the asynchronous client."""

    def __init__(self, pages: Pages) -> None:
        self.pages = pages

    async def begin(self, entry: Entry) -> Begun:
        return self.pages.begin(entry)

    async def finish(self, token: str, ended: Ended) -> bool:
        return self.pages.finish(token, ended)

    async def claim(self, limit: int, lease: float, scope: Scope) -> Sequence[tuple[str, Entry]]:
        return self.pages.claim(limit, lease, scope)
