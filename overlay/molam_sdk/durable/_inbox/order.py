"""Decides whether an event that comes late is still news."""

from __future__ import annotations

from typing import Literal

from attrs import frozen

Order = Literal["current", "latest", "every"]
"""What a handler wants of events that come after a newer one of the same object was done.

`current`: those that say what is still so: the object has the same status in them as in the newest; and facts, if the
handler names their type.
`latest`: none of them.
`every`: all of them.
"""

FACTS = frozenset({"payment_intent.anomaly", "charge.succeeded", "charge.failed"})
"""Types that tell what happened, and not which status the object has by that: nothing newer makes them wrong."""

_STEPS = frozenset({"created", "updated", "processing", "requires_action", "amount_capturable_updated"})
"""What says no more than a newer event does; what else is passed over is worth a warning."""


@frozen
class Position:
    """Where an event stands among those of its object.

    Attributes:
        sequence: Grows with the events of the object.
        event_id: Decides between equals.
        status: Status of the object as the event shows it, if it has one.
    """

    sequence: int
    event_id: str
    status: str | None

    def is_after(self, other: Position) -> bool:
        """Whether it is newer than another one, or the same."""
        return (self.sequence, self.event_id) >= (other.sequence, other.event_id)


def is_news(event: Position | None, newest: Position | None) -> bool:
    """Whether nothing newer of the object was done yet; an event without a sequence always is news."""
    return event is None or newest is None or event.is_after(newest)


def is_step(event_type: str) -> bool:
    """Whether a late event of this type tells nothing that matters after a newer one."""
    return event_type.rpartition(".")[2] in _STEPS


def may_run(order: Order, event: Position | None, newest: Position | None, *, fact: bool = False) -> bool:
    """Whether a handler with this order gets an event, if `newest` is the newest that was done for its object.

    `fact` says that it is one, and that the handler is for this very type.

    With `current` a handler that copies the status ends with the status of the newest event, in whatever order the
    events arrive: each that it gets is the newest so far, or has the newest's status.
    """
    if order == "every" or is_news(event, newest):
        return True
    return order == "current" and (fact or _says_the_same(event, newest))


def advanced(event: Position | None, newest: Position | None) -> Position | None:
    """The newest that was done, once a handler ran for this one."""
    return event if event is not None and is_news(event, newest) else newest


def _says_the_same(event: Position | None, newest: Position | None) -> bool:
    return event is not None and newest is not None and event.status is not None and event.status == newest.status
