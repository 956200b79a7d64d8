"""Checks the ages and leases that options name."""

from __future__ import annotations

from datetime import timedelta
from math import isfinite
from sys import float_info

from ..errors import ConfigurationError


def checked_age(name: str, value: object) -> timedelta:
    """Return an age.

    Raises:
        ConfigurationError: It is a bare number, which says nothing of its unit, or something else.
    """
    if isinstance(value, timedelta):
        return value
    kind = type(value).__name__
    raise ConfigurationError(f"{name} must be a datetime.timedelta, such as timedelta(days=90), not {kind}")


def checked_lease(seconds: object) -> float:
    """Return a lease that can work.

    Raises:
        ConfigurationError: It is no number of seconds, or not more than 0.
    """
    if isinstance(seconds, (int, float)) and not isinstance(seconds, bool) and isfinite(seconds) and seconds > 0:
        return float(seconds)
    raise ConfigurationError(f"lease must be more than 0 seconds, as a number, not {seconds!r}")


def checked_tolerance(seconds: object) -> float:
    """Return by how much a clock may be wrong.

    Raises:
        ConfigurationError: It is no finite number of seconds, or less than 0.
    """
    if isinstance(seconds, (int, float)) and not isinstance(seconds, bool) and 0 <= seconds <= float_info.max:
        return seconds
    raise ConfigurationError("tolerance must be a finite number of seconds, at least 0")
