"""What a provider says after the end is told to people where it contradicts, and only there."""

from typing import Any

import pytest

from molam_gateway.domain.attempts import Attempt
from molam_gateway.domain.outcomes import Failed, Outcome, Succeeded
from molam_gateway.operations.payment_intents import cancel_payment_intent, create_payment_intent
from molam_gateway.operations.recorder import recorder
from molam_gateway.operations.sandbox_actions import resolve_action
from molam_gateway.operations.sandbox_trigger import trigger_event
from molam_gateway.operations.settlement.revision import revise
from molam_gateway.storage import attempts

from .bench import Bench

pytestmark = pytest.mark.anyio


async def pay(bench: Bench, token: str, **members: object) -> dict[str, Any]:
    body = {"amount": 100, "currency": "USD", "confirm": True, "payment_method": token, **members}
    return (await bench.call(create_payment_intent, body)).json


async def only_attempt(bench: Bench, kind: str) -> Attempt:
    async with bench.store.reading() as reader:
        rows = await reader.fetch_all("SELECT * FROM attempts WHERE kind = :kind", {"kind": kind})
    assert len(rows) == 1
    return attempts.TABLE.read(rows[0])


async def hear(bench: Bench, kind: str, outcome: Outcome) -> list[str]:
    """The anomalies on record once the provider has said something of an attempt, twice."""
    attempt = await only_attempt(bench, kind)
    for _ in range(2):
        async with bench.store.transaction() as tx:
            await revise(recorder(bench.services, tx, None), attempt, outcome)
    async with bench.store.reading() as reader:
        return [row["detail"] for row in await reader.fetch_all("SELECT detail FROM operator_cases", {})]


async def test_our_own_void_is_no_anomaly(bench: Bench) -> None:
    intent = await pay(bench, "pm_cpay_action", capture_method="manual")
    token = intent["next_action"]["redirect_url"].rpartition("/")[2]
    assert await resolve_action(bench.services, token, approve=True) is not None
    canceled = await bench.call(cancel_payment_intent, {}, payment_intent_id=intent["id"])
    assert canceled.json["status"] == "canceled"
    await bench.advance(1)
    assert "payment_intent.anomaly" not in await bench.event_types()
    assert await hear(bench, "authorize", Failed("canceled", "It was called off.")) == []


async def test_a_charge_that_is_undone_leaves_what_is_missing_in_suspense(bench: Bench) -> None:
    await pay(bench, "pm_cpay_ok")
    assert len(await hear(bench, "charge", Failed("reversed", "Sent back."))) == 1
    assert await bench.sums() == {"merchant_payable": -100, "suspense": 100}
    assert (await bench.event_types()).count("payment_intent.anomaly") == 1


@pytest.mark.parametrize(("type", "kind"), [("refund.failed", "refund"), ("payout.canceled", "payout")])
async def test_money_that_leaves_after_a_failure_is_missing_in_suspense(bench: Bench, type: str, kind: str) -> None:
    await bench.call(trigger_event, {"type": type})
    assert len(await hear(bench, kind, Succeeded("late"))) == 1
    assert await bench.sums() == {"merchant_payable": -2500, "suspense": 2500}
