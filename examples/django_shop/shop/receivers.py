"""What the events of a payment do to its order: in one transaction with the event's end, and so exactly once."""

from __future__ import annotations

from typing import Any

from django.db.models import F
from django.dispatch import receiver

from molam_api.models import PaymentIntent
from molam_sdk.contrib.django import signals

from .models import Order, Product


@receiver(signals.payment_intent_succeeded)
def paid(instance: PaymentIntent, **_: Any) -> None:
    order = Order.objects.get(id=instance.metadata["order_id"])
    Order.objects.filter(id=order.id).update(state=Order.State.PAID, payment=instance.id)
    Product.objects.filter(pk=order.product.pk).update(stock=F("stock") - 1)


@receiver(signals.payment_intent_failed)
def failed(instance: PaymentIntent, **_: Any) -> None:
    Order.objects.filter(id=instance.metadata["order_id"]).update(state=Order.State.FAILED)
