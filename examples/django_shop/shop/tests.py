"""The shop's tests: webhooks as Molam sends them, and no gateway; each test is undone by Django's TestCase."""

from __future__ import annotations

from django.test import TestCase, override_settings
from django.urls import reverse

from molam_sdk.contrib.django import process_webhooks
from molam_sdk.contrib.django.testing import post_webhook

from .models import Order, Product

UNREACHABLE = {"API_KEY": "sk_test_shop", "API_BASE": "http://127.0.0.1:9", "WEBHOOK_SECRET": "whsec_shop"}


@override_settings(MOLAM={**UNREACHABLE, "DEFAULT_CURRENCY": "USD", "MAX_RETRIES": 0})
class OrderTests(TestCase):
    def setUp(self) -> None:
        self.product = Product.objects.create(name="Tea", price=900)
        self.order = Order.objects.create(product=self.product, amount=900)

    def test_nothing_is_lost_while_molam_cannot_be_reached(self) -> None:
        answer = self.client.post(reverse("pay", args=[self.order.id]))
        self.assertContains(answer, "Try again", status_code=503)
        self.order.refresh_from_db()
        assert self.order.state == "open"

    def test_a_webhook_pays_the_order_once(self) -> None:
        for _ in range(2):
            answer = post_webhook("payment_intent.succeeded", {"metadata": {"order_id": str(self.order.id)}})
            assert answer.status_code == 204
            process_webhooks()
        self.order.refresh_from_db()
        self.product.refresh_from_db()
        assert (self.order.state, self.product.stock) == ("paid", 9)
