"""The TCP connection behind a request, for faults that no HTTP answer can express."""

import asyncio
import json
import socket
import struct
from collections.abc import Callable
from typing import Any

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
    body = json.dumps(
        {
            "type": "about:blank",
            "title": "Bad Request",
            "status": 400,
            "detail": reason,
            "error_type": "validation_error",
            "code": "malformed_http",
            "retryable": False,
        }
    ).encode()
    head = (
        "HTTP/1.1 400 Bad Request\r\ncontent-type: application/problem+json\r\ncache-control: no-store\r\n"
        f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
    )
    return head.encode() + body
