"""Sends one attempt and reads its whole answer; the only place that handles httpx requests."""

from __future__ import annotations

import os
import socket
import ssl
import weakref
import zlib
from typing import TYPE_CHECKING, Any, cast

import httpx

from ._deadline import deadline_at
from ._reply import Lost, Reply
from .errors import ConfigurationError, MolamError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ._exchange import Attempt
    from .errors import Phase

_NOT_SENT = (
    httpx.ConnectTimeout,
    httpx.ConnectError,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)
_FATAL = (httpx.UnsupportedProtocol, httpx.LocalProtocolError)
FAILURES = (httpx.HTTPError, httpx.StreamError, OSError)


class Wire:
    """The synchronous wire: transports by base URL, a fresh set in a forked child."""

    def __init__(
        self,
        open_transport: Callable[[str], httpx.BaseTransport],
        max_bytes: int,
        failures: tuple[type[Exception], ...] = (),
    ) -> None:
        self._open = open_transport
        self._max_bytes = max_bytes
        self._failures = FAILURES + failures
        self._pid = os.getpid()
        self._transports: dict[str, httpx.BaseTransport] = {}
        self._finalizer = weakref.finalize(self, _close_all, self._transports, self._pid)
        self.closed = False

    def send(self, base_url: str, request: httpx.Request, attempt: Attempt) -> Reply | Lost:
        """Make one attempt; whatever happens to it comes back as a value."""
        response: httpx.Response | None = None
        token = deadline_at.set(attempt.deadline_at)
        try:
            response = self._transport(base_url).handle_request(request)
            try:
                reply = self._read(response)
                reply.disbelief = attempt.disbelief(reply)
                if reply.disbelief is not None:
                    _close_now(response)
            finally:
                response.close()
        except MolamError:
            raise
        except self._failures as error:
            return lost(error, answering=response is not None)
        finally:
            deadline_at.reset(token)
        return reply

    def close(self) -> None:
        """Close every connection; closing twice is harmless."""
        self.closed = True
        self._finalizer()

    def _transport(self, base_url: str) -> httpx.BaseTransport:
        if self._pid != os.getpid():
            self._leave_parent()
        found = self._transports.get(base_url)
        if found is None:
            if self.closed:
                raise ConfigurationError("this client is closed; make a new one")
            found = self._transports.setdefault(base_url, self._open(base_url))
        return found

    def _leave_parent(self) -> None:
        """In a forked child: the parent's connections are not ours to use or to close."""
        self._finalizer.detach()
        self._parent = self._transports
        self._pid = os.getpid()
        self._transports = {}
        self._finalizer = weakref.finalize(self, _close_all, self._transports, self._pid)

    def _read(self, response: httpx.Response) -> Reply:
        if response.is_stream_consumed:
            return reply_of(response, [response.content], self._max_bytes)
        size = 0
        chunks: list[bytes] = []
        chunk: bytes
        for chunk in cast(Any, response.stream):
            chunks.append(chunk)
            size += len(chunk)
            if size > self._max_bytes:
                _close_now(response)
                break
        return reply_of(response, chunks, self._max_bytes)


def lost(error: Exception, *, answering: bool) -> Lost:
    """Return what an exception of a transport means for the attempt."""
    sent = not isinstance(error, _NOT_SENT)
    phase: Phase = "body" if answering else "headers"
    if isinstance(error, httpx.WriteError | httpx.WriteTimeout):
        phase = "write"
    elif not sent:
        phase = _connect_phase(error)
    return Lost(
        phase,
        sent=sent or answering,
        timed_out=isinstance(error, httpx.TimeoutException | TimeoutError),
        fatal=isinstance(error, _FATAL),
        cause_type=type(error).__name__,
    )


def _connect_phase(error: BaseException) -> Phase:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, socket.gaierror):
            return "dns"
        if isinstance(cause, ssl.SSLError):
            return "tls"
        cause = cause.__cause__ or cause.__context__
    return "connect"


def reply_of(response: httpx.Response, chunks: list[bytes], limit: int) -> Reply:
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers.raw}
    body = chunks[0] if len(chunks) == 1 else b"".join(chunks)
    truncated = len(body) > limit
    coding = headers.get("content-encoding", "identity").lower()
    if coding != "identity" and body and not response.is_stream_consumed:
        body, truncated = _decoded(body, coding, limit)
    return Reply(response.status_code, headers, body[:limit], truncated=truncated)


def _decoded(body: bytes, coding: str, limit: int) -> tuple[bytes, bool]:
    """Undo a coding that nobody asked for, `limit` bytes at most; (body, whether it is cut)."""
    if coding not in ("gzip", "deflate"):
        return body, True
    decoder = zlib.decompressobj(zlib.MAX_WBITS | 32)
    try:
        decoded = decoder.decompress(body, limit + 1)
    except zlib.error:
        return body, True
    return decoded, len(decoded) > limit or not decoder.eof


def _close_now(response: httpx.Response) -> None:
    """Close the connection of an answer at once; a transport without connections has none."""
    stream = cast(Any, response).extensions.get("network_stream")
    if stream is not None:
        stream.close()


def _close_all(transports: dict[str, httpx.BaseTransport], pid: int) -> None:
    if pid == os.getpid():
        while transports:
            transports.popitem()[1].close()
