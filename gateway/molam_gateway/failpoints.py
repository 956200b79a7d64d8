"""Named points between the phases of an operation where tests make the process fail."""

import os
import signal
from collections.abc import Callable, Generator
from contextlib import contextmanager

POINTS = frozenset(
    {
        "after_begin",
        "before_provider",
        "after_provider",
        "before_commit",
        "after_commit",
        "before_sending_again",
        "after_sending_again",
        "after_giving_up",
        "before_unasked",
        "after_unasked",
        "before_keeping",
        "after_keeping",
        "before_acting",
        "after_acting",
        "before_asking",
        "before_reconciling",
        "after_reconciling",
        "before_trigger_step",
        "after_trigger_step",
        "before_fan_out",
        "before_delivery",
        "after_delivery",
        "before_sealing",
        "after_sealing",
        "before_advancing",
        "after_advancing",
    }
)
"""Every point there is: the phases of a request, of what no request asked for, of the reconciler, of webhooks, of the
audit trail's sealer, and of the sandbox's own operations."""

_VARIABLE = "MOLAM_FAILPOINT"
_actions: dict[str, Callable[[], None]] = {}


class UnknownPointError(ValueError):
    """No point has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{_VARIABLE}: there is no point {name!r}, only {', '.join(sorted(POINTS))}")


def reach(name: str) -> None:
    """Fail here if a test asked for it."""
    if _actions and (action := _actions.get(name)):
        action()


@contextmanager
def armed(name: str, action: Callable[[], None]) -> Generator[None]:
    """Run `action` whenever the point is reached within the block. Raises UnknownPointError."""
    _arm(name, action)
    try:
        yield
    finally:
        del _actions[name]


def arm_from_environment() -> None:
    """Kill this process at the point that `MOLAM_FAILPOINT` names, at its third time with `:3`.

    Raises UnknownPointError.
    """
    if given := os.environ.get(_VARIABLE):
        name, _, times = given.partition(":")
        if times and not (times.isascii() and times.isdecimal() and int(times)):
            raise UnknownPointError(given)
        _arm(name, _Dying(int(times or 1)))


def disarm() -> None:
    """Forget every armed point."""
    _actions.clear()


def _arm(name: str, action: Callable[[], None]) -> None:
    if name not in POINTS:
        raise UnknownPointError(name)
    _actions[name] = action


class _Dying:
    """Kills the process when it is called for the last of so many times."""

    def __init__(self, times: int) -> None:
        self._left = times

    def __call__(self) -> None:
        self._left -= 1
        if not self._left:
            os.kill(os.getpid(), signal.SIGKILL)
