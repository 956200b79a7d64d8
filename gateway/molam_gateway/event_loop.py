"""Runs a gateway on uvloop where that is installed, which takes less of the processor, else on asyncio's own loop."""

import asyncio
import importlib.util
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

_T = TypeVar("_T")


def run(main: Coroutine[Any, Any, _T]) -> _T:
    """What `asyncio.run` does; for processes that are a gateway's own, never for a loop in somebody else's."""
    with asyncio.Runner(loop_factory=_factory()) as runner:
        return runner.run(main)


def _factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    if importlib.util.find_spec("uvloop") is None:
        return None
    import uvloop  # an extra

    return uvloop.new_event_loop
