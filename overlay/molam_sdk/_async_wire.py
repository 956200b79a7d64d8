"""Sends one attempt on the running event loop and reads its whole answer."""

from __future__ import annotations

import asyncio
import os
import weakref
from typing import TYPE_CHECKING, Any, cast

from ._deadline import deadline_at
from ._wire import FAILURES, lost, reply_of
from .errors import ConfigurationError, MolamError

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from ._exchange import Attempt
    from ._reply import Lost, Reply


class AsyncWire:
    """The asynchronous wire: transports by base URL and event loop, fresh in a forked child."""

    def __init__(
        self,
        open_transport: Callable[[str], httpx.AsyncBaseTransport],
        max_bytes: int,
        failures: tuple[type[Exception], ...] = (),
    ) -> None:
        self._open = open_transport
        self._max_bytes = max_bytes
        self._failures = FAILURES + failures
        self._pid = os.getpid()
        self._loops: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, httpx.AsyncBaseTransport]] = (
            weakref.WeakKeyDictionary()
        )
        self.closed = False

    async def send(self, base_url: str, request: httpx.Request, attempt: Attempt) -> Reply | Lost:
        """Make one attempt; whatever happens to it comes back as a value."""
        response: httpx.Response | None = None
        token = deadline_at.set(attempt.deadline_at)
        try:
            response = await self._transport(base_url).handle_async_request(request)
            try:
                reply = await self._read(response)
                reply.disbelief = attempt.disbelief(reply)
                if reply.disbelief is not None:
                    await _close_now(response)
            finally:
                await response.aclose()
        except MolamError:
            raise
        except self._failures as error:
            return lost(error, answering=response is not None)
        finally:
            deadline_at.reset(token)
        return reply

    async def aclose(self) -> None:
        """Close the connections of the running loop; those of closed loops are gone already."""
        self.closed = True
        transports = self._loops.pop(asyncio.get_running_loop(), {})
        if self._pid == os.getpid():
            for transport in transports.values():
                await transport.aclose()

    def _transport(self, base_url: str) -> httpx.AsyncBaseTransport:
        if self._pid != os.getpid():
            self._parent = self._loops
            self._pid = os.getpid()
            self._loops = weakref.WeakKeyDictionary()
        loop = asyncio.get_running_loop()
        transports = self._loops.get(loop)
        if transports is None:
            if self.closed:
                raise ConfigurationError("this client is closed; make a new one")
            transports = self._loops[loop] = {}
        found = transports.get(base_url)
        if found is None:
            found = transports[base_url] = self._open(base_url)
        return found

    async def _read(self, response: httpx.Response) -> Reply:
        if response.is_stream_consumed:
            return reply_of(response, [response.content], self._max_bytes)
        size = 0
        chunks: list[bytes] = []
        chunk: bytes
        async for chunk in cast(Any, response.stream):
            chunks.append(chunk)
            size += len(chunk)
            if size > self._max_bytes:
                await _close_now(response)
                break
        return reply_of(response, chunks, self._max_bytes)


async def _close_now(response: httpx.Response) -> None:
    """Close the connection of an answer at once; a transport without connections has none."""
    stream = cast(Any, response).extensions.get("network_stream")
    if stream is not None:
        await stream.aclose()
