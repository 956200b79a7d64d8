"""The payout and its state machine."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from .times import rfc3339, rfc3339_or_none
from .transitions import Edges, step

EDGES: Edges = {
    "pending": frozenset({"processing", "canceled"}),
    "processing": frozenset({"succeeded", "failed"}),
    "succeeded": frozenset({"reversed"}),
    "failed": frozenset(),
    "canceled": frozenset(),
    "reversed": frozenset(),
}


@dataclass(frozen=True, slots=True)
class Payout:
    """A row of the payouts table."""

    id: str
    account_id: str
    livemode: bool
    amount: int
    currency: str
    origin_module: str | None
    origin_entity_id: str | None
    beneficiary: Mapping[str, object]
    status: str
    failure_code: str | None
    failure_message: str | None
    provider: str
    provider_reference: str
    metadata: Mapping[str, object]
    idempotency_key: str
    created_at: int
    updated_at: int
    arrives_at: int | None
    sequence: int


def move(payout: Payout, status: str) -> Payout:
    """The payout in another status, if the machine allows it."""
    return replace(payout, status=step("payout", EDGES, payout.status, status))


def begun(payout: Payout) -> Payout:
    """The provider works on it: no way back by us."""
    return move(payout, "processing")


def arrived(payout: Payout, at: int) -> Payout:
    """The beneficiary has the money."""
    return replace(move(begun(payout), "succeeded"), arrives_at=at)


def failed(payout: Payout, code: str, message: str) -> Payout:
    """The provider refused; the money is available again."""
    return replace(move(begun(payout), "failed"), failure_code=code, failure_message=message, arrives_at=None)


def came_back(payout: Payout, code: str, message: str) -> Payout:
    """The money arrived and was sent back."""
    return replace(move(payout, "reversed"), failure_code=code, failure_message=message)


def view(payout: Payout) -> dict[str, object]:
    """The API form."""
    return {
        "id": payout.id,
        "object": "payout",
        "amount": payout.amount,
        "currency": payout.currency,
        "origin_module": payout.origin_module,
        "origin_entity_id": payout.origin_entity_id,
        "beneficiary": payout.beneficiary,
        "status": payout.status,
        "failure_code": payout.failure_code,
        "failure_message": payout.failure_message,
        "provider": payout.provider,
        "provider_reference": payout.provider_reference,
        "metadata": payout.metadata,
        "idempotency_key": payout.idempotency_key,
        "livemode": payout.livemode,
        "created_at": rfc3339(payout.created_at),
        "updated_at": rfc3339(payout.updated_at),
        "arrives_at": rfc3339_or_none(payout.arrives_at),
    }
