"""Which of the user's functions run for which type of event."""

from __future__ import annotations

import inspect
import re
import warnings
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Generic, TypeVar, get_args

from attrs import frozen

from molam_api.event_types import EVENT_OBJECTS

from ...errors import ConfigurationError
from .._arguments import is_coroutine_function
from .order import Order

if TYPE_CHECKING:
    from collections.abc import Callable

H = TypeVar("H")

_PATTERN = re.compile(r"\*|[!-)+-~]{1,253}(\.\*)?").fullmatch


@frozen
class Handler(Generic[H]):
    """A function with the types that it is for, and what it wants of late events.

    Its name tells it from the others in the database: that of the function, with a number if it was given before.
    """

    name: str
    patterns: tuple[str, ...]
    order: Order
    run: H

    def takes(self, event_type: str) -> bool:
        return any(_matches(pattern, event_type) for pattern in self.patterns)

    def names(self, event_type: str) -> bool:
        """Whether it is for this very type, and not for all of an object."""
        return event_type in self.patterns


class Handlers(Generic[H]):
    """The functions of an inbox, in the order in which they were given."""

    def __init__(self, *, coroutines: bool) -> None:
        self._coroutines = coroutines
        self._given: tuple[Handler[H], ...] = ()

    def check(self, patterns: tuple[object, ...], order: object) -> None:
        """Check what a function is about to be added for, and warn of types that this version does not know.

        Raises:
            ConfigurationError: For a pattern that can be no type, or an unknown order.
        """
        if not patterns or not all(isinstance(pattern, str) and _PATTERN(pattern) for pattern in patterns):
            bare = ", in parentheses after @inbox.on" if any(map(callable, patterns)) else ""
            raise ConfigurationError(f"name the types of events{bare}: 'refund.failed', 'payment_intent.*' or '*'")
        if order not in get_args(Order):
            raise ConfigurationError(f"order must be one of {', '.join(get_args(Order))}, not {order!r}")
        for pattern in patterns:
            warn_if_unknown(str(pattern))

    def add(self, patterns: tuple[str, ...], order: Order, run: H) -> None:
        """Add a function for what was checked.

        Raises:
            ConfigurationError: For a function that cannot be called with an event and a connection.
        """
        if not callable(run) or is_coroutine_function(run) is not self._coroutines:
            wanted = "AsyncInbox needs `async def`" if self._coroutines else "Inbox needs `def`; see AsyncInbox"
            raise ConfigurationError(f"the handler of {', '.join(patterns)} is of the wrong kind: {wanted}")
        if not takes_two(run):
            raise ConfigurationError(f"the handler of {', '.join(patterns)} must take an event and a connection")
        name = _name(run)
        before = sum(given.name.partition("#")[0] == name for given in self._given)
        self._given = (*self._given, Handler(f"{name}#{before}" if before else name, patterns, order, run))

    def of(self, event_type: str) -> list[Handler[H]]:
        """The functions for a type, each once."""
        found: dict[int, Handler[H]] = {}
        for handler in self._given:
            if handler.takes(event_type):
                found.setdefault(id(handler.run), handler)
        return list(found.values())


def _name(run: object) -> str:
    named: Any = run if hasattr(run, "__qualname__") else type(run)
    return f"{named.__module__}.{named.__qualname__}"


def takes_two(run: Callable[..., object]) -> bool:
    """Whether a function can be called with two arguments; of one written in C nobody knows."""
    try:
        form = inspect.signature(run)
    except (TypeError, ValueError):  # written in C
        return True
    try:
        form.bind(object(), object())
    except TypeError:
        return False
    return True


def warn_if_unknown(pattern: str) -> None:
    """Warn of a type that this version does not know, at the line that called into this package."""
    if any(_matches(pattern, known) for known in EVENT_OBJECTS):
        return
    level, frame = 1, inspect.currentframe()
    while frame is not None and str(frame.f_globals.get("__name__")).startswith("molam_sdk."):
        level, frame = level + 1, frame.f_back
    close = get_close_matches(pattern, EVENT_OBJECTS, n=1)
    meant = f"; did you mean {close[0]!r}?" if close else ""
    warnings.warn(f"this version of the SDK knows no event of type {pattern!r}{meant}", stacklevel=level)


def _matches(pattern: str, event_type: str) -> bool:
    if pattern.endswith("*"):
        return event_type.startswith(pattern[:-1])
    return event_type == pattern
