"""Checks the types of arguments before anything is done with them."""

from __future__ import annotations

import inspect
from math import isfinite
from typing import Any

from ..errors import ConfigurationError, ValidationError

_MOST = 2**63 - 1
"""What a LIMIT can be in each of the databases."""


def checked_text(name: str, value: object) -> str:
    """Return a string.

    Raises:
        ValidationError: It is something else, such as an id that is a number.
    """
    if isinstance(value, str):
        return value
    hint = f": pass str({name})" if isinstance(value, int) and not isinstance(value, bool) else ""
    raise ValidationError(f"{name} must be a string, not {type(value).__name__}{hint}", param=name)


def checked_limit(value: object) -> int:
    """Return how many there may be.

    Raises:
        ValidationError: It is no whole number, less than 1, or more than a database can count.
    """
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= _MOST:
        return value
    shown = "a number of that size" if isinstance(value, int) and abs(value) > _MOST else repr(value)
    raise ValidationError(f"limit must be a whole number, at least 1, not {shown}", param="limit")


def checked_flag(name: str, value: object) -> bool:
    """Return an option that is on or off.

    Raises:
        ConfigurationError: It is neither.
    """
    if isinstance(value, bool):
        return value
    raise ConfigurationError(f"{name} must be True or False, not {type(value).__name__}")


def is_number(value: object) -> bool:
    """Whether it is a finite number."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and isfinite(value)


def is_coroutine_function(function: object) -> bool:
    """Whether a function is one, or an object that is called like one, or wraps one."""
    found: Any = inspect.unwrap(function) if callable(function) else function
    return inspect.iscoroutinefunction(found) or inspect.iscoroutinefunction(getattr(found, "__call__", None))  # noqa: B004 - which kind


def check_work(work: object, *, coroutines: bool) -> None:
    """Refuse what cannot be run on the connection of a store.

    A lambda may call a coroutine function without being one: what it returns is looked at when it is run.

    Raises:
        ValidationError: It is no function, or one of the other kind.
    """
    if not callable(work):
        raise ValidationError(f"work must be a function of a connection, not {type(work).__name__}", param="work")
    if getattr(work, "__name__", "") != "<lambda>" and is_coroutine_function(work) is not coroutines:
        raise wrong_kind(coroutines=coroutines)


def wrong_kind(*, coroutines: bool) -> ValidationError:
    """The error for the work of a store that is of the other kind."""
    return ValidationError(f"work is {not_wanted('IdempotencyStore', coroutines=coroutines)}", param="work")


def not_wanted(user: str, *, coroutines: bool) -> str:
    """What is wrong with a function of the other kind; `user` is the synchronous class that would call it."""
    wanted = f"Async{user} needs `async def`" if coroutines else f"{user} needs `def`; see Async{user}"
    return f"of the wrong kind: {wanted}"
