"""When a failed delivery is tried again."""

from dataclasses import dataclass
from datetime import datetime, timedelta

DELAYS = (60.0, 300.0, 900.0, 3600.0, 21600.0)
MAX_ATTEMPTS = len(DELAYS) + 1
JITTER = 0.1


@dataclass(frozen=True, slots=True)
class Retry:
    """The next attempt starts at `at`."""

    at: datetime


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """There is no next attempt."""


def after_failure(attempts: int, failed_at: datetime, spread: float) -> Retry | DeadLetter:
    """Decide what follows the failure of attempt number `attempts` (1 is the first).

    `spread` is a random number in [0, 1): up to 10 % of the delay is added, never taken away, so that no receiver
    is called earlier than the documentation says.
    """
    if attempts >= MAX_ATTEMPTS:
        return DeadLetter()
    delay = DELAYS[attempts - 1]
    return Retry(failed_at + timedelta(seconds=delay * (1 + JITTER * spread)))
