"""Paystack's simulator in the sandbox, from the API to the book and back."""

from typing import Any

import httpx

from molam_gateway.embedded import Sandbox
from tests.gateway_fixtures import Api

PAYMENT: dict[str, Any] = {
    "amount": 250_000,
    "currency": "NGN",
    "provider": "paystack",
    "customer": {"email": "awa@example.com"},
    "confirm": True,
}


def test_a_payment_on_a_page_and_its_refund() -> None:
    with Sandbox(validate_responses=True) as sandbox:
        api = Api(sandbox.url, sandbox.api_key)
        try:
            declined = api.post("/v1/connect/payment_intents", {**PAYMENT, "payment_method": "pm_AUTH_declined"})
            assert (declined.status_code, declined.json()["code"]) == (402, "card_declined")
            intent = api.made("/v1/connect/payment_intents", {**PAYMENT, "payment_method": "pm_paystack_checkout"})
            assert intent["status"] == "requires_action"
            page = intent["next_action"]["redirect_url"]
            assert httpx.get(page).status_code == 200
            assert httpx.post(f"{page}?decision=pay").status_code == 200
            api.advance(60)
            assert api.get(f"/v1/connect/payment_intents/{intent['id']}").json()["status"] == "succeeded"
            refund = api.made(f"/v1/connect/charges/{intent['id']}/refund", {"amount": 100_000})
            assert refund["status"] == "processing"
            api.advance(120)
            assert api.get(f"/v1/connect/refunds/{refund['id']}").json()["status"] == "succeeded"
            book = httpx.get(f"{sandbox.url}/sandbox/simulators/paystack/_control/ledger").json()["movements"]
            assert [(each["kind"], each["amount"]) for each in book] == [("charge", 250_000), ("refund", 100_000)]
        finally:
            api.close()
