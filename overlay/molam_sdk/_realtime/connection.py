"""A feed's connection as the synchronous client waits for it."""

from __future__ import annotations

import ssl
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, cast

from .. import errors
from .progress import Lost
from .target import needs_extra

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

    from websockets.sync.client import ClientConnection

sleep = time.sleep


def dial(url: str, options: Mapping[str, Any]) -> Connection:
    """Connect.

    Raises:
        ConfigurationError: If the extra is not installed.
        Lost: If there is no connection.
    """
    try:
        from websockets.exceptions import InvalidStatus, WebSocketException
        from websockets.sync.client import connect
    except ImportError as error:
        raise needs_extra(error) from None
    try:
        stack = ExitStack()
        opening = cast("AbstractContextManager[ClientConnection]", connect(url, **options))
        socket = stack.enter_context(opening)
        return Connection(socket, stack.close)
    except InvalidStatus as refused:
        answer = refused.response
        headers = {name.lower(): value for name, value in answer.headers.raw_items()}
        lost = Lost(status=answer.status_code, headers=headers, body=bytes(answer.body or b""))
    except (WebSocketException, OSError, ssl.SSLError, TimeoutError, EOFError) as error:
        lost = Lost(cause_type=type(error).__name__)
    raise lost


class Connection:
    """A connection that is up."""

    def __init__(self, socket: ClientConnection, close: Callable[[], None]) -> None:
        self._socket = socket
        self._close = close

    def receive(self, seconds: float | None) -> str | bytes:
        """Return the next frame.

        Raises:
            TimeoutError: If none comes within so many seconds; the connection is still up.
            Lost: If the connection has ended.
        """
        from websockets.exceptions import ConnectionClosed

        try:
            return self._socket.recv(seconds)
        except ConnectionClosed as closed:
            received = closed.rcvd
            lost = Lost(received.code, received.reason) if received is not None else Lost(cause_type="ConnectionClosed")
        except TimeoutError:
            raise errors.TimeoutError(f"nothing happened within {seconds} s", outcome="unknown") from None
        raise lost

    def close(self) -> None:
        """End the connection."""
        self._close()
