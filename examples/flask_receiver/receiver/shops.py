"""Receives the orders of WooCommerce and Shopify, each with its own signature over the raw body."""

from __future__ import annotations

import hmac
import os
from base64 import b64encode
from typing import Any, NamedTuple

from flask import Blueprint, abort, request

from molam_sdk import Money
from molam_sdk.contrib.flask import Molam

from . import orders


class Shop(NamedTuple):
    signature: str
    variable: str
    total: str


SHOPS = {
    "woocommerce": Shop("X-WC-Webhook-Signature", "WOOCOMMERCE_WEBHOOK_SECRET", "total"),
    "shopify": Shop("X-Shopify-Hmac-SHA256", "SHOPIFY_WEBHOOK_SECRET", "total_price"),
}


def blueprint_for(molam: Molam) -> Blueprint:
    blueprint = Blueprint("shops", __name__)

    @blueprint.post("/webhook/<any(woocommerce, shopify):name>")
    def receive(name: str) -> tuple[dict[str, str], int]:
        shop, body = SHOPS[name], request.get_data()
        if not is_authentic(shop, body):
            abort(400)
        told: dict[str, Any] = request.get_json()
        order = f"{name}-{told['id']}"
        orders.add(order)  # committed before anything is paid
        molam.client.payment_intents.create(
            amount=Money.of(told[shop.total], told["currency"]),
            payment_method="pm_cpay_ok",  # of the sandbox
            confirm=True,
            metadata={"order": order},
            idempotency_key=order,
        )
        return {"order": order}, 202

    return blueprint


def is_authentic(shop: Shop, body: bytes) -> bool:
    """Both sign with HMAC-SHA256 in base64; Molam's own signature has a timestamp besides, and is Molam's affair."""
    secret = os.environ.get(shop.variable, "")
    made = b64encode(hmac.digest(secret.encode(), body, "sha256"))
    given = request.headers.get(shop.signature, "").encode("latin-1", "replace")
    return secret != "" and hmac.compare_digest(made, given)
