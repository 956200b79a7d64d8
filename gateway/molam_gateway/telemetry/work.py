"""What a task is at work for, known to everything that it calls."""

from contextvars import ContextVar
from dataclasses import dataclass

NO_OPERATION = "none"
"""The operation of a request whose path leads nowhere."""


@dataclass(slots=True)
class Work:
    """One request or job; whoever learns more of it writes it down here.

    `operation` and `route` are names of the spec or of the code, never what a caller sent.
    """

    operation: str = NO_OPERATION
    route: str = ""
    request_id: str = ""
    account: str = ""
    trace_id: str = ""


CURRENT: ContextVar[Work | None] = ContextVar("molam_gateway.work", default=None)


def current() -> Work:
    """The work that this task is at; one that nobody looks at outside of any."""
    return CURRENT.get() or Work()
