"""Hooks of every client in the process: what event_hooks is to one client."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any

from ._calls import observe
from ._options.settings import check_hooks, event_hooks

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["listen"]

_lock = Lock()


def listen(hooks: Mapping[str, Callable[..., Any] | Sequence[Callable[..., Any]]]) -> Callable[[], None]:
    """Have functions called for the calls of every client in this process, those that exist already too.

    They come after the hooks of the client itself.

    Args:
        hooks: As `event_hooks` of `Config`, plain functions only, since clients of both kinds call them.

    Returns:
        A function that ends it; called again it does nothing.

    Raises:
        ConfigurationError: For anything but a mapping of the known events to functions.
    """
    mine = event_hooks(hooks)
    check_hooks(mine, asynchronous=False)
    entries = [(name, hook) for name, functions in mine.items() for hook in functions]
    with _lock:
        for name, hook in entries:
            observe.EVERYWHERE[name] = (*observe.EVERYWHERE.get(name, ()), hook)

    def stop() -> None:
        with _lock:
            while entries:
                name, hook = entries.pop()
                left = list(observe.EVERYWHERE.get(name, ()))
                left.remove(hook)
                if left:
                    observe.EVERYWHERE[name] = tuple(left)
                else:
                    del observe.EVERYWHERE[name]

    return stop
