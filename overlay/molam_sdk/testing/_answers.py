"""What a stand-in answers: a success, a refusal, or nothing because the network failed."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Literal, NamedTuple, get_args

import httpx

from ._errors import StandInError

Failure = Literal[
    "dns", "connect", "connect_timeout", "tls", "write", "lost", "read_timeout", "torn", "not_http", "pool_timeout"
]
"""What the network does: `dns`, `connect`, `connect_timeout`, `tls` and `pool_timeout` send nothing; after the others
nobody knows."""


class Answer(NamedTuple):
    """One answer of the API."""

    status: int
    body: bytes
    headers: Mapping[str, str]

    def __repr__(self) -> str:
        return f"<Answer {self.status}>"


class NoAnswer(NamedTuple):
    """One failure of the network."""

    kind: Failure


def answered(body: object = None, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """Return an answer.

    Args:
        body: What JSON can say, or bytes as they are; None is no body.
        status: The HTTP status.
        headers: Further headers; `Content-Type` is `application/json` unless they say otherwise.
    """
    content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    return Answer(status, content, {"Content-Type": "application/json", **(headers or {})})


def refused(status: int, code: str, *, headers: Mapping[str, str] | None = None, **members: object) -> Answer:
    """Return a refusal as the API writes it, a problem document (RFC 9457).

    Args:
        status: The HTTP status, from 400.
        code: The API's code, such as `card_declined`.
        headers: Further headers, such as `Retry-After`.
        members: Further members of the document, such as `decline_code`; `error_type` follows from the status.
    """
    if not 400 <= status <= 599:
        raise StandInError(f"refused() takes a status from 400 to 599, not {status}; see answered()")
    problem = {
        "type": f"https://docs.molam.com/errors/{code}",
        "title": code.replace("_", " "),
        "status": status,
        "code": code,
        "error_type": _TYPES.get(status, "api_error" if status >= 500 else "validation_error"),
        "request_id": "req_0R3kZNqVw3uN5fA7nT1rCt",
        **members,
    }
    return answered(problem, status=status, headers={"Content-Type": "application/problem+json", **(headers or {})})


def failing(kind: Failure) -> NoAnswer:
    """Return a failure of the network.

    Args:
        kind: dns, connect, connect_timeout, tls or pool_timeout (nothing was sent); write, lost (the connection ends
            before the answer), read_timeout, torn (it ends within the answer) or not_http (nobody knows what was done).
    """
    if kind not in get_args(Failure):
        raise StandInError(f"the network does not fail as {kind!r}: choose one of {', '.join(get_args(Failure))}")
    return NoAnswer(kind)


def response_to(request: httpx.Request, given: Answer | NoAnswer) -> httpx.Response:
    """Return an answer as httpx has it, with the id of the attempt that it is for, or raise what httpx would."""
    if isinstance(given, NoAnswer):
        if given.kind == "torn":
            return httpx.Response(200, headers={"Content-Type": "application/json"}, stream=_Torn())
        raise _RAISED[given.kind](request)
    headers = {name.lower(): value for name, value in given.headers.items()}
    attempt = request.headers.get("molam-attempt-id")
    if attempt is not None:
        headers.setdefault("molam-attempt-id", attempt)
    return httpx.Response(given.status, headers=headers, content=given.body)


class _Torn(httpx.SyncByteStream, httpx.AsyncByteStream):
    def __iter__(self) -> Iterator[bytes]:
        yield b'{"id": "'
        raise httpx.ReadError("the connection ended within the answer")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b'{"id": "'
        raise httpx.ReadError("the connection ended within the answer")


def _connect_error(cause: Exception) -> Callable[[httpx.Request], Exception]:
    def made(request: httpx.Request) -> Exception:
        error = httpx.ConnectError("the connection could not be made", request=request)
        error.__cause__ = cause
        return error

    return made


def _of_name(request: httpx.Request) -> Exception:
    import socket

    return _connect_error(socket.gaierror(-2, "Name or service not known"))(request)


def _of_tls(request: httpx.Request) -> Exception:
    import ssl

    return _connect_error(ssl.SSLError(1, "certificate verify failed"))(request)


_RAISED: dict[str, Callable[[httpx.Request], Exception]] = {
    "dns": _of_name,
    "connect": _connect_error(ConnectionRefusedError(111, "Connection refused")),
    "connect_timeout": lambda request: httpx.ConnectTimeout("no address answered in time", request=request),
    "tls": _of_tls,
    "write": lambda request: httpx.WriteError("the connection broke while the request was sent", request=request),
    "lost": lambda request: httpx.ReadError("the connection ended without an answer", request=request),
    "read_timeout": lambda request: httpx.ReadTimeout("no answer came in time", request=request),
    "not_http": lambda request: httpx.RemoteProtocolError("the answer is no HTTP", request=request),
    "pool_timeout": lambda request: httpx.PoolTimeout("no connection became free", request=request),
}
_TYPES = {
    401: "authentication_error",
    402: "payment_error",
    403: "permission_error",
    404: "not_found_error",
    409: "conflict_error",
    422: "idempotency_error",
    429: "rate_limit_error",
}
