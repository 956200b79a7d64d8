"""The rules of one call: how long, how often, and where it may go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:
    from .._shared.breaker import Breaker
    from .._shared.budget import RetryBudget
    from .._shared.keys_in_doubt import KeysInDoubt
    from .._shared.preference import Preference


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
    """The regions a call may use, in order, with the state that this process has of each.

    Attributes:
        budget: What retries are paid from.
        breakers: The circuit breaker of each.
        regions: The base URL of each, where `in_doubt` is given.
        preference: Which of them works, where there are several.
        in_doubt: Where calls were sent that were done or of which nobody knows the outcome.
        scope: What tells the idempotency keys of this account and mode from the equal ones of another.
    """

    budget: RetryBudget
    breakers: tuple[Breaker | None, ...]
    regions: tuple[str, ...] = ()
    preference: Preference | None = None
    in_doubt: KeysInDoubt | None = None
    scope: bytes = b""

    def __len__(self) -> int:
        return len(self.breakers)
