"""The retry budget: how many retries a process may spend on one host.

A token bucket after the AWS SDKs' standard retry mode: in an outage it empties and calls fail at
once instead of multiplying the load.
"""

from __future__ import annotations

from threading import Lock

TRANSIENT_COST = 14
THROTTLED_COST = 5
SUCCESS_GAIN = 1


class RetryBudget:
    """A bucket of tokens shared by all calls of a process to one host."""

    __slots__ = ("_lock", "_tokens", "capacity")

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self._tokens = capacity
        self._lock = Lock()

    @property
    def tokens(self) -> int:
        """Tokens left."""
        return self._tokens

    def take(self, cost: int) -> bool:
        """Spend `cost` tokens; False, and nothing spent, if there are fewer."""
        with self._lock:
            if self._tokens < cost:
                return False
            self._tokens -= cost
            return True

    def give(self, tokens: int) -> None:
        """Put tokens back, never above the capacity."""
        if self._tokens >= self.capacity:
            return
        with self._lock:
            self._tokens = min(self.capacity, self._tokens + tokens)
