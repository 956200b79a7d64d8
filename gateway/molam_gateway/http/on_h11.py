"""HTTP parsed by h11, which bounds a head's size, with every request knowing its connection."""

import asyncio
from typing import Any, cast

from uvicorn import Config
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle
from uvicorn.server import ServerState

from . import limits
from .connection import refusal, with_connection


class Protocol(H11Protocol):
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
        self._in_head = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request, not for ever."""
        super().connection_made(transport)
        self._timer.start(limits.IDLE_TIMEOUT)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._timer.stop()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse, and measure how long a head takes."""
        super().data_received(data)
        began = self._in_head
        self._in_head = self._between_requests() and bool(self.conn.trailing_data[0])
        if not self._in_head:
            self._timer.stop()
        elif not began:
            self._timer.start(limits.HEAD_TIMEOUT)

    def send_400_response(self, msg: str) -> None:
        """Answer bytes that are not HTTP with a problem document."""
        self.transport.write(refusal(msg))
        self.transport.close()

    def _between_requests(self) -> bool:
        cycle = cast(RequestResponseCycle | None, self.cycle)
        return cycle is None or cycle.response_complete

    def _late(self) -> None:
        self.send_400_response("The head of the request did not arrive in time.")
