"""When a failed delivery is tried again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

DELAYS = (60, 300, 900, 3600, 21600)
MAX_ATTEMPTS = len(DELAYS) + 1
JITTER = 0.1


@dataclass(frozen=True, slots=True)
class Retry:
    """The next attempt starts at `at`."""

    at: datetime


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """There is no next attempt."""


def after_failure(
    attempts: int,
    failed_at: datetime,
    spread: float,
    *,
    delays: Sequence[float] = DELAYS,
    asked_for: float | None = None,
) -> Retry | DeadLetter:
    """Decide what follows the failure of attempt number `attempts` of this schedule (1 is the first).

    `delays` are the seconds after each failure, `asked_for` those that the receiver asked for, which count if they
    are more. `spread` is a random number in [0, 1): up to 10 % of the delay is added, never taken away, so that no
    receiver is called earlier than the documentation says.
    """
    if attempts > len(delays):
        return DeadLetter()
    delay = max(delays[attempts - 1], asked_for or 0.0)
    return Retry(failed_at + timedelta(seconds=delay * (1 + JITTER * spread)))
