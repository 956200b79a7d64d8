"""A signal for each type of event, sent by the worker in the transaction that also marks the event as done.

    @receiver(signals.payment_intent_succeeded)
    def paid(event, instance, **kwargs):
        Order.objects.filter(payment=instance.id).update(state="paid")

`event` is the Event and `instance` the object that it is about, a PaymentIntent say; `sender` is its class. What
receivers write through the ORM, into the database of MOLAM['DATABASE'], is committed once, or not at all if one of them
raises.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from django.dispatch import Signal

if TYPE_CHECKING:
    from collections.abc import Mapping

event_received = Signal()
"""Every event, also of a type that this version of the SDK does not know; `instance` is a dict then."""

receiver_failed = Signal()
"""A receiver or handler has raised and its writes were undone: `event_id` and `error`, for your error tracker.

Sent outside of the transaction; what its receivers raise is logged.
"""

charge_failed = Signal()
charge_succeeded = Signal()
merchant_onboarding_approved = Signal()
merchant_onboarding_rejected = Signal()
merchant_onboarding_updated = Signal()
payment_unmatched_received = Signal()
payment_intent_amount_capturable_updated = Signal()
payment_intent_anomaly = Signal()
payment_intent_canceled = Signal()
payment_intent_created = Signal()
payment_intent_failed = Signal()
payment_intent_processing = Signal()
payment_intent_requires_action = Signal()
payment_intent_succeeded = Signal()
payout_canceled = Signal()
payout_created = Signal()
payout_failed = Signal()
payout_processing = Signal()
payout_reversed = Signal()
payout_succeeded = Signal()
ping = Signal()
refund_created = Signal()
refund_failed = Signal()
refund_processed = Signal()
refund_updated = Signal()
webhook_endpoint_disabled = Signal()

BY_TYPE: Mapping[str, Signal] = MappingProxyType(
    {
        "charge.failed": charge_failed,
        "charge.succeeded": charge_succeeded,
        "merchant_onboarding.approved": merchant_onboarding_approved,
        "merchant_onboarding.rejected": merchant_onboarding_rejected,
        "merchant_onboarding.updated": merchant_onboarding_updated,
        "payment.unmatched_received": payment_unmatched_received,
        "payment_intent.amount_capturable_updated": payment_intent_amount_capturable_updated,
        "payment_intent.anomaly": payment_intent_anomaly,
        "payment_intent.canceled": payment_intent_canceled,
        "payment_intent.created": payment_intent_created,
        "payment_intent.failed": payment_intent_failed,
        "payment_intent.processing": payment_intent_processing,
        "payment_intent.requires_action": payment_intent_requires_action,
        "payment_intent.succeeded": payment_intent_succeeded,
        "payout.canceled": payout_canceled,
        "payout.created": payout_created,
        "payout.failed": payout_failed,
        "payout.processing": payout_processing,
        "payout.reversed": payout_reversed,
        "payout.succeeded": payout_succeeded,
        "ping": ping,
        "refund.created": refund_created,
        "refund.failed": refund_failed,
        "refund.processed": refund_processed,
        "refund.updated": refund_updated,
        "webhook_endpoint.disabled": webhook_endpoint_disabled,
    }
)
