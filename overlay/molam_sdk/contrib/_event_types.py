"""The types of events by the object that they are about, for type checkers; a test compares them with the spec's."""

from __future__ import annotations

from typing import Literal

ChargeEvent = Literal["charge.failed", "charge.succeeded", "charge.*"]
MerchantOnboardingEvent = Literal[
    "merchant_onboarding.approved",
    "merchant_onboarding.rejected",
    "merchant_onboarding.updated",
    "merchant_onboarding.*",
]
PaymentIntentEvent = Literal[
    "payment_intent.amount_capturable_updated",
    "payment_intent.anomaly",
    "payment_intent.canceled",
    "payment_intent.created",
    "payment_intent.failed",
    "payment_intent.processing",
    "payment_intent.requires_action",
    "payment_intent.succeeded",
    "payment_intent.*",
]
PayoutEvent = Literal[
    "payout.canceled",
    "payout.created",
    "payout.failed",
    "payout.processing",
    "payout.reversed",
    "payout.succeeded",
    "payout.*",
]
ReceivedPaymentEvent = Literal["payment.unmatched_received", "payment.*"]
RefundEvent = Literal["refund.created", "refund.failed", "refund.processed", "refund.updated", "refund.*"]
WebhookEndpointEvent = Literal["ping", "webhook_endpoint.disabled", "webhook_endpoint.*"]
