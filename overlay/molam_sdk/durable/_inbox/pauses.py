"""How long an idle worker waits, and for what."""

from __future__ import annotations

import random
from typing import TypeVar

from ...errors import ValidationError
from .._arguments import is_coroutine_function, is_number

S = TypeVar("S")

_LONGEST = 30.0


def idle(poll: float) -> float:
    """Seconds until the next look, spread so that workers that started together do not stay together."""
    return poll * (0.5 + random.random())  # noqa: S311 - no secret


def broken(failures: int) -> float:
    """Seconds until the next attempt at a database that could not be used so often in a row."""
    return min(_LONGEST, 2.0 ** min(failures, 16) / 4) * (0.5 + random.random() / 2)  # noqa: S311 - no secret


def checked_stop(stop: S, *, coroutines: bool) -> S:
    """Return what ends a worker.

    Raises:
        ValidationError: It is no Event, or one of the other kind: to wait for it would hold up the event loop, or not
            wait at all.
    """
    wait = getattr(stop, "wait", None)
    if callable(getattr(stop, "is_set", None)) and callable(wait) and is_coroutine_function(wait) is coroutines:
        return stop
    wanted = "an asyncio.Event" if coroutines else "a threading.Event"
    kind = type(stop)
    raise ValidationError(f"stop must be {wanted}, not {kind.__module__}.{kind.__qualname__}", param="stop")


def checked_poll(poll: float) -> float:
    """Return the seconds between two looks.

    Raises:
        ValidationError: They are no number, or not more than 0.
    """
    if is_number(poll) and poll > 0:
        return poll
    raise ValidationError(f"poll must be more than 0 seconds, as a number, not {poll!r}", param="poll")
