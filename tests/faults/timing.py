"""How long calls take, measured so that a busy machine does not count as a late SDK."""

from __future__ import annotations

import time
from collections.abc import Callable

SLACK = 0.05
"""Seconds after its deadline by which a call must have ended."""


def lateness(call: Callable[[], object], deadline: float) -> float:
    """How long after its deadline a call ends: the best of three, since a busy machine may be late itself."""
    late = [elapsed(call) - deadline]
    while late[-1] > SLACK and len(late) < 3:
        late.append(elapsed(call) - deadline)
    return min(late)


def elapsed(call: Callable[[], object]) -> float:
    begun = time.monotonic()
    call()
    return time.monotonic() - begun
