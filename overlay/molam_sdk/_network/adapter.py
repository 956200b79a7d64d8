"""Lets any HTTP library carry the calls: one function from request to (status, body, headers)."""

from __future__ import annotations

import inspect
import json
from functools import partial
from types import CodeType
from typing import TYPE_CHECKING, Any, Protocol, cast

import httpx

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from ..config import Config

Answer = tuple[int, str | bytes, "Mapping[str, str] | None"]


class HTTPAdapter(Protocol):
    """An object that sends one HTTP request with the library of your choice.

    It must not follow redirects or retry: the SDK decides that. Any exception counts as a lost
    answer and is retried with the same idempotency key.
    """

    def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        json: Any,
        timeout: float,
    ) -> Answer | Awaitable[Answer]:
        """Send a request and return (status, body, headers), or an awaitable of it.

        An answer whose status is a number counts as received, whatever else is wrong with it: a success that cannot
        be read is not repeated but raised as UnexpectedResponseError. To MolamClient an `async def` is a
        ConfigurationError, and any other awaitable a lost answer, since its request may be on its way.

        Args:
            method: HTTP method in upper case.
            url: Absolute URL.
            headers: Every header, Authorization included, but for Host and Content-Length: the library that serialises
                the body knows them.
            json: The body to serialise, or None for a request without one.
            timeout: Seconds until the attempt is to be given up.
        """
        ...


class NotStarted(Exception):
    """The `send` of an adapter is an `async def`, of which nothing has run."""


class AsynchronousAnswer(TypeError):
    """The answer of an adapter is something to wait for, which may be under way already."""


class AdapterTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Gives an HTTPAdapter the shape of a transport."""

    def __init__(self, config: Config) -> None:
        self._adapter: HTTPAdapter = config.http_adapter

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send through an adapter that answers at once.

        Raises:
            NotStarted: If its `send` is an `async def`, whose coroutine is closed before it begins.
            AsynchronousAnswer: If it answers with another awaitable: the request may be on its way.
        """
        send = self._adapter.send
        answer = _ask(send, request)
        if inspect.iscoroutine(answer) and inspect.getcoroutinestate(answer) == inspect.CORO_CREATED:
            answer.close()
            if answer.cr_code is _code_of(send):
                raise NotStarted
        if inspect.isawaitable(answer):
            raise AsynchronousAnswer
        return _response(answer)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send through an adapter that answers at once or later."""
        answer = _ask(self._adapter.send, request)
        return _response(await answer if inspect.isawaitable(answer) else answer)


def _ask(send: Callable[..., Any], request: httpx.Request) -> Any:
    content = request.read()
    return send(
        request.method,
        str(request.url),
        {name: value for name, value in request.headers.items() if name not in _OF_THE_LIBRARY},
        json.loads(content) if content else None,
        request.extensions["timeout"]["read"],
    )


def _code_of(send: Any) -> CodeType | None:
    """Return what a call of it runs; a coroutine of other code was made by something that had run before."""
    while isinstance(send, partial):
        send = cast(Any, send).func
    code = getattr(send, "__code__", None) or getattr(type(send).__call__, "__code__", None)
    return code if isinstance(code, CodeType) else None


def _response(answer: Any) -> httpx.Response:
    parts: tuple[Any, ...] = (*answer, None, None)
    return httpx.Response(int(parts[0]), headers=_headers(parts[2]), content=_content(parts[1]))


def _content(body: Any) -> bytes:
    """Return the bytes of a body; what is none is a body that nobody can read."""
    if isinstance(body, str):
        return body.encode("utf-8", "surrogatepass")
    try:
        return bytes(memoryview(body))
    except TypeError:
        return b""


def _headers(headers: Any) -> list[tuple[bytes, bytes]]:
    """Return the headers, a mapping or pairs, as they are written on the wire; other things are no headers."""
    try:
        pairs = [(_bytes(name), _bytes(value)) for name, value in getattr(headers, "items", lambda: headers)()]
    except (TypeError, ValueError):
        return []
    return [pair for pair in pairs if pair[0].lower() not in _ABOUT_THE_BODY]


def _bytes(text: object) -> bytes:
    """Return a header's name or value in bytes; what cannot be written on the wire is of no use to anybody."""
    return text if isinstance(text, bytes) else str(text).encode("latin-1", "replace")


_OF_THE_LIBRARY = frozenset({"content-length", "host"})
_ABOUT_THE_BODY = frozenset({b"content-encoding", b"content-length", b"transfer-encoding"})
