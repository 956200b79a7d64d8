"""The rules of one call: how long, how often, and where it may go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:
    from ._breaker import Breaker
    from ._budget import RetryBudget


@frozen
class Policy:
    """What the configuration says about one call.

    Attributes:
        deadline: Seconds for the whole call, attempts and waiting together.
        connect_timeout: Seconds to connect, per attempt.
        read_timeout: Seconds between two reads or writes, per attempt.
        max_retries: Attempts after the first.
        backoff_factor: Base of the exponential backoff, seconds.
        require_attempt_id: Whether an answer without the echo of its attempt id is disbelieved.
        write_failover: Whether a mutating call may move to another region while nothing was sent.
    """

    deadline: float
    connect_timeout: float
    read_timeout: float
    max_retries: int
    backoff_factor: float
    require_attempt_id: bool
    write_failover: bool


@frozen
class Route:
    """The regions a call may use, in order, with the state that this process has of each."""

    budget: RetryBudget
    breakers: tuple[Breaker | None, ...]

    def __len__(self) -> int:
        return len(self.breakers)
