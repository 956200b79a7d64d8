"""WebSockets by the library `websockets`: nothing secret in logs, and a peer that is dead is gone at once."""

import asyncio
import logging
from typing import Any

from uvicorn import Config
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState

MAX_BYTES = 65_536
PING_INTERVAL = 20.0
PONG_TIMEOUT = 25.0

logger = logging.getLogger("molam_gateway.websockets")
logger.setLevel(logging.WARNING)


class Protocol(WebSocketsSansIOProtocol):
    """One connection after its upgrade."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.logger = logger  # a path with its ticket is logged below WARNING
        self.conn.logger = logger
        self.conn.debug = False  # which would log the credentials in headers

    def keepalive_timeout(self) -> None:
        """End the connection of a peer that does not answer, without waiting until it takes what was written."""
        super().keepalive_timeout()
        self.transport.abort()
