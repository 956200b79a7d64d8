"""Sends one attempt and reads its whole answer, over connections that it keeps."""

from __future__ import annotations

import os
import weakref
from typing import TYPE_CHECKING, Any, cast

import httpcore

from ._body import reply_of
from ._deadline import UnderWay, under_way
from ._pool import FAILURES, lost, open_pool
from .errors import ConfigurationError

if TYPE_CHECKING:
    from ._attempt import Attempt
    from ._reply import Lost, Reply
    from ._request import Origin, Request
    from .config import Config


class Wire:
    """The synchronous wire: one pool for each region, fresh ones in a forked child."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._pid = os.getpid()
        self._pools: dict[str, httpcore.ConnectionPool] = {}
        self._finalizer = weakref.finalize(self, _close_all, self._pools, self._pid)
        self._closed = False

    def send(self, request: Request, attempt: Attempt) -> Reply | Lost:
        """Make one attempt; whatever happens to it comes back as a value."""
        response: httpcore.Response | None = None
        progress = UnderWay(attempt.deadline_at)
        token = under_way.set(progress)
        try:
            response = self._pool(request.origin).handle_request(core_request(request))
            try:
                reply = self._read(response)
                reply.disbelief = attempt.disbelief(reply)
                if reply.disbelief is not None:
                    close_now(response)
            finally:
                response.close()
        except FAILURES as error:
            return lost(error, begun=progress.begun, answering=response is not None, where=request.origin.netloc)
        finally:
            under_way.reset(token)
        return reply

    def close(self) -> None:
        """Close every connection; closing twice is harmless."""
        self._closed = True
        self._finalizer()

    def _pool(self, origin: Origin) -> httpcore.ConnectionPool:
        if self._closed:
            raise closed()
        if self._pid != os.getpid():
            self._leave_parent()
        found = self._pools.get(origin.base_url)
        if found is None:
            found = self._pools.setdefault(origin.base_url, open_pool(self._config, origin))
        return found

    def _leave_parent(self) -> None:
        """In a forked child: the parent's connections are not ours to use or to close."""
        self._finalizer.detach()
        self._parent = self._pools
        self._pid = os.getpid()
        self._pools = {}
        self._finalizer = weakref.finalize(self, _close_all, self._pools, self._pid)

    def _read(self, response: httpcore.Response) -> Reply:
        limit = self._config.max_response_bytes
        size = 0
        chunks: list[bytes] = []
        chunk: bytes
        for chunk in cast(Any, response.stream):
            chunks.append(chunk)
            size += len(chunk)
            if size > limit:
                close_now(response)
                break
        return reply_of(response.status, response.headers, chunks, limit)


def core_request(request: Request) -> httpcore.Request:
    """Return the request as httpcore takes it."""
    origin = request.origin
    return httpcore.Request(
        request.method,
        httpcore.URL(scheme=origin.scheme, host=origin.host, port=origin.port, target=request.target.encode("ascii")),
        headers=request.headers,
        content=request.content,
        extensions={"timeout": request.timeouts},
    )


def closed() -> ConfigurationError:
    """Return the error for a call on a client that was closed."""
    return ConfigurationError("this client is closed; make a new one")


def close_now(response: httpcore.Response) -> None:
    """Close the connection of an answer at once, so that nothing else is sent on it."""
    cast(Any, response).extensions["network_stream"].close()


def _close_all(pools: dict[str, httpcore.ConnectionPool], pid: int) -> None:
    if pid == os.getpid():
        while pools:
            pools.popitem()[1].close()
