"""HTTP parsed by httptools, with every request knowing its connection and every head bounded."""

import asyncio
from typing import Any

from uvicorn import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from . import limits
from .connection import refusal, with_connection


class Protocol(HttpToolsProtocol):
    """One connection."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, with_connection(app_state, lambda: self.transport), _loop)
        self._timer = limits.Timer(self._late)
        self._head_bytes: int | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request, not for ever."""
        super().connection_made(transport)
        self._timer.start(limits.IDLE_TIMEOUT)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._timer.stop()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse, and count what belongs to a head whose end is not in sight."""
        unfinished = self._head_bytes is not None
        super().data_received(data)
        if unfinished and self._head_bytes is not None and not self.transport.is_closing():
            self._head_bytes += len(data)
            if self._head_bytes > limits.MAX_HEAD_BYTES:
                self.send_400_response(f"The head of the request is larger than {limits.MAX_HEAD_BYTES} bytes.")

    def on_message_begin(self) -> None:
        """Begin to count and to measure."""
        super().on_message_begin()
        self._head_bytes = 0
        self._timer.start(limits.HEAD_TIMEOUT)

    def on_headers_complete(self) -> None:
        """The head is there."""
        self._head_bytes = None
        self._timer.stop()
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        """Answer bytes that are not HTTP with a problem document."""
        self.transport.write(refusal(msg))
        self.transport.close()

    def _late(self) -> None:
        self.send_400_response("The head of the request did not arrive in time.")
