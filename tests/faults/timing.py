"""How long calls take, measured so that a busy machine does not count as a late SDK."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

SLACK = 0.05
"""Seconds after its deadline by which a call must have ended."""

_SCHEDULED = Path("/proc/thread-self/schedstat")


def lateness(call: Callable[[], object], deadline: float) -> float:
    """How long after its deadline a call ends: the best of five, since a busy machine may be late itself.

    Where the system tells for how long this thread was ready to run and did not get a processor, that is taken off.
    """
    return least(lambda: elapsed(call) - deadline)


def least(measure: Callable[[], float]) -> float:
    """The least of up to five measurements of lateness; one within the slack is enough."""
    found = float("inf")
    for _ in range(5):
        before = _waited_for_a_processor()
        late = measure()
        noise = _waited_for_a_processor() - before
        found = min(found, max(0.0, late - noise) if late > 0 else late)
        if found <= SLACK:
            break
    return found


def elapsed(call: Callable[[], object]) -> float:
    begun = time.monotonic()
    call()
    return time.monotonic() - begun


def _waited_for_a_processor() -> float:
    """Seconds, by the second number of `schedstat` (proc(5)); 0 where there is none."""
    try:
        return int(_SCHEDULED.read_text("ascii").split()[1]) / 1e9
    except OSError:
        return 0.0
