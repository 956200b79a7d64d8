"""One set of calls for both idempotency stores."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal, Protocol

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection

from molam_sdk.durable import AsyncIdempotencyStore, CachedResponse, Claim, IdempotencyStore
from molam_sdk.errors import ConflictError
from tests.durable.databases import Durable


class StoreDriver(Protocol):
    """A store whose calls return when they are done, whatever it is underneath."""

    def run(self, key: str, route: str, work: Callable[[Connection], object], **options: Any) -> Any: ...
    def together(self, count: int, key: str, route: str, work: Callable[[Connection], object]) -> list[object]: ...
    def claim(self, key: str, route: str, **options: Any) -> Claim | CachedResponse: ...
    def complete(self, claim: Claim, response: object) -> None: ...
    def release(self, claim: Claim) -> None: ...
    def store_response(
        self, key: str, route: str, response: object, status: Literal["completed", "failed"] = ..., **options: Any
    ) -> None: ...
    def get_cached_response(self, key: str, route: str, **options: Any) -> CachedResponse | None: ...
    def cleanup(self) -> int: ...


class SyncStore:
    """The synchronous store, with positional keys as in the protocol."""

    def __init__(self, store: IdempotencyStore) -> None:
        self._store = store

    def run(self, key: str, route: str, work: Callable[[Connection], object], **options: Any) -> Any:
        return self._store.run(key, route, work, **options)

    def together(self, count: int, key: str, route: str, work: Callable[[Connection], object]) -> list[object]:
        """What as many workers come to that serve the key at the same time."""
        barrier = threading.Barrier(count)

        def attempt(_: int) -> object:
            barrier.wait(10)
            try:
                return self.run(key, route, work)
            except ConflictError as error:
                return error.code

        with ThreadPoolExecutor(count) as pool:
            return list(pool.map(attempt, range(count)))

    def claim(self, key: str, route: str, **options: Any) -> Claim | CachedResponse:
        return self._store.claim(key, route, **options)

    def complete(self, claim: Claim, response: object) -> None:
        self._store.complete(claim, response)

    def release(self, claim: Claim) -> None:
        self._store.release(claim)

    def store_response(
        self,
        key: str,
        route: str,
        response: object,
        status: Literal["completed", "failed"] = "completed",
        **options: Any,
    ) -> None:
        self._store.store_response(idempotency_key=key, route=route, response=response, status=status, **options)

    def get_cached_response(self, key: str, route: str, **options: Any) -> CachedResponse | None:
        return self._store.get_cached_response(key, route, **options)

    def cleanup(self) -> int:
        return self._store.cleanup()


class AsyncStore:
    """The asynchronous store, each call on a loop of its own."""

    def __init__(self, store: AsyncIdempotencyStore) -> None:
        self._store = store

    def run(self, key: str, route: str, work: Callable[[Connection], object], **options: Any) -> Any:
        async def serve(connection: AsyncConnection) -> object:
            return await connection.run_sync(work)

        return asyncio.run(self._store.run(key, route, serve, **options))

    def together(self, count: int, key: str, route: str, work: Callable[[Connection], object]) -> list[object]:
        """The same on one loop: an AsyncEngine belongs to one."""

        async def serve(connection: AsyncConnection) -> object:
            return await connection.run_sync(work)

        async def attempt() -> object:
            try:
                return await self._store.run(key, route, serve)
            except ConflictError as error:
                return error.code

        async def all_of_them() -> list[object]:
            return list(await asyncio.gather(*(attempt() for _ in range(count))))

        return asyncio.run(all_of_them())

    def claim(self, key: str, route: str, **options: Any) -> Claim | CachedResponse:
        return asyncio.run(self._store.claim(key, route, **options))

    def complete(self, claim: Claim, response: object) -> None:
        asyncio.run(self._store.complete(claim, response))

    def release(self, claim: Claim) -> None:
        asyncio.run(self._store.release(claim))

    def store_response(
        self,
        key: str,
        route: str,
        response: object,
        status: Literal["completed", "failed"] = "completed",
        **options: Any,
    ) -> None:
        asyncio.run(
            self._store.store_response(idempotency_key=key, route=route, response=response, status=status, **options)
        )

    def get_cached_response(self, key: str, route: str, **options: Any) -> CachedResponse | None:
        return asyncio.run(self._store.get_cached_response(key, route, **options))

    def cleanup(self) -> int:
        return asyncio.run(self._store.cleanup())


def store_on(database: Durable, half: str, **options: Any) -> StoreDriver:
    """A store of one half of the SDK."""
    if half == "sync":
        return SyncStore(IdempotencyStore(database.engine(), **options))
    return AsyncStore(AsyncIdempotencyStore(database.async_engine(), **options))
