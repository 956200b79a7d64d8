"""A sandbox talks to the simulators of real providers at once, and hears them."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from molam_gateway.embedded import Sandbox
from tests.gateway_fixtures import Api

INTENTS = "/v1/connect/payment_intents"


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    with (
        Sandbox(database=tmp_path / "gateway.db", validate_responses=True) as sandbox,
        contextlib.closing(Api(sandbox.url, sandbox.api_key)) as api,
    ):
        yield api


def count(tmp_path: Path, sql: str) -> int:
    with contextlib.closing(sqlite3.connect(tmp_path / "gateway.db")) as connection:
        return int(connection.execute(sql).fetchone()[0])


def test_a_card_is_charged_through_the_simulated_stripe(api: Api, tmp_path: Path) -> None:
    body = {"amount": 2500, "currency": "USD", "confirm": True, "payment_method": "pm_card_visa"}
    paid = api.post(INTENTS, {**body, "provider": "visa"})
    assert (paid.status_code, paid.json()["status"], paid.json()["provider"]) == (201, "succeeded", "stripe"), paid.text
    refund = api.post(f"/v1/connect/charges/{paid.json()['latest_charge']}/refund", {"amount": 1000})
    assert (refund.status_code, refund.json()["status"]) == (201, "succeeded"), refund.text
    api.advance(60)
    ledger = api.get("/sandbox/simulators/stripe/_control/ledger").json()
    assert [each["amount"] for each in ledger["movements"]] == [2500, 1000]
    assert count(tmp_path, "SELECT COUNT(*) FROM provider_messages WHERE state = 'done'") > 0
    assert count(tmp_path, "SELECT COUNT(*) FROM provider_messages WHERE state <> 'done'") == 0
    assert count(tmp_path, "SELECT COUNT(*) FROM operator_cases") == 0


def test_a_customer_is_prompted_through_the_simulated_daraja(api: Api, tmp_path: Path) -> None:
    body = {
        "amount": 10_000,
        "currency": "KES",
        "confirm": True,
        "payment_method": "pm_mpesa",
        "customer": {"phone": "+254712345100"},
    }
    prompted = api.post(INTENTS, body)
    assert prompted.status_code == 201, prompted.text
    intent = prompted.json()
    assert intent["provider"] == "mpesa"
    assert intent["status"] in {"requires_action", "processing"}
    refused = api.post(f"{INTENTS}/{intent['id']}/cancel", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "payment_in_flight")
    api.advance(120)
    settled = api.get(f"{INTENTS}/{intent['id']}").json()
    assert settled["status"] == "succeeded"
    assert count(tmp_path, "SELECT COUNT(*) FROM provider_messages WHERE attempt IS NOT NULL AND state = 'done'") == 1


@pytest.mark.parametrize(
    ("members", "status", "code"),
    [
        ({"payment_method": "pm_mpesa", "amount": 10_000}, 400, "parameter_missing"),
        ({"payment_method": "pm_mpesa", "amount": 150, "customer": {"phone": "+254712345100"}}, 400, "amount_not_rep"),
        (
            {
                "payment_method": "pm_mpesa",
                "amount": 10_000,
                "capture_method": "manual",
                "customer": {"phone": "+254712345100"},
            },
            400,
            "parameter_invalid",
        ),
    ],
)
def test_what_a_provider_cannot_do_is_refused(api: Api, members: dict[str, object], status: int, code: str) -> None:
    refused = api.post(INTENTS, {"currency": "KES", "confirm": True, **members})
    assert refused.status_code == status
    assert refused.json()["code"].startswith(code)


def test_what_is_not_the_providers_is_refused_and_counted(api: Api, tmp_path: Path) -> None:
    api.post(INTENTS, {"amount": 2500, "currency": "USD", "confirm": True, "payment_method": "pm_card_visa"})
    forged = api.post("/api/v1/webhooks/stripe", {"id": "evt_1"})
    assert (forged.status_code, forged.json()["code"]) == (401, "signature_invalid")
    assert api.post("/api/v1/webhooks/cpay", {}).status_code == 404
    assert api.post(f"/api/v1/callbacks/{'0' * 64}/a", {}).status_code == 404
    assert api.post(f"/api/v1/callbacks/{'0' * 40}", {}).status_code == 404
    assert count(tmp_path, "SELECT messages FROM provider_forgeries") == 1
    assert count(tmp_path, "SELECT COUNT(*) FROM provider_messages WHERE verdict <> 'authentic'") == 0


def test_a_page_of_the_simulated_paystack_that_nobody_pays_on_is_canceled(api: Api, tmp_path: Path) -> None:
    body = {
        "amount": 250_000,
        "currency": "NGN",
        "confirm": True,
        "payment_method": "pm_paystack_checkout",
        "customer": {"email": "awa@example.com"},
    }
    intent = api.made(INTENTS, body)
    assert (intent["provider"], intent["status"]) == ("paystack", "requires_action")
    api.advance(5 * 86_400)
    assert api.get(f"{INTENTS}/{intent['id']}").json()["status"] == "canceled"
    assert count(tmp_path, "SELECT COUNT(*) FROM operator_cases") == 0
    page = intent["next_action"]["redirect_url"]
    assert api.client.post(page, params={"decision": "pay"}).status_code == 200
    api.advance(60)
    assert api.get(f"{INTENTS}/{intent['id']}").json()["status"] == "canceled"
    assert count(tmp_path, "SELECT COUNT(*) FROM operator_cases WHERE kind = 'contradiction'") == 1
