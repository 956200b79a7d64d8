"""The TCP connection behind a request, for faults that no HTTP answer can express."""

import asyncio
import socket
import struct
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from ..domain.ids import IdGenerator
from ..domain.problems import MEDIA_TYPE, ProblemError
from . import replies

STATE_KEY = "molam.connection"
"""Where a request's ASGI scope has its connection, in `state`."""

_ABORTIVE_CLOSE = struct.pack("ii", 1, 0)


class Connection:
    """A connection that can be closed or reset without an answer."""

    def __init__(self, transport: Callable[[], asyncio.Transport]) -> None:
        self._transport = transport

    def close(self) -> None:
        """Close once what was written is out."""
        self._transport().close()

    def reset(self) -> None:
        """Send RST instead of FIN (SO_LINGER with a timeout of zero)."""
        transport = self._transport()
        peer: socket.socket | None = transport.get_extra_info("socket")
        if peer is not None:
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ABORTIVE_CLOSE)
        transport.abort()


def with_connection(state: dict[str, Any], transport: Callable[[], asyncio.Transport]) -> dict[str, Any]:
    """The state of an ASGI scope with the connection in it."""
    return {**state, STATE_KEY: Connection(transport)}


def refusal(reason: str) -> bytes:
    """What is answered to bytes that are not HTTP."""
    request_id = IdGenerator().new("req", datetime.now(UTC))
    body = replies.of_problem(ProblemError("malformed_http", reason), request_id).body
    head = (
        f"HTTP/1.1 400 Bad Request\r\ncontent-type: {MEDIA_TYPE}\r\ncache-control: no-store\r\n"
        f"request-id: {request_id}\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
    )
    return head.encode() + body
