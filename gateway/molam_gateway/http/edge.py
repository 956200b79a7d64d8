"""The outermost layer: refuses foreign Host headers, knows who is behind a proxy, answers for pages that fail."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..domain.ids import IdGenerator
from ..domain.problems import ProblemError
from . import failures, headers, limits, metrics_page, origin, replies
from .denial import denying
from .peer import is_within, networks

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]"})
PROBES = frozenset({"/api/v1/health/live", "/api/v1/health/ready"})
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::[0-9]{1,5})?", re.ASCII)

_REQUEST_ID = b"request-id"
_HTTPS_ONLY = (b"strict-transport-security", b"max-age=31536000")


class Edge:
    """An ASGI application around another one.

    A web page that a person visits can point its own name at 127.0.0.1 (DNS rebinding) and then read what a local
    server answers; its requests still carry that name as their Host. Answered are the loopback's names, the further
    `hosts` and that of `public_url`, which browsers are told to ask by https only if its scheme is that one. Probes
    tell nobody anything and are answered under every name, the figures to peers in `metrics_networks` too.
    """

    def __init__(
        self,
        inner: ASGIApp,
        ids: IdGenerator,
        public_url: str | None = None,
        trusted_proxies: Sequence[str] = (),
        *,
        hosts: Sequence[str] = (),
        metrics_networks: Sequence[str] = (),
    ) -> None:
        self._inner = inner
        self._ids = ids
        parts = None if public_url is None else urlsplit(public_url)
        self._public = "" if parts is None else _without_port(parts.netloc.rpartition("@")[2])
        self._secure = parts is not None and parts.scheme == "https"
        self._hosts = LOOPBACK_HOSTS | {self._public, *(each.lower() for each in hosts)}
        self._trusted = networks(trusted_proxies)
        self._inside = networks(metrics_networks)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass an admissible request on."""
        refused = denying(send) if scope["type"] == "websocket" else send
        if _too_much(scope["headers"]):
            problem = ProblemError("malformed_http", "The request has too many headers, or too long ones.")
            await _refuse(problem, self._new_id(), refused, {"Connection": "close"})
            return
        fields = headers.read(scope)
        host = fields.get("host", "")
        if not (self._admits(host) or self._is_watching(scope)):
            problem = ProblemError("host_forbidden", "This gateway answers under its own address only.")
            await _refuse(problem, self._new_id(), refused)
            return
        began = False
        request_id = self._new_id()
        secure = self._secure and _without_port(host) == self._public

        async def watched(message: Message) -> None:
            nonlocal began
            began = True
            if message["type"].endswith("http.response.start"):
                more = [(_REQUEST_ID, request_id.encode())] if _names_no_request(message) else []
                more += [_HTTPS_ONLY] if secure else []
                message = {**message, "headers": [*message["headers"], *more]} if more else message
            await send(message)

        try:
            await self._inner(origin.resolved(scope, fields, self._trusted), receive, watched)
        except Exception as error:
            if began:
                raise
            await _refuse(failures.as_problem(error, request_id), request_id, refused)

    def _admits(self, host: str) -> bool:
        match = _HOST.fullmatch(host.lower())
        return match is not None and match[1] in self._hosts

    def _is_watching(self, scope: Scope) -> bool:
        if scope["type"] != "http":
            return False
        path = scope["path"]
        return path in PROBES or (path == metrics_page.PATH and is_within(origin.address(scope), self._inside))

    def _new_id(self) -> str:
        return self._ids.new("req", datetime.now(UTC))


def _without_port(host: str) -> str:
    name, separator, port = host.rpartition(":")
    return (name if separator and port.isdecimal() else host).lower()


def _too_much(fields: Sequence[tuple[bytes, bytes]]) -> bool:
    size = sum(len(name) + len(value) for name, value in fields)
    return len(fields) > limits.MAX_HEADERS or size > limits.MAX_HEAD_BYTES


def _names_no_request(message: Message) -> bool:
    return all(name != _REQUEST_ID for name, _ in message["headers"])


async def _refuse(
    problem: ProblemError, request_id: str, send: Send, more: Mapping[str, str] = MappingProxyType({})
) -> None:
    reply = replies.of_problem(problem, request_id)
    await replies.with_headers(reply, {"Request-Id": request_id, "Cache-Control": "no-store", **more}).send(send)
