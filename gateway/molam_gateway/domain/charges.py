"""The charge: one attempt to collect an intent's money, and its state machine."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from .money import major
from .problems import ProblemError, Resource
from .times import rfc3339
from .transitions import Edges, step

_DEFINITIVE = frozenset({"authorized", "succeeded", "failed", "canceled"})

EDGES: Edges = {
    "sending": _DEFINITIVE | {"pending", "requires_action", "unknown"},
    "pending": _DEFINITIVE | {"requires_action", "unknown"},
    "requires_action": _DEFINITIVE | {"pending", "unknown"},
    "unknown": _DEFINITIVE | {"pending", "requires_action"},
    "authorized": frozenset({"succeeded", "canceled"}),
    "succeeded": frozenset(),
    "failed": frozenset(),
    "canceled": frozenset(),
}

LATE: Edges = {**EDGES, "failed": frozenset({"succeeded"})}
"""The machine for a payment that was given up and was made all the same; nothing else leads out of `failed`."""


@dataclass(frozen=True, slots=True)
class Charge:
    """A row of the charges table."""

    id: str
    account_id: str
    livemode: bool
    payment_intent: str
    amount: int
    amount_captured: int
    amount_refunded: int
    amount_refund_pending: int
    currency: str
    status: str
    provider: str
    provider_reference: str
    provider_transaction_id: str | None
    payment_method: str
    payment_method_details: Mapping[str, object] | None
    failure_code: str | None
    failure_message: str | None
    attempt_number: int
    created_at: int
    updated_at: int
    sequence: int

    @property
    def refundable(self) -> int:
        """What was captured and neither went back nor is on its way."""
        return self.amount_captured - self.amount_refunded - self.amount_refund_pending


def move(charge: Charge, status: str) -> Charge:
    """The charge in another status, if the machine allows it."""
    return replace(charge, status=step("charge", EDGES, charge.status, status))


def authorized(charge: Charge, transaction_id: str, details: Mapping[str, object] | None) -> Charge:
    """The money is held."""
    return replace(move(charge, "authorized"), provider_transaction_id=transaction_id, payment_method_details=details)


def captured(charge: Charge, amount: int, transaction_id: str, details: Mapping[str, object] | None = None) -> Charge:
    """The money was collected; the amount is final."""
    return replace(
        move(charge, "succeeded"),
        amount_captured=amount,
        provider_transaction_id=transaction_id,
        payment_method_details=details or charge.payment_method_details,
    )


def paid_after_all(
    charge: Charge, amount: int, transaction_id: str, details: Mapping[str, object] | None = None
) -> Charge:
    """The money of a charge that had failed came in."""
    return replace(
        charge,
        status=step("charge", LATE, charge.status, "succeeded"),
        amount_captured=amount,
        provider_transaction_id=transaction_id,
        payment_method_details=details or charge.payment_method_details,
        failure_code=None,
        failure_message=None,
    )


def receipted(charge: Charge, transaction_id: str, details: Mapping[str, object] | None) -> Charge:
    """The receipt became known after the money."""
    return replace(
        charge,
        provider_transaction_id=transaction_id,
        payment_method_details=details or charge.payment_method_details,
    )


def failed(charge: Charge, code: str, message: str) -> Charge:
    """The provider refused for good."""
    return replace(move(charge, "failed"), failure_code=code, failure_message=message)


def reserve_refund(charge: Charge, amount: int | None) -> tuple[Charge, int]:
    """Set aside what a refund will take, all that remains by default, and say how much that is.

    Raises invalid_state, already_refunded or refund_exceeds_captured.
    """
    resource = Resource("charge", charge.id, charge.status)
    if charge.status != "succeeded":
        raise ProblemError(
            "invalid_state",
            f"{charge.id} is {charge.status}: only a captured charge can be refunded.",
            resource=resource,
        )
    if charge.amount_refunded == charge.amount_captured:
        raise ProblemError("already_refunded", f"{charge.id} is fully refunded.", resource=resource)
    taken = charge.refundable if amount is None else amount
    if taken < 1 or taken > charge.refundable:
        raise ProblemError(
            "refund_exceeds_captured",
            f"Of {charge.id} {major(charge.refundable, charge.currency)} {charge.currency} can still be refunded "
            f"({charge.refundable} where amounts are integers).",
            param="amount",
            resource=resource,
        )
    return replace(charge, amount_refund_pending=charge.amount_refund_pending + taken), taken


def refund_done(charge: Charge, amount: int) -> Charge:
    """A reserved refund was paid out."""
    return replace(
        charge,
        amount_refund_pending=charge.amount_refund_pending - amount,
        amount_refunded=charge.amount_refunded + amount,
    )


def refund_released(charge: Charge, amount: int) -> Charge:
    """A reserved refund failed; its amount can be refunded again."""
    return replace(charge, amount_refund_pending=charge.amount_refund_pending - amount)


def refund_returned(charge: Charge, amount: int) -> Charge:
    """A refund that was paid out came back."""
    return replace(charge, amount_refunded=charge.amount_refunded - amount)


def view(charge: Charge) -> dict[str, object]:
    """The API form."""
    return {
        "id": charge.id,
        "object": "charge",
        "payment_intent": charge.payment_intent,
        "amount": charge.amount,
        "amount_captured": charge.amount_captured,
        "amount_refunded": charge.amount_refunded,
        "amount_refund_pending": charge.amount_refund_pending,
        "currency": charge.currency,
        "status": charge.status,
        "provider": charge.provider,
        "provider_reference": charge.provider_reference,
        "provider_transaction_id": charge.provider_transaction_id,
        "payment_method": charge.payment_method,
        "payment_method_details": charge.payment_method_details,
        "failure_code": charge.failure_code,
        "failure_message": charge.failure_message,
        "attempt_number": charge.attempt_number,
        "livemode": charge.livemode,
        "created_at": rfc3339(charge.created_at),
        "updated_at": rfc3339(charge.updated_at),
    }
