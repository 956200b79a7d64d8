"""What an inbox goes by when it works at its events."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from attrs import frozen

from .backoff import Backoff
from .bodies import Bodies

OnError: TypeAlias = Callable[[str, Exception], object]
"""Called with an event's id and what its handler raised."""


@frozen
class Rules:
    """The options of `Inbox` that concern its workers."""

    backoff: Backoff
    bodies: Bodies
    keep_bodies: bool
    lease: float
    on_error: OnError | None
