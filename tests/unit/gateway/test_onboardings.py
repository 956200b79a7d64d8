"""Merchant onboardings from creation to the verdict."""

from typing import Any

import pytest

from molam_gateway.operations.merchant_onboardings import (
    create_merchant_onboarding,
    retrieve_merchant_onboarding,
    submit_merchant_onboarding,
)

from .bench import Bench

pytestmark = pytest.mark.anyio


async def create(bench: Bench, **members: object) -> dict[str, Any]:
    body = {
        "business_name": "Duka",
        "business_type": "company",
        "country": "KE",
        "email": "a@b.example",
        "phone": "+254700001234",
        "settlement": {"type": "mobile_money", "phone": "+254700005678"},
        **members,
    }
    reply = await bench.call(create_merchant_onboarding, body)
    assert reply.status == 201, reply.json
    return reply.json


async def test_numbers_are_write_only(bench: Bench) -> None:
    onboarding = await create(bench)
    assert (onboarding["status"], onboarding["phone"]) == ("pending", "***1234")
    assert onboarding["settlement"]["last4"] == "5678"


@pytest.mark.parametrize(("name", "verdict"), [("Duka", "approved"), ("Duka REJECT Ltd", "rejected")])
async def test_a_review_takes_a_minute(bench: Bench, name: str, verdict: str) -> None:
    onboarding = await create(bench, business_name=name)
    path = {"merchant_onboarding_id": onboarding["id"]}
    submitted = await bench.call(submit_merchant_onboarding, **path)
    assert (submitted.status, submitted.json["status"]) == (200, "under_review")
    again = await bench.call(submit_merchant_onboarding, **path)
    assert (again.status, again.json["code"]) == (409, "invalid_state")
    await bench.advance(59)
    assert (await bench.call(retrieve_merchant_onboarding, **path)).json["status"] == "under_review"
    await bench.advance(1)
    assert (await bench.call(retrieve_merchant_onboarding, **path)).json["status"] == verdict
    assert await bench.event_types() == ["merchant_onboarding.updated", f"merchant_onboarding.{verdict}"]


async def test_a_settlement_account_is_checked(bench: Bench) -> None:
    reply = await bench.call(
        create_merchant_onboarding,
        {"business_name": "D", "business_type": "company", "country": "KE", "email": "a@b.example"}
        | {"settlement": {"type": "bank_account"}},
    )
    assert (reply.status, reply.json["param"]) == (400, "settlement.account_number")


async def test_an_unknown_onboarding_is_missing(bench: Bench) -> None:
    reply = await bench.call(retrieve_merchant_onboarding, merchant_onboarding_id="mo_none")
    assert (reply.status, reply.json["code"]) == (404, "resource_missing")
