"""One instruction to a provider from the intent to send it to its outcome."""

import uuid
from dataclasses import dataclass
from enum import StrEnum

from .outcomes import Failed, NotSent, Outcome, Pending, Succeeded, Unknown
from .transitions import Edges

_NAMESPACE = uuid.UUID("6f1d4f6e-5a0b-5c55-9a52-0d1c7c3f0b11")


class AttemptKind(StrEnum):
    """What the provider is told to do."""

    AUTHORIZE = "authorize"
    CHARGE = "charge"
    CAPTURE = "capture"
    VOID = "void"
    REFUND = "refund"
    PAYOUT = "payout"


class Slot(StrEnum):
    """Of each slot of a subject at most one attempt is open."""

    OUTCOME = "outcome"
    CHANGE = "change"


EDGES: Edges = {
    "sending": frozenset({"unsent", "pending", "unknown", "succeeded", "failed", "canceled"}),
    "unsent": frozenset({"sending", "pending", "unknown", "succeeded", "failed", "canceled"}),
    "pending": frozenset({"unknown", "succeeded", "failed", "canceled"}),
    "unknown": frozenset({"pending", "succeeded", "failed", "canceled"}),
    "succeeded": frozenset(),
    "failed": frozenset(),
    "canceled": frozenset(),
}
OPEN = frozenset({"sending", "unsent", "pending", "unknown"})


class Final(StrEnum):
    """The states that are not open."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"


REVISIONS: Edges = {
    Final.SUCCEEDED: frozenset({Final.FAILED}),
    Final.FAILED: frozenset({Final.SUCCEEDED}),
    Final.CANCELED: frozenset(),
}
"""What a revision may still make of a final state: money that came back, a payment that was made after all."""

MOVING = frozenset({AttemptKind.CHARGE, AttemptKind.CAPTURE, AttemptKind.REFUND, AttemptKind.PAYOUT})
COLLECTING = frozenset({AttemptKind.CHARGE, AttemptKind.CAPTURE})

POLL_FIRST = 30.0
POLL_MOST = 3600.0

NEVER_SENT = "provider_unavailable"
"""The failure code of what never reached its provider."""

TOO_LATE = "too_late"
"""The failure code of a void whose payment or payout was carried out first."""

UNSENT_FOR = 120.0
"""Seconds of business time in which what did not reach the provider may be sent by a repetition of its call."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A row of the attempts table; `subject` is the charge, refund or payout, `lease_until` is real time.

    `configuration` is the account at the provider that it was sent with (None where the provider needs none), `handle`
    the provider's own name for it, `transaction_id` the receipt of the money that it moved. `account_reference` is what
    a customer may type to pay it without being asked.
    """

    id: str
    account_id: str
    livemode: bool
    kind: str
    slot: str
    subject: str
    payment_intent: str | None
    provider: str
    provider_reference: str
    amount: int
    currency: str
    state: str
    instruction: str
    lease_token: str | None
    lease_until: int
    polls: int
    sequence: int
    created_at: int
    updated_at: int
    configuration: str | None = None
    handle: str | None = None
    failure_code: str | None = None
    transaction_id: str | None = None
    account_reference: str | None = None

    @property
    def open(self) -> bool:
        """Whether the outcome is still to come."""
        return self.state in OPEN

    def is_receipt(self, transaction_id: str | None) -> bool:
        """Whether this names a movement of money, and not merely the attempt itself."""
        return transaction_id not in {None, self.handle, self.provider_reference}


def provider_reference(attempt_id: str) -> str:
    """Our name for the attempt at the provider: always the same for one attempt, across restarts too."""
    return f"molam_{uuid.uuid5(_NAMESPACE, attempt_id).hex}"


def slot_of(kind: AttemptKind) -> Slot:
    """Captures and voids change what an earlier attempt brought about."""
    return Slot.CHANGE if kind in {AttemptKind.CAPTURE, AttemptKind.VOID} else Slot.OUTCOME


def state_after(outcome: Outcome) -> str:
    """The attempt's state once this outcome is known."""
    match outcome:
        case Succeeded():
            return "succeeded"
        case Failed():
            return "failed"
        case Pending():
            return "pending"
        case Unknown():
            return "unknown"
        case NotSent():
            return "unsent"


def handle_of(outcome: Outcome) -> str | None:
    """The provider's own name for the attempt, if this outcome tells it."""
    return None if isinstance(outcome, Unknown | NotSent) else outcome.handle


def poll_after(outcome: Outcome, polls: int) -> float | None:
    """Seconds until the provider is asked again, None if it need not be; doubling while nothing is known."""
    match outcome:
        case Succeeded() | Failed():
            return None
        case Pending(poll_after=seconds):
            return seconds
        case Unknown():
            return min(POLL_MOST, POLL_FIRST * 2.0 ** min(polls, 16))
        case NotSent():
            return UNSENT_FOR
