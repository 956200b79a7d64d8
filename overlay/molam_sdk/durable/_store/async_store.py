"""The idempotency store for endpoints of your own, asynchronous."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

from ..._front_door import async_front_door, front_door
from ...errors import StorageError
from .._async_engines import AsyncDatabase
from .._failures import guarded_async
from .._guard import Guard, lost
from .._hidden import Hidden
from .._store import statements
from .answers import SUBJECT, Answers, CachedResponse, Claim, overtaken
from .store import CLEANUP_BATCH

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine


class AsyncIdempotencyStore:
    """See IdempotencyStore; for an AsyncEngine."""

    @front_door
    def __init__(
        self,
        engine: AsyncEngine,
        *,
        keep_for: timedelta = timedelta(hours=24),
        encryption_keys: Sequence[str | bytes] | None = None,
    ) -> None:
        """See IdempotencyStore."""
        self._answers = Answers(keep_for, encryption_keys)
        self._database = AsyncDatabase(engine, SUBJECT)

    @async_front_door
    async def run(
        self,
        idempotency_key: str,
        route: str,
        work: Callable[[AsyncConnection], Awaitable[object]],
        *,
        scope: str = "",
        body: object = None,
        lease: float = 60.0,
    ) -> Any:
        """See IdempotencyStore."""
        claim = await self.claim(idempotency_key, route, scope=scope, body=body, lease=lease)
        if not isinstance(claim, Claim):
            return claim["response"]
        try:
            async with self._database.transaction() as connection:
                held = await guarded_async(SUBJECT, connection.run_sync(statements.hold(claim)))
                if held is None:
                    raise overtaken(claim)
                with await connection.run_sync(Guard) as guard:
                    answer = Hidden(self._answers.plain(await guard.run_async(connection, work)))
                completing = statements.complete(self._answers, held, answer.value)
                if not await guarded_async(SUBJECT, connection.run_sync(completing)):
                    raise lost()
        except BaseException:
            with contextlib.suppress(StorageError):  # what went wrong first matters more; the lease ends anyway
                await self.release(claim)
            raise
        return answer.value

    @async_front_door
    async def claim(
        self, idempotency_key: str, route: str, *, scope: str = "", body: object = None, lease: float = 60.0
    ) -> Claim | CachedResponse:
        """See IdempotencyStore."""
        question = self._answers.question(idempotency_key, route, scope, body)
        return await self._database.write(statements.claim(self._answers, question, lease))

    @async_front_door
    async def complete(self, claim: Claim, response: object) -> None:
        """See IdempotencyStore."""
        if not await self._database.write(statements.complete(self._answers, claim, response)):
            raise overtaken(claim)

    @async_front_door
    async def release(self, claim: Claim) -> None:
        """See IdempotencyStore."""
        await self._database.write(statements.release(claim))

    @async_front_door
    async def store_response(
        self,
        idempotency_key: str,
        route: str,
        response: object,
        status: Literal["completed", "failed"] = "completed",
        *,
        scope: str = "",
        body: object = None,
    ) -> None:
        """See IdempotencyStore."""
        question = self._answers.question(idempotency_key, route, scope, body)
        await self._database.write(statements.store(self._answers, question, response, status))

    @async_front_door
    async def get_cached_response(
        self, idempotency_key: str, route: str, *, scope: str = "", body: object = None
    ) -> CachedResponse | None:
        """See IdempotencyStore."""
        question = self._answers.question(idempotency_key, route, scope, body)
        return await self._database.read(statements.cached(self._answers, question))

    @async_front_door
    async def cleanup(self) -> int:
        """See IdempotencyStore."""
        work = statements.cleanup(CLEANUP_BATCH)
        deleted = [await self._database.write(work)]
        while deleted[-1] == CLEANUP_BATCH:
            deleted.append(await self._database.write(work))
        return sum(deleted)
