"""Numbers new events once they are committed, in every process, one of them at a time."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any

from ..storage import feed
from ..storage.port import Store

_BATCH = 1000


class Sequencer:
    """A source of work for the worker that does its work at once; `numbered` is told the last position.

    Where another process is at it, that one finds the events of this one: it looks again after each commit.
    """

    def __init__(self, store: Store, numbered: Callable[[int], None]) -> None:
        self._store = store
        self._numbered = numbered
        self._settled = 0

    async def claim(self) -> list[Coroutine[Any, Any, None]]:
        """Number what waits, at most one batch, after which it is the turn of others; their commits wake the worker.

        Behind a full batch there is more, for which the work that is returned, and does nothing, brings it back.
        """
        async with self._store.reading() as reader:
            if not await feed.is_waiting(reader):
                return []
        async with self._store.transaction() as tx:
            assigned = await feed.assign(tx, _BATCH)
        if assigned is None:
            return []
        self._settled, count = assigned
        self._numbered(self._settled)
        return [asyncio.sleep(0)] if count >= _BATCH else []

    async def next_due(self) -> datetime | None:
        """Nothing becomes due by time."""
        return None

    async def busy_elsewhere(self) -> bool:
        """Whether another process has numbered events since this was last asked: only then can they be delivered."""
        async with self._store.transaction() as tx:
            position = await feed.settle(tx)
        moved, self._settled = position != self._settled, position
        async with self._store.reading() as reader:
            return moved or await feed.is_waiting(reader)
