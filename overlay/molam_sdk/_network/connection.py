"""One connection that is kept: sends a request, reads the answer, and knows whether it may do so again."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from .faults import ReadError, WriteError, WriteTimeout
from .http11 import Conversation

if TYPE_CHECKING:
    from .channel import Channel


class Connection:
    """A channel and what is said on it.

    Attributes:
        said: The request under way and the answer to it.
        idle_since: Monotonic time at which it was last given back.
    """

    __slots__ = ("_channel", "_finished", "idle_since", "said")

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._finished = False
        self.said = Conversation()
        self.idle_since = 0.0

    @property
    def channel(self) -> Channel:
        """The channel itself, for what is to be put on top of it."""
        return self._channel

    def exchange(
        self, method: str, data: bytes, timeouts: dict[str, float], ends_at: float, limit: int
    ) -> Conversation:
        """Send a request and read its answer.

        Args:
            method: Its method.
            data: Its bytes, body included.
            timeouts: Seconds for each `write` and `read`.
            ends_at: Monotonic time at which all of it ends.
            limit: Largest body to read, in bytes.

        Raises:
            WireError: If no answer comes; `said.begun` and `said.status` tell how far it came.
        """
        said = self.said
        channel = self._channel
        said.ask(method, limit, ends_at)
        if time.monotonic() >= ends_at:
            raise WriteTimeout("the deadline of the call has passed")
        said.begun = True
        try:
            self._finished = channel.write(data, timeouts["write"], ends_at, self._hear)
        except WriteError:  # an answer may have come before
            self._finished = False
            channel.was_torn = True
        seconds = timeouts["read"]
        while not (said.is_complete or said.is_cut or (said.status and method == "CONNECT")):
            try:
                heard = channel.read(seconds, ends_at)
            except OSError as error:  # of a wait, as where the system is out of memory
                raise ReadError(str(error)) from error
            if channel.was_torn and said.ends_with_the_connection:
                raise ReadError("the connection broke in the middle of the answer")
            said.receive(heard)
        return said

    def is_reusable(self) -> bool:
        """Whether another request may follow the answer that was read."""
        return self._finished and self.said.is_reusable

    def is_fresh(self, now: float, expiry: float) -> bool:
        """Whether it may be used after it has idled: it is open, and nobody has said anything meanwhile."""
        return now - self.idle_since < expiry and self._channel.is_quiet()

    def close(self) -> None:
        """Close at once."""
        self._channel.close()

    def _hear(self, data: bytes) -> bool:
        return self.said.receive(data) or self.said.status != 0
