"""How long an idle worker waits."""

from __future__ import annotations

import random

_LONGEST = 30.0


def idle(poll: float) -> float:
    """Seconds until the next look, spread so that workers that started together do not stay together."""
    return poll * (0.5 + random.random())  # noqa: S311 - no secret


def broken(failures: int) -> float:
    """Seconds until the next attempt at a database that could not be used so often in a row."""
    return min(_LONGEST, 2.0 ** min(failures, 16) / 4) * (0.5 + random.random() / 2)  # noqa: S311 - no secret
