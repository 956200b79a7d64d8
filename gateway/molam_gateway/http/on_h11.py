"""HTTP parsed by h11, with every request knowing its connection."""

import asyncio
from typing import Any

from uvicorn import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

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

    def send_400_response(self, msg: str) -> None:
        """Answer bytes that are not HTTP with a problem document."""
        self.transport.write(refusal(msg))
        self.transport.close()
