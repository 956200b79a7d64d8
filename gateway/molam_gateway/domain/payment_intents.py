"""The payment intent and its state machine."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from .times import rfc3339, rfc3339_or_none
from .transitions import Edges, step

EDGES: Edges = {
    "requires_payment_method": frozenset({"requires_confirmation", "canceled"}),
    "requires_confirmation": frozenset({"requires_action", "processing", "requires_payment_method", "canceled"}),
    "requires_action": frozenset(
        {"processing", "requires_payment_method", "requires_capture", "succeeded", "canceled"}
    ),
    "processing": frozenset(
        {"requires_action", "requires_capture", "succeeded", "requires_payment_method", "canceled"}
    ),
    "requires_capture": frozenset({"succeeded", "canceled"}),
    "succeeded": frozenset(),
    "canceled": frozenset(),
}

LIFETIME = 24 * 3600.0
"""Seconds of business time after which an unpaid intent is canceled."""


@dataclass(frozen=True, slots=True)
class PaymentIntent:
    """A row of the payment_intents table; `phone` is sealed by the vault."""

    id: str
    account_id: str
    livemode: bool
    amount: int
    amount_capturable: int
    amount_received: int
    amount_refunded: int
    currency: str
    status: str
    status_reason: str | None
    provider: str
    provider_reference: str | None
    payment_method: str | None
    payment_method_types: list[str]
    capture_method: str
    cancellation_reason: str | None
    customer_id: str | None
    merchant_id: str | None
    customer: Mapping[str, object] | None
    phone: str | None
    description: str | None
    metadata: Mapping[str, object]
    return_url: str | None
    cancel_url: str | None
    next_action: Mapping[str, object] | None
    latest_charge: str | None
    last_error: Mapping[str, object] | None
    idempotency_key: str
    created_at: int
    updated_at: int
    expires_at: int | None
    sequence: int


def phone_purpose(id: str) -> str:
    """What is sealed into an intent's phone number."""
    return f"payment_intent.phone:{id}"


def move(intent: PaymentIntent, status: str) -> PaymentIntent:
    """The intent in another status, if the machine allows it; what the old status said is cleared."""
    step("payment_intent", EDGES, intent.status, status)
    return replace(intent, status=status, status_reason=None, next_action=None)


def with_payment_method(intent: PaymentIntent, payment_method: str) -> PaymentIntent:
    """A method is known; nothing is sent yet."""
    return replace(move(intent, "requires_confirmation"), payment_method=payment_method)


def sent(intent: PaymentIntent, charge: str, reference: str) -> PaymentIntent:
    """An attempt is on its way to the provider."""
    return replace(move(intent, "processing"), latest_charge=charge, provider_reference=reference, last_error=None)


def in_doubt(intent: PaymentIntent) -> PaymentIntent:
    """The provider did not answer: the status stays, the reason says so."""
    return replace(intent, status_reason="provider_unknown")


def settling(intent: PaymentIntent) -> PaymentIntent:
    """The provider works on it."""
    return move(intent, "processing")


def needs_action(intent: PaymentIntent, next_action: Mapping[str, object]) -> PaymentIntent:
    """The customer has to act."""
    return replace(move(intent, "requires_action"), next_action=next_action)


def authorized(intent: PaymentIntent) -> PaymentIntent:
    """The money is held and can be captured."""
    return replace(move(intent, "requires_capture"), amount_capturable=intent.amount)


def paid(intent: PaymentIntent, amount: int) -> PaymentIntent:
    """The money was captured; what was not captured is released."""
    return replace(move(intent, "succeeded"), amount_received=amount, amount_capturable=0, last_error=None)


def paid_after_all(intent: PaymentIntent, charge: str, reference: str, method: str, amount: int) -> PaymentIntent:
    """An attempt that had failed was carried out: the intent goes the way of one that is paid at once."""
    return paid(sent(with_payment_method(intent, method), charge, reference), amount)


def declined(intent: PaymentIntent, error: Mapping[str, object]) -> PaymentIntent:
    """The attempt failed for good; another payment method may be tried."""
    return replace(move(intent, "requires_payment_method"), payment_method=None, last_error=error)


def capture_refused(intent: PaymentIntent, error: Mapping[str, object]) -> PaymentIntent:
    """The provider refused to capture; the money is still held."""
    return replace(intent, status_reason=None, last_error=error)


def canceled(intent: PaymentIntent, cancellation_reason: str | None, status_reason: str | None) -> PaymentIntent:
    """Given up before any money moved."""
    return replace(
        move(intent, "canceled"),
        cancellation_reason=cancellation_reason,
        status_reason=status_reason,
        amount_capturable=0,
    )


def refunded(intent: PaymentIntent, amount: int) -> PaymentIntent:
    """Some of the money went back (a negative amount: a refund came back)."""
    return replace(intent, amount_refunded=intent.amount_refunded + amount)


def view(intent: PaymentIntent) -> dict[str, object]:
    """The API form."""
    return {
        "id": intent.id,
        "object": "payment_intent",
        "amount": intent.amount,
        "amount_capturable": intent.amount_capturable,
        "amount_received": intent.amount_received,
        "amount_refunded": intent.amount_refunded,
        "currency": intent.currency,
        "status": intent.status,
        "status_reason": intent.status_reason,
        "provider": intent.provider,
        "provider_reference": intent.provider_reference,
        "payment_method": intent.payment_method,
        "payment_method_types": intent.payment_method_types,
        "capture_method": intent.capture_method,
        "cancellation_reason": intent.cancellation_reason,
        "customer_id": intent.customer_id,
        "merchant_id": intent.merchant_id,
        "customer": intent.customer,
        "description": intent.description,
        "metadata": intent.metadata,
        "return_url": intent.return_url,
        "cancel_url": intent.cancel_url,
        "next_action": intent.next_action and {"account_reference": None, **intent.next_action},
        "latest_charge": intent.latest_charge,
        "last_error": intent.last_error,
        "idempotency_key": intent.idempotency_key,
        "livemode": intent.livemode,
        "created_at": rfc3339(intent.created_at),
        "updated_at": rfc3339(intent.updated_at),
        "expires_at": rfc3339_or_none(intent.expires_at),
        "sequence": intent.sequence,
    }
