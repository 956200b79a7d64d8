"""A feed's connection as the asynchronous client waits for it; `connection` has the same names for the other one."""

from __future__ import annotations

import asyncio
import ssl
from typing import TYPE_CHECKING, Any

from .. import errors
from .progress import Lost
from .target import needs_extra

if TYPE_CHECKING:
    from collections.abc import Mapping

    from websockets.asyncio.client import ClientConnection

sleep = asyncio.sleep


async def dial(url: str, options: Mapping[str, Any]) -> AsyncConnection:
    """Connect.

    Raises:
        ConfigurationError: If the extra is not installed.
        Lost: If there is no connection.
    """
    try:
        from websockets.asyncio.client import connect
        from websockets.exceptions import InvalidStatus, WebSocketException
    except ImportError as error:
        raise needs_extra(error) from None

    class Connect(connect):
        def process_redirect(self, exc: Exception) -> Exception:
            """Follow none: the key is for one host."""
            return exc

    try:
        return AsyncConnection(await Connect(url, **options))
    except InvalidStatus as refused:
        answer = refused.response
        headers = {name.lower(): value for name, value in answer.headers.raw_items()}
        lost = Lost(status=answer.status_code, headers=headers, body=bytes(answer.body or b""))
    except (WebSocketException, OSError, ssl.SSLError, TimeoutError, EOFError) as error:
        lost = Lost(cause_type=type(error).__name__)
    raise lost


class AsyncConnection:
    """A connection that is up."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    async def receive(self, seconds: float | None) -> str | bytes:
        """Return the next frame.

        Raises:
            TimeoutError: If none comes within so many seconds; the connection is still up.
            Lost: If the connection has ended.
        """
        from websockets.exceptions import ConnectionClosed

        try:
            async with asyncio.timeout(seconds):
                return await self._socket.recv()
        except ConnectionClosed as closed:
            received = closed.rcvd
            lost = Lost(received.code, received.reason) if received is not None else Lost(cause_type="ConnectionClosed")
        except TimeoutError:
            raise errors.TimeoutError(f"nothing happened within {seconds} s", outcome="unknown") from None
        raise lost

    async def close(self) -> None:
        """End the connection."""
        await self._socket.close()
