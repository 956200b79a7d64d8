"""The example receiver as it runs: two gunicorn workers after a fork, a worker for webhooks, a sandbox, two shops."""

from __future__ import annotations

import hmac
import json
import time
from base64 import b64encode
from pathlib import Path

import httpx
import pytest

from molam_gateway.embedded import Sandbox
from molam_sdk import MolamClient
from molam_sdk.testing import WebhookMaker
from tests.contrib.running import running

pytestmark = pytest.mark.timeout(120)


def posted(url: str, header: str, secret: str, **order: object) -> int:
    body = json.dumps(order).encode()
    signature = b64encode(hmac.digest(secret.encode(), body, "sha256")).decode()
    return httpx.post(url, content=body, headers={header: signature, "Content-Type": "application/json"}).status_code


def paid(url: str) -> bool:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        if httpx.get(url).json()["state"] == "paid":
            return True
        time.sleep(0.05)
    return False


def test_orders_of_shops_are_paid_once(tmp_path: Path) -> None:
    gunicorn = ("-m", "gunicorn", "--preload", "--workers", "2", "--threads", "2", "--bind", "127.0.0.1:0")
    with Sandbox() as sandbox:
        variables = {
            "MOLAM_API_BASE": sandbox.url,
            "MOLAM_API_KEY": sandbox.api_key,
            "MOLAM_WEBHOOK_SECRET": sandbox.webhook_secret,
            "RECEIVER_DATABASE": str(tmp_path / "receiver.db"),
            "WOOCOMMERCE_WEBHOOK_SECRET": "woo",
            "SHOPIFY_WEBHOOK_SECRET": "shopify",
        }
        serving = running(
            "flask_receiver",
            tmp_path / "gunicorn.log",
            *gunicorn,
            "receiver:create_app()",
            says=r"http://127\.0\.0\.1:\d+",
            **variables,
        )
        worker = ("-m", "receiver.work")
        working = running("flask_receiver", tmp_path / "work.log", *worker, says="working", **variables)
        with serving as url, working, MolamClient(api_key=sandbox.api_key, api_base=sandbox.url) as client:
            client.webhook_endpoints.create(url=f"{url}/webhook/molam", enabled_events=["*"])
            woo = {"id": 17, "total": "25.00", "currency": "USD"}
            for _ in range(2):
                assert posted(f"{url}/webhook/woocommerce", "X-WC-Webhook-Signature", "woo", **woo) == 202
            order = {"id": 18, "total_price": "9.00", "currency": "USD"}
            assert posted(f"{url}/webhook/shopify", "X-Shopify-Hmac-SHA256", "shopify", **order) == 202
            assert posted(f"{url}/webhook/shopify", "X-Shopify-Hmac-SHA256", "another", **order) == 400
            assert paid(f"{url}/orders/woocommerce-17")
            assert paid(f"{url}/orders/shopify-18")
            assert sorted(intent.amount for intent in client.payment_intents.list()) == [900, 2500]
            maker = WebhookMaker(sandbox.webhook_secret)
            for refused in (maker.forged("ping"), maker.unsigned("ping")):
                assert refused.send(f"{url}/webhook/molam").status == 400
            client.sandbox.advance_clock(seconds=0)
            assert {delivery.status for delivery in client.webhook_deliveries.list()} == {"delivered"}
