"""Which model an event's `data.object` is, by the event's type."""

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from .models import (
        Charge,
        MerchantOnboarding,
        PaymentIntent,
        Payout,
        ReceivedPayment,
        Refund,
        WebhookEndpoint,
    )

EventObject: TypeAlias = "Charge | MerchantOnboarding | PaymentIntent | Payout | ReceivedPayment | Refund | WebhookEndpoint"

EVENT_OBJECTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "charge.failed": "Charge",
        "charge.succeeded": "Charge",
        "merchant_onboarding.approved": "MerchantOnboarding",
        "merchant_onboarding.rejected": "MerchantOnboarding",
        "merchant_onboarding.updated": "MerchantOnboarding",
        "payment.unmatched_received": "ReceivedPayment",
        "payment_intent.amount_capturable_updated": "PaymentIntent",
        "payment_intent.anomaly": "PaymentIntent",
        "payment_intent.canceled": "PaymentIntent",
        "payment_intent.created": "PaymentIntent",
        "payment_intent.failed": "PaymentIntent",
        "payment_intent.processing": "PaymentIntent",
        "payment_intent.requires_action": "PaymentIntent",
        "payment_intent.succeeded": "PaymentIntent",
        "payout.canceled": "Payout",
        "payout.created": "Payout",
        "payout.failed": "Payout",
        "payout.processing": "Payout",
        "payout.reversed": "Payout",
        "payout.succeeded": "Payout",
        "ping": "WebhookEndpoint",
        "refund.created": "Refund",
        "refund.failed": "Refund",
        "refund.processed": "Refund",
        "refund.updated": "Refund",
        "webhook_endpoint.disabled": "WebhookEndpoint",
    }
)


def event_model(event_type: str) -> "type[EventObject] | None":
    """The model of `data.object` for an event type, imported now; None for a type that this client does not know."""
    name = EVENT_OBJECTS.get(event_type)
    if name is None:
        return None
    model: type[EventObject] = getattr(import_module(".models", __package__), name)
    return model
