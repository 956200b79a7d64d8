"""Journals in memory for real clients, with leases, in which processes may die."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve

from molam_sdk import errors
from molam_sdk.journal import Begun, Ended, Entry, Scope
from tests.simulation.client_world import ClientWorld, Shop

_UNDONE = ("rejected", "not_sent")
_STORED = ("card_declined", "resource_missing", "balance_insufficient")


class Row:
    """An entry of a journal."""

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self.token = ""
        self.leased_until = 0.0
        self.ended: Ended | None = None
        self.doubt = False

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

    def in_doubt(self, entry: Entry) -> bool:
        known = self.rows.get(entry.idempotency_key)
        if known is not None and known.entry.fingerprint != entry.fingerprint:
            raise errors.IdempotencyError("the key is in the journal for another request")
        return known is not None and (known.is_open or (known.ended is not None and known.ended.ending not in _UNDONE))

    def begin(self, entry: Entry) -> Begun:
        self._shop.dies("before")
        in_doubt = self.in_doubt(entry)
        row = self.rows.setdefault(entry.idempotency_key, Row(entry))
        if in_doubt and row.entry.region != entry.region:
            raise errors.ConflictError("the call may have been done in another region", outcome="unknown")
        if row.ended is not None and row.ended.ending == "not_sent":
            row.entry = entry
        elif not in_doubt:
            row.entry = evolve(entry, created_at=row.entry.created_at)
        if row.ended is None or row.ended.ending != "succeeded":
            row.ended, row.doubt = None, in_doubt
        begun = row.entry.created_at
        token = self._lease(row, entry.lease)
        self._shop.dies("begun")
        return Begun(token=token, in_doubt=in_doubt, first_used_at=begun)

    def finish(self, token: str, ended: Ended) -> bool:
        self._shop.dies("answered")
        written = False
        for row in self.rows.values():
            if row.token == token and (row.ended is None or row.ended.ending != "succeeded"):
                is_undone = ended.ending in _UNDONE and row.doubt and not _is_stored(ended)
                row.ended, row.leased_until = evolve(ended, ending="in_doubt") if is_undone else ended, 0.0
                written = True
        self._shop.dies("finished")
        return written

    def claim(self, limit: int, lease: float, scope: Scope) -> Sequence[tuple[str, Entry]]:
        now = self._world.now
        free = [row for row in self.rows.values() if row.is_open and row.leased_until <= now]
        for row in free[:limit]:
            row.doubt = True
        return [(self._lease(row, lease), row.entry) for row in free[:limit]]

    def is_stale(self, error: errors.MolamError) -> bool:
        """Whether the call was not sent since its key is too old, and nothing shows that it was done."""
        row = self.rows.get(error.idempotency_key or "")
        return row is not None and row.ended is not None and row.ended.ending == "stale"

    def _lease(self, row: Row, seconds: float) -> str:
        self._tokens += 1
        row.token, row.leased_until = f"token-{self._tokens}", self._world.now + seconds
        return row.token


def _is_stored(ended: Ended) -> bool:
    return ended.status_code in (402, 404, 409) and ended.code in _STORED


class AsyncPages:
    """The same for the asynchronous client."""

    def __init__(self, pages: Pages) -> None:
        self.pages = pages

    async def begin(self, entry: Entry) -> Begun:
        return self.pages.begin(entry)

    async def in_doubt(self, entry: Entry) -> bool:
        return self.pages.in_doubt(entry)

    async def finish(self, token: str, ended: Ended) -> bool:
        return self.pages.finish(token, ended)

    async def claim(self, limit: int, lease: float, scope: Scope) -> Sequence[tuple[str, Entry]]:
        return self.pages.claim(limit, lease, scope)
