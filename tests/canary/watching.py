"""Puts watchers around methods of the SDK."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any


def before(owner: Any, name: str, seen: Callable[..., object]) -> None:
    """Have a function called with the arguments of a method, before the method."""
    real = getattr(owner, name)

    @wraps(real)
    def watched(*args: Any, **kwargs: Any) -> Any:
        seen(*args, **kwargs)
        try:
            return real(*args, **kwargs)
        finally:  # for the tests that look at tracebacks themselves
            del args, kwargs

    setattr(owner, name, watched)
