"""Sends one attempt on the running event loop and reads its whole answer, over connections that it keeps."""

from __future__ import annotations

import asyncio
import contextlib
import os
import weakref
from typing import TYPE_CHECKING, Any, cast

import httpcore

from ._body import reply_of
from ._deadline import UnderWay, under_way
from ._pool import FAILURES, lost, open_async_pool
from ._wire import closed, core_request

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from ._attempt import Attempt
    from ._pool import AsyncPool
    from ._reply import Lost, Reply
    from ._request import Origin, Request
    from .config import Config

Pools = dict[str, "AsyncPool"]


class AsyncWire:
    """The asynchronous wire: one pool for each region and event loop, fresh ones in a forked child."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._pid = os.getpid()
        self._loops: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, _Home] = weakref.WeakKeyDictionary()
        self._closed = False

    async def send(self, request: Request, attempt: Attempt) -> Reply | Lost:
        """Make one attempt; whatever happens to it comes back as a value."""
        response: httpcore.Response | None = None
        progress = UnderWay(attempt.deadline_at)
        token = under_way.set(progress)
        try:
            response = await self._pool(request.origin).handle_async_request(core_request(request))
            try:
                reply = await self._read(response)
                reply.disbelief = attempt.disbelief(reply)
                if reply.disbelief is not None:
                    await _close_now(response)
            finally:
                await response.aclose()
        except FAILURES as error:
            return lost(error, begun=progress.begun, answering=response is not None, where=request.origin.netloc)
        finally:
            under_way.reset(token)
        return reply

    async def aclose(self) -> None:
        """Close the connections of the running loop; those of closed loops are gone already."""
        self._closed = True
        home = self._loops.pop(asyncio.get_running_loop(), None)
        if home is not None and self._pid == os.getpid():
            await home.closer.aclose()

    def _pool(self, origin: Origin) -> AsyncPool:
        if self._closed:
            raise closed()
        if self._pid != os.getpid():
            self._leave_parent()
        loop = asyncio.get_running_loop()
        home = self._loops.get(loop)
        if home is None:
            home = self._loops[loop] = _Home()
        found = home.pools.get(origin.base_url)
        if found is None:
            found = home.pools[origin.base_url] = open_async_pool(self._config, origin)
        return found

    def _leave_parent(self) -> None:
        """In a forked child: the parent's connections are not ours to use or to close."""
        self._parent = self._loops
        self._pid = os.getpid()
        self._loops = weakref.WeakKeyDictionary()

    async def _read(self, response: httpcore.Response) -> Reply:
        limit = self._config.max_response_bytes
        size = 0
        chunks: list[bytes] = []
        chunk: bytes
        async for chunk in cast(Any, response.stream):
            chunks.append(chunk)
            size += len(chunk)
            if size > limit:
                await _close_now(response)
                break
        return reply_of(response.status, response.headers, chunks, limit)


class _Home:
    """What the wire has on one event loop; closed with the loop, if nobody closes it before."""

    def __init__(self) -> None:
        self.pools: Pools = {}
        self.closer = _close_at_shutdown(self.pools)
        with contextlib.suppress(StopIteration):
            self.closer.asend(None).send(None)


async def _close_at_shutdown(pools: Pools) -> AsyncGenerator[None, None]:
    """Close the pools when the generator is closed: by the wire, or by the loop's `shutdown_asyncgens()`."""
    try:
        yield
    finally:
        while pools:
            await pools.popitem()[1].aclose()


async def _close_now(response: httpcore.Response) -> None:
    await cast(Any, response).extensions["network_stream"].aclose()
