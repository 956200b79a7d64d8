"""What the inbox tells about its events."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from attrs import frozen


@frozen
class Receipt:
    """A webhook that is kept: answer 2xx.

    Attributes:
        event_id: Id of the event.
        duplicate: Whether it was there already.
        conflicting: Whether it was there with another body, which alone counts.
    """

    event_id: str
    duplicate: bool
    conflicting: bool = False


@frozen(kw_only=True)
class Processed:
    """How many events of a pass came to which end.

    Attributes:
        done: Handlers ran, and what they wrote is committed.
        ignored: No handler is there for the type.
        superseded: It came late, and what it says no longer holds.
        failed: A handler raised; there will be another attempt.
        dead: It became a dead letter.
        lost: Somebody else took the event over, and nothing of it was written here.
    """

    done: int = 0
    ignored: int = 0
    superseded: int = 0
    failed: int = 0
    dead: int = 0
    lost: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.done + self.ignored + self.superseded + self.failed + self.dead + self.lost


@frozen
class DeadLetter:
    """An event that is not tried any more, until it is redriven.

    Attributes:
        tenant: Whose it is; empty in an inbox without tenants.
        event_id: Its id.
        type: Its type.
        object_id: The object that it is about.
        attempts: How often it was tried.
        error: Name of the class of the last exception; WorkerLost where the process did not live to tell.
        received_at: When it came first.
        died_at: When it was given up.
    """

    tenant: str
    event_id: str
    type: str
    object_id: str
    attempts: int
    error: str | None
    received_at: datetime
    died_at: datetime


@frozen
class Pending:
    """The events that wait, also for another attempt.

    Attributes:
        count: How many.
        oldest: When the oldest of them was received; None if there is none.
    """

    count: int
    oldest: datetime | None


def processed(ends: Counter[str]) -> Processed:
    """The counts of a pass."""
    return Processed(**ends)
