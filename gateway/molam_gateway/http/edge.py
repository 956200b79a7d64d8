"""The outermost layer: refuses foreign Host headers, answers for pages that fail."""

import logging
import re
from collections.abc import Collection
from datetime import UTC, datetime

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..domain.ids import IdGenerator
from ..domain.problems import ProblemError
from . import headers, replies

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]"})
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::[0-9]{1,5})?", re.ASCII)

logger = logging.getLogger("molam_gateway.http")


class Edge:
    """An ASGI application around another one.

    A web page that a person visits can point its own name at 127.0.0.1 (DNS rebinding) and then read what a local
    server answers; its requests still carry that name as their Host.
    """

    def __init__(self, inner: ASGIApp, ids: IdGenerator, hosts: Collection[str]) -> None:
        self._inner = inner
        self._ids = ids
        self._hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass an admissible request on."""
        if not self._admits(headers.read(scope).get("host", "")):
            problem = ProblemError("host_forbidden", "This gateway answers under its own address only.")
            await self._refuse(problem, send)
            return
        began = False

        async def watched(message: Message) -> None:
            nonlocal began
            began = True
            await send(message)

        try:
            await self._inner(scope, receive, watched)
        except Exception:
            logger.exception("%s %s failed", scope["method"], scope["path"])
            if began:
                raise
            await self._refuse(ProblemError("internal_error", "Something failed in the gateway."), send)

    def _admits(self, host: str) -> bool:
        match = _HOST.fullmatch(host.lower())
        return match is not None and match[1] in self._hosts

    async def _refuse(self, problem: ProblemError, send: Send) -> None:
        request_id = self._ids.new("req", datetime.now(UTC))
        reply = replies.of_problem(problem, request_id)
        await replies.with_headers(reply, {"Request-Id": request_id, "Cache-Control": "no-store"}).send(send)
