"""The write-ahead journal of the asynchronous client."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from ..._front_door import async_front_door, front_door
from .._async_engines import AsyncDatabase
from .._journal import statements
from .bodies import SUBJECT, Bodies
from .owners import owned, owner_of
from .reading import CLEANUP_BATCH, age, entries
from .unfinished import Closing, State, UnfinishedCall, close, unfinished, unfinished_call

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncEngine

    from ...journal import Begun, Ended, Entry, Scope


class AsyncJournal:
    """See Journal; for MolamAsyncClient and an AsyncEngine."""

    @front_door
    def __init__(
        self,
        engine: AsyncEngine,
        *,
        bodies: Literal["plain", "redacted"] = "plain",
        encryption_keys: Sequence[str | bytes] | None = None,
        owner: str | None = None,
    ) -> None:
        """See Journal."""
        self._bodies = Bodies(bodies, encryption_keys)
        self._owner = owner_of(owner)
        self._database = AsyncDatabase(engine, SUBJECT)

    @async_front_door
    async def begin(self, entry: Entry) -> Begun:
        """See Journal."""
        entry = owned(entry, self._owner)
        row = statements.new_row(entry, self._bodies)
        begun = None
        while begun is None:
            begun = await self._database.write(statements.insert(row), single=True)
            begun = begun or await self._database.write(statements.begin_again(row, entry, self._bodies))
        return begun

    @async_front_door
    async def finish(self, token: str, ended: Ended) -> bool:
        """See Journal."""
        return await self._database.write(statements.finish(token, ended), single=True)

    @async_front_door
    async def claim(self, limit: int, lease: float, scope: Scope) -> Sequence[tuple[str, Entry]]:
        """See Journal."""
        claimed = await self._database.write(statements.claim(limit, lease, owned(scope, self._owner)))
        return entries(claimed, self._bodies, lease)

    @async_front_door
    async def unfinished(
        self, limit: int = 100, *, state: State | None = None, after: UnfinishedCall | None = None
    ) -> list[UnfinishedCall]:
        """See Journal."""
        chosen = unfinished(limit, state, after)
        rows = await self._database.read(lambda connection: connection.execute(chosen).all())
        return [unfinished_call(row) for row in rows]

    @async_front_door
    async def close(
        self,
        idempotency_key: str,
        ending: Closing,
        account: str | None = None,
        *,
        livemode: bool | None = None,
        owner: str | None = None,
    ) -> bool:
        """See Journal."""
        return await self._database.write(close(idempotency_key, ending, account, livemode, owner or self._owner))

    @async_front_door
    async def cleanup(self, older_than: timedelta = timedelta(days=30)) -> int:
        """See Journal."""
        work = statements.cleanup(age(older_than), CLEANUP_BATCH)
        deleted = [await self._database.write(work)]
        while deleted[-1] == CLEANUP_BATCH:
            deleted.append(await self._database.write(work))
        return sum(deleted)
