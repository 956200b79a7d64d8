"""What an inbox goes by when it works at its events."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from attrs import frozen

from ...errors import ConfigurationError
from .._arguments import checked_flag, is_coroutine_function
from .backoff import Backoff
from .bodies import Bodies
from .handlers import takes_two

OnError: TypeAlias = Callable[[str, Exception], object]
"""Called with an event's id and what its handler raised; that of an AsyncInbox may be a coroutine function."""


@frozen
class Rules:
    """The options of `Inbox` that concern its workers.

    `coroutines` says whether `on_error` may be a coroutine function.
    """

    backoff: Backoff
    bodies: Bodies
    keep_bodies: bool
    lease: float
    on_error: OnError | None
    coroutines: bool

    def __attrs_post_init__(self) -> None:
        checked_flag("keep_bodies", self.keep_bodies)
        if self.on_error is None:
            return
        if not callable(self.on_error):  # pyright: ignore[reportUnnecessaryComparison] - users without a type checker
            raise ConfigurationError("on_error must be a function of an event's id and an exception")
        if is_coroutine_function(self.on_error) and not self.coroutines:
            raise ConfigurationError("on_error is of the wrong kind: Inbox needs `def`; see AsyncInbox")
        if not takes_two(self.on_error):
            raise ConfigurationError("on_error must take an event's id and an exception")
