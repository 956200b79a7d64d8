"""The façade's words: what a payment intent and a refund, in their API form, are called there."""

from collections.abc import Iterable, Mapping
from typing import cast

from .major_units import to_major
from .problems import Resource

STATUSES: Mapping[str, str] = {
    "requires_payment_method": "pending",
    "requires_confirmation": "pending",
    "requires_action": "processing",
    "processing": "processing",
    "requires_capture": "processing",
    "succeeded": "completed",
    "canceled": "canceled",
}
"""The word for a payment intent's status, where neither a failed attempt nor refunds ask for another."""

REFUND_STATUSES: Mapping[str, str] = {
    "pending": "pending",
    "requires_action": "processing",
    "processing": "processing",
    "succeeded": "completed",
    "failed": "failed",
    "canceled": "canceled",
}

_AS_THEY_ARE = (
    *("status_reason", "currency", "provider", "payment_method", "customer_id", "customer", "description", "metadata"),
    *("return_url", "next_action", "last_error", "livemode", "created_at", "updated_at", "expires_at"),
)


def status(status: str, *, received: int = 0, refunded: int = 0, failed: bool = False) -> str:
    """The façade's word: `failed` once an attempt was, until the next one; paid ones by what was given back."""
    if status == "requires_payment_method" and failed:
        return "failed"
    if status == "succeeded" and refunded > 0:
        return "refunded" if refunded >= received else "partially_refunded"
    return STATUSES[status]


def status_of(intent: Mapping[str, object]) -> str:
    """The façade's word for a payment intent in its API form."""
    return status(
        str(intent["status"]),
        received=cast(int, intent["amount_received"]),
        refunded=cast(int, intent["amount_refunded"]),
        failed=intent["last_error"] is not None,
    )


def payment(intent: Mapping[str, object]) -> dict[str, object]:
    """A payment intent in its API form as the façade's payment."""
    currency = str(intent["currency"])
    return {
        "transaction_id": intent["id"],
        "object": "payment",
        "status": status_of(intent),
        "amount": to_major(cast(int, intent["amount"]), currency),
        "amount_refunded": to_major(cast(int, intent["amount_refunded"]), currency),
        **{name: intent[name] for name in _AS_THEY_ARE},
    }


def audit_trail(
    entries: Iterable[Mapping[str, object]], payment_id: str, *, with_addresses: bool
) -> list[dict[str, object]]:
    """The audit trail's entries about a payment and what belongs to it, oldest first, each with the payment's status.

    An entry holds only what changed, so the status is that of all entries about the payment until then.
    """
    now: dict[str, object] = {"status": "requires_payment_method", "amount_received": 0, "amount_refunded": 0}
    shown: list[dict[str, object]] = []
    for entry in entries:
        subject = cast(Mapping[str, object] | None, entry["resource"])
        if subject is not None and subject["id"] == payment_id:
            now |= cast(Mapping[str, object] | None, entry["after"]) or {}
        shown.append(
            {
                "id": entry["id"],
                "action": entry["action"],
                "resource": subject,
                "status": status_of({"last_error": None, **now}),
                "outcome": entry["outcome"],
                "actor": entry["actor"],
                "address": entry["address"] if with_addresses else None,
                "request_id": entry["request_id"],
                "created_at": entry["created_at"],
            }
        )
    return shown


def refund(refund: Mapping[str, object]) -> dict[str, object]:
    """A refund in its API form as the façade's."""
    currency = str(refund["currency"])
    kept = ("currency", "reason", "failure_reason", "provider", "metadata", "livemode", "created_at", "updated_at")
    return {
        "id": refund["id"],
        "object": "payment_refund",
        "transaction_id": refund["payment_intent"],
        "status": REFUND_STATUSES[str(refund["status"])],
        "amount": to_major(cast(int, refund["amount"]), currency),
        **{name: refund[name] for name in kept},
    }


def resource(resource: Resource, *, declined: bool) -> Resource:
    """What a problem is about; a payment that was declined has failed."""
    if resource.object == "payment_intent":
        word = None if resource.status is None else status(resource.status, failed=declined)
        return Resource("payment", resource.id, word)
    if resource.object == "refund":
        return Resource("payment_refund", resource.id, resource.status and REFUND_STATUSES[resource.status])
    return resource


def detail(detail: str, meant: Resource, told: Resource) -> str:
    """A problem's detail, with the façade's word where it says the state of what the problem is about."""
    return detail.replace(f"{meant.id} is {meant.status}", f"{told.id} is {told.status}")
