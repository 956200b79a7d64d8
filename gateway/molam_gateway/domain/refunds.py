"""The refund and its state machine."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from .times import rfc3339
from .transitions import Edges, step

EDGES: Edges = {
    "pending": frozenset({"requires_action", "processing", "canceled"}),
    "requires_action": frozenset({"processing", "failed", "canceled"}),
    "processing": frozenset({"succeeded", "failed", "canceled"}),
    "succeeded": frozenset({"failed"}),
    "failed": frozenset(),
    "canceled": frozenset(),
}
"""succeeded -> failed only when the provider takes a refund back."""


@dataclass(frozen=True, slots=True)
class Refund:
    """A row of the refunds table."""

    id: str
    account_id: str
    livemode: bool
    charge: str
    payment_intent: str
    amount: int
    currency: str
    reason: str | None
    status: str
    failure_reason: str | None
    provider: str
    provider_reference: str
    metadata: Mapping[str, object]
    idempotency_key: str
    created_at: int
    updated_at: int
    sequence: int


def move(refund: Refund, status: str) -> Refund:
    """The refund in another status, if the machine allows it."""
    return replace(refund, status=step("refund", EDGES, refund.status, status))


def failed(refund: Refund, reason: str) -> Refund:
    """The provider refused it, or took it back."""
    return replace(move(refund, "failed"), failure_reason=reason)


def view(refund: Refund) -> dict[str, object]:
    """The API form."""
    return {
        "id": refund.id,
        "object": "refund",
        "charge": refund.charge,
        "payment_intent": refund.payment_intent,
        "amount": refund.amount,
        "currency": refund.currency,
        "reason": refund.reason,
        "status": refund.status,
        "failure_reason": refund.failure_reason,
        "provider": refund.provider,
        "provider_reference": refund.provider_reference,
        "metadata": refund.metadata,
        "idempotency_key": refund.idempotency_key,
        "livemode": refund.livemode,
        "created_at": rfc3339(refund.created_at),
        "updated_at": rfc3339(refund.updated_at),
    }
