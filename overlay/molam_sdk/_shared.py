"""What all clients of one process share per host: retry budgets and circuit breakers.

A forked child starts with fresh ones: a lock held by another thread at the fork would never be
released in it.
"""

from __future__ import annotations

import os

from ._breaker import Breaker
from ._budget import RetryBudget

_budgets: dict[tuple[str, int], RetryBudget] = {}
_breakers: dict[tuple[str, bool], Breaker] = {}


def budget(host: str, capacity: int) -> RetryBudget:
    """Return this process's retry budget for `host`."""
    found = _budgets.get((host, capacity))
    if found is None:
        found = _budgets.setdefault((host, capacity), RetryBudget(capacity))
    return found


def breaker(host: str, *, mutating: bool) -> Breaker:
    """Return this process's breaker for `host` (a region) and an operation class."""
    found = _breakers.get((host, mutating))
    if found is None:
        found = _breakers.setdefault((host, mutating), Breaker())
    return found


def reset() -> None:
    """Forget every budget and breaker, as at the start of the process."""
    _budgets.clear()
    _breakers.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=reset)
