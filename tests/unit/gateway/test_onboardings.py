"""Merchant onboardings from creation to the verdict."""

from dataclasses import replace
from typing import Any

import pytest

from molam_gateway.domain.call import Account
from molam_gateway.domain.merchant_onboardings import Verdict
from molam_gateway.domain.problems import ProblemError
from molam_gateway.operations.merchant_onboardings import (
    create_merchant_onboarding,
    decide,
    retrieve_merchant_onboarding,
    review,
    submit_merchant_onboarding,
)

from .bench import ACCOUNT, Bench

pytestmark = pytest.mark.anyio


async def create(bench: Bench, account: Account = ACCOUNT, **members: object) -> dict[str, Any]:
    body = {
        "business_name": "Duka",
        "business_type": "company",
        "country": "KE",
        "email": "a@b.example",
        "phone": "+254700001234",
        "settlement": {"type": "mobile_money", "phone": "+254700005678"},
        **members,
    }
    reply = await bench.call(create_merchant_onboarding, body, account=account)
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


async def test_with_real_money_a_review_waits_for_an_operator(bench: Bench) -> None:
    account = replace(ACCOUNT, livemode=True)
    onboarding = await create(bench, account=account)
    path = {"merchant_onboarding_id": onboarding["id"]}
    with pytest.raises(ProblemError, match="invalid_state"):
        await decide(bench.services, onboarding["id"], Verdict.APPROVED, "amina")
    await bench.call(submit_merchant_onboarding, account=account, **path)
    await bench.advance(30 * 86_400)
    await review(bench.services, onboarding["id"])
    waiting = await bench.call(retrieve_merchant_onboarding, account=account, **path)
    assert waiting.json["status"] == "under_review"
    await decide(bench.services, onboarding["id"], Verdict.REJECTED, "amina")
    assert (await bench.call(retrieve_merchant_onboarding, account=account, **path)).json["status"] == "rejected"
    with pytest.raises(ProblemError, match="invalid_state"):
        await decide(bench.services, onboarding["id"], Verdict.APPROVED, "amina")
    assert await bench.event_types() == ["merchant_onboarding.updated", "merchant_onboarding.rejected"]
