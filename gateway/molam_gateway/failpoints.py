"""Named points between the phases of an operation where tests make the process fail."""

import os
import signal
from collections.abc import Callable, Generator
from contextlib import contextmanager

_actions: dict[str, Callable[[], None]] = {}


def reach(name: str) -> None:
    """Fail here if a test asked for it."""
    if _actions and (action := _actions.get(name)):
        action()


@contextmanager
def armed(name: str, action: Callable[[], None]) -> Generator[None]:
    """Run `action` whenever the point is reached within the block."""
    _actions[name] = action
    try:
        yield
    finally:
        del _actions[name]


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def arm_from_environment() -> None:
    """Kill this process at the point that `MOLAM_FAILPOINT` names."""
    if name := os.environ.get("MOLAM_FAILPOINT"):
        _actions[name] = _die


def disarm() -> None:
    """Forget every armed point."""
    _actions.clear()
