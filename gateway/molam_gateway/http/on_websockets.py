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
GOING_AWAY = 1001

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

    def shutdown(self) -> None:
        """Tell the client that the server goes away (RFC 6455, 7.4.1): it comes back to another process."""
        if self.handshake_complete and not self.close_sent:
            self.stop_keepalive()
            self.queue.put_nowait({"type": "websocket.disconnect", "code": GOING_AWAY})
            self.conn.send_close(GOING_AWAY)
            self.transport.write(b"".join(self.conn.data_to_send()))
            self.transport.close()
        else:
            super().shutdown()

    def keepalive_timeout(self) -> None:
        """End the connection of a peer that does not answer, without waiting until it takes what was written."""
        super().keepalive_timeout()
        self.transport.abort()
