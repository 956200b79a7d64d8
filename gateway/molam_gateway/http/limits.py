"""What one client may ask of a connection, and how long it may take."""

import asyncio
from collections.abc import Callable

MAX_HEAD_BYTES = 65_536
MAX_HEADERS = 100
HEAD_TIMEOUT = 10.0
"""Seconds from the first byte of a request to the end of its headers."""
IDLE_TIMEOUT = 75.0
"""Seconds a new connection may wait before its first request."""
BODY_TIMEOUT = 30.0
LINGER_TIMEOUT = 1.0
LINGER_BYTES = 16_000_000
"""What is still read of a body that was refused: closing earlier resets the connection, and the answer is lost."""


class Timer:
    """Runs out unless it is stopped in time."""

    def __init__(self, expired: Callable[[], None]) -> None:
        self._expired = expired
        self._handle: asyncio.TimerHandle | None = None

    def start(self, seconds: float) -> None:
        """Begin anew."""
        self.stop()
        self._handle = asyncio.get_running_loop().call_later(seconds, self._expired)

    def stop(self) -> None:
        """Do not run out."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
