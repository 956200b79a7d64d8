"""Leads handshakes of WebSockets to their channel; refuses foreign pages and unknown paths before the upgrade."""

import contextlib
import re
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qs

from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from ..domain import channels
from ..domain.channels import Channel
from ..domain.ids import IdGenerator
from ..domain.problems import ProblemError
from . import headers, origin, replies
from .connection import STATE_KEY
from .denial import denying

PREFIX = "/ws/"

_NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)
_MAX_PARAMETERS = 10


@dataclass(frozen=True, slots=True)
class Handshake:
    """A WebSocket that asks for a channel, with what it showed in its query; `abort` ends its connection at once."""

    socket: WebSocket
    channel: Channel
    headers: dict[str, str]
    address: str | None
    ticket: str | None
    after: int | None
    abort: Callable[[], None]


class WebSocketRoutes:
    """An ASGI application around another one, which gets everything but WebSockets."""

    def __init__(
        self,
        serve: Callable[[Handshake], Awaitable[None]],
        otherwise: ASGIApp,
        ids: IdGenerator,
        origins: Collection[str],
    ) -> None:
        self._serve = serve
        self._otherwise = otherwise
        self._ids = ids
        self._origins = frozenset(each.lower() for each in origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a WebSocket, or pass the request on."""
        if scope["type"] != "websocket":
            await self._otherwise(scope, receive, send)
            return
        try:
            handshake = self._read(scope, receive, send)
        except ProblemError as problem:
            request_id = self._ids.new("req", datetime.now(UTC))
            reply = replies.of_problem(problem, request_id)
            fields = {"Request-Id": request_id, "Cache-Control": "no-store"}
            await replies.with_headers(reply, fields).send(denying(send))
            return
        await self._serve(handshake)

    def _read(self, scope: Scope, receive: Receive, send: Send) -> Handshake:
        fields = headers.read(scope)
        if not self._admits(fields.get("origin"), fields.get("host", "")):
            raise ProblemError("origin_forbidden", "Pages from there may not open a WebSocket here.")
        path: str = scope["path"]
        channel = channels.parse(path.removeprefix(PREFIX)) if path.startswith(PREFIX) else None
        if channel is None:
            raise ProblemError("route_missing", f"There is no WebSocket at this path, only at {PREFIX}...")
        query = _query(scope["query_string"])
        after = query.get("after")
        if after is not None and _NUMBER.fullmatch(after) is None:
            raise ProblemError("parameter_invalid", "after: the number (seq) of the last frame.", param="after")
        return Handshake(
            socket=WebSocket(scope, receive, send),
            channel=channel,
            headers=fields,
            address=origin.address(scope),
            ticket=query.get("ticket"),
            after=None if after is None else int(after),
            abort=_abort_of(scope),
        )

    def _admits(self, page: str | None, host: str) -> bool:
        """Whether a page of this origin may: programs send none, the gateway's own pages have its host."""
        if page is None:
            return True
        scheme, separator, name = page.lower().partition("://")
        return page.lower() in self._origins or (
            bool(separator) and scheme in ("http", "https") and name == host.lower()
        )


def _query(raw: bytes) -> dict[str, str]:
    try:
        pairs = parse_qs(raw.decode("ascii"), keep_blank_values=True, max_num_fields=_MAX_PARAMETERS)
    except ValueError:
        raise ProblemError("parameter_invalid", "The query cannot be read.") from None
    if any(len(values) > 1 for values in pairs.values()):
        raise ProblemError("parameter_invalid", "A parameter is there twice.")
    return {name: values[0] for name, values in pairs.items()}


def _abort_of(scope: Scope) -> Callable[[], None]:
    connection = scope.get("state", {}).get(STATE_KEY)

    def abort() -> None:
        if connection is not None:
            with contextlib.suppress(OSError):
                connection.reset()

    return abort
