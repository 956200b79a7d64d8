"""The retry budget: how many retries a process may spend on one host.

A token bucket after the AWS SDKs' standard retry mode: in an outage it empties and calls fail at
once instead of multiplying the load.
"""

from __future__ import annotations

from threading import Lock

TRANSIENT_COST = 14
THROTTLED_COST = 5
SUCCESS_GAIN = 1


class Spending:
    """The tokens that all calls of a process have spent on one host and not got back."""

    __slots__ = ("lock", "tokens")

    def __init__(self) -> None:
        self.tokens = 0
        self.lock = Lock()


class RetryBudget:
    """A bucket of tokens shared by all calls of a process to one host.

    Each client has its own idea of how large the bucket is, and none can spend what another has spent: to ask for
    another capacity does not fill it again.
    """

    __slots__ = ("_spent", "capacity")

    def __init__(self, capacity: int, spent: Spending | None = None) -> None:
        self.capacity = capacity
        self._spent = Spending() if spent is None else spent

    @property
    def tokens(self) -> int:
        """Tokens left."""
        return max(0, self.capacity - self._spent.tokens)

    def take(self, cost: int) -> bool:
        """Spend `cost` tokens; False, and nothing spent, if there are fewer."""
        spent = self._spent
        with spent.lock:
            if spent.tokens + cost > self.capacity:
                return False
            spent.tokens += cost
            return True

    def give(self, tokens: int) -> None:
        """Put tokens back, never above the capacity."""
        spent = self._spent
        if not spent.tokens:
            return
        with spent.lock:
            spent.tokens = max(0, spent.tokens - tokens)
