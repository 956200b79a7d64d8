"""What all clients of one process share: per host retry budgets and circuit breakers, for several the one that works.

A forked child starts with fresh ones: a lock held by another thread at the fork would never be
released in it. It keeps which keys are in doubt, in a memory of its own from there on.
"""

from __future__ import annotations

import os

from .breaker import Breaker
from .budget import RetryBudget, Spending
from .keys_in_doubt import KeysInDoubt
from .preference import Preference

_spent: dict[str, Spending] = {}
_breakers: dict[tuple[str, bool], Breaker] = {}
_preferences: dict[tuple[str, ...], Preference] = {}
_in_doubt = KeysInDoubt()
_eras = [object()]


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
        found = _breakers.setdefault((host, mutating), Breaker(host, mutating=mutating))
    return found


def preference(hosts: tuple[str, ...]) -> Preference:
    """Return which of these hosts (the regions in the order of the options) works for this process."""
    found = _preferences.get(hosts)
    if found is None:
        found = _preferences.setdefault(hosts, Preference())
    return found


def in_doubt() -> KeysInDoubt:
    """Return where the calls of this process were sent whose outcome is unknown."""
    return _in_doubt


def era() -> object:
    """Return what stands for the time since the last reset: what was found before it is no longer shared."""
    return _eras[0]


def reset() -> None:
    """Forget everything, as at the start of the process."""
    _begin_anew()
    _in_doubt.renew()


def _forked() -> None:
    _begin_anew()
    _in_doubt.inherit()


def _begin_anew() -> None:
    _eras[0] = object()
    _spent.clear()
    _breakers.clear()
    _preferences.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
