"""The sandbox's clock in the hands of a test."""

from __future__ import annotations

from datetime import timedelta
from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from .._client import MolamClient


class ClockControl:
    """Puts a sandbox's clock forward; it never goes back.

    Args:
        client: A client of the sandbox.
    """

    def __init__(self, client: MolamClient) -> None:
        self._client = client

    @property
    def now(self) -> datetime:
        """The sandbox's time; what is due by then has been done."""
        return self.advance(0)

    def advance(self, by: float | timedelta) -> datetime:
        """Put the clock forward and return the new time when everything that became due is done, webhooks included.

        Args:
            by: Seconds, rounded up to whole ones, or a timedelta.

        Raises:
            ServerError: If slow receivers of webhooks keep it for longer than the client's deadline.
            MolamError: As every call does.
        """
        seconds = by.total_seconds() if isinstance(by, timedelta) else by
        return self._client.sandbox.advance_clock(seconds=ceil(seconds)).now_at
