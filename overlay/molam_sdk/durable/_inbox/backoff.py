"""How long a failed event waits for its next attempt."""

from __future__ import annotations

import random

from attrs import frozen

from ...errors import ConfigurationError
from .._arguments import is_number


@frozen
class Backoff:
    """Exponential backoff with full jitter (https://aws.amazon.com/builders-library/timeouts-retries-and-backoff).

    Attributes:
        base: Longest wait after the first attempt, in seconds; it doubles with each attempt.
        cap: Longest wait of all, in seconds.
        attempts: After so many attempts the event is a dead letter.
    """

    base: float
    cap: float
    attempts: int

    def __attrs_post_init__(self) -> None:
        whole = isinstance(self.attempts, int)  # pyright: ignore[reportUnnecessaryIsInstance] - users without checks
        if not (whole and is_number(self.attempts) and is_number(self.base) and is_number(self.cap)):
            raise ConfigurationError("attempts must be a whole number, backoff and backoff_cap numbers of seconds")
        if not self.base > 0 or not self.cap > 0 or self.attempts < 1:
            raise ConfigurationError("attempts must be at least 1, backoff and backoff_cap more than 0 seconds")

    def wait(self, attempt: int, chance: float | None = None) -> float:
        """Seconds after so many attempts; `chance` is between 0 and 1, drawn without it."""
        longest = min(self.cap, self.base * 2.0 ** min(attempt - 1, 64))
        return longest * (random.random() if chance is None else chance)  # noqa: S311 - no secret
