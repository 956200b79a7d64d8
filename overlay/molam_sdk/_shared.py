"""What all clients of one process share per host: retry budgets and circuit breakers.

A forked child starts with fresh ones: a lock held by another thread at the fork would never be
released in it.
"""

from __future__ import annotations

import os

from ._breaker import Breaker
from ._budget import RetryBudget, Spending

_spent: dict[str, Spending] = {}
_breakers: dict[tuple[str, bool], Breaker] = {}


def budget(host: str, capacity: int) -> RetryBudget:
    """Return this process's retry budget for `host`, as a client sees it whose bucket has that capacity."""
    spent = _spent.get(host)
    if spent is None:
        spent = _spent.setdefault(host, Spending())
    return RetryBudget(capacity, spent)


def breaker(host: str, *, mutating: bool) -> Breaker:
    """Return this process's breaker for `host` (a region) and an operation class."""
    found = _breakers.get((host, mutating))
    if found is None:
        found = _breakers.setdefault((host, mutating), Breaker())
    return found


def reset() -> None:
    """Forget every budget and breaker, as at the start of the process."""
    _spent.clear()
    _breakers.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=reset)
