"""What a live feed tells: how things are when it begins, then what happens.

Feeds come from `client.realtime`; they need the extra: `pip install 'molam-sdk-python[realtime]'`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import frozen

if TYPE_CHECKING:
    from datetime import datetime

    from molam_api.models import Payment

__all__ = ["Snapshot", "Update"]


@frozen
class Snapshot:
    """How things are: the first a feed tells, and again after a gap that was too long to be filled.

    Attributes:
        seq: The number from which updates follow.
        created_at: When it was made.
        channel: What is followed: `events`, `transaction/ID` or `user/ID`.
        payments: The payment of a transaction; else the newest ones, at most 20, newest first.
    """

    seq: int
    created_at: datetime
    channel: str
    payments: tuple[Payment, ...]


@frozen
class Update:
    """Something that happened.

    Attributes:
        id: The event's id, the same as in webhooks and in `client.events`.
        type: `payment.initiated`, `payment.processing`, `payment.completed`, `payment.failed`, `payment.canceled`,
            `refund.processing`, `refund.completed`, `refund.failed`, or `payout.` and what became of it.
        seq: Its number in the account: greater than that of every update before.
        created_at: When it happened.
        data: The object as it was then: a `Payment`, a `PaymentRefund` or a `Payout`; a dict for a type that this
            version does not know.
    """

    id: str
    type: str
    seq: int
    created_at: datetime
    data: Any
