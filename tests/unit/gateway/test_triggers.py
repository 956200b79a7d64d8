"""Every event type can be brought about, from nothing and from existing objects."""

from typing import Any

import pytest

from molam_gateway import failpoints
from molam_gateway.operations.payment_intents import create_payment_intent, retrieve_payment_intent
from molam_gateway.operations.payouts import create_payout
from molam_gateway.operations.refunds import create_refund
from molam_gateway.operations.sandbox_trigger import TRIGGERS, trigger_event

from .bench import Bench, Reply

pytestmark = pytest.mark.anyio


class CrashError(BaseException):
    """Ends the process's work on the spot."""


def _crash() -> None:
    raise CrashError


async def trigger(bench: Bench, type: str, object_id: str | None = None, **overrides: object) -> Reply:
    body: dict[str, object] = {"type": type}
    if object_id is not None:
        body["object_id"] = object_id
    if overrides:
        body["overrides"] = overrides
    return await bench.call(trigger_event, body)


async def pay(bench: Bench, token: str = "pm_cpay_ok", **members: object) -> dict[str, Any]:
    body = {"amount": 700, "currency": "EUR", "confirm": True, "payment_method": token, **members}
    return (await bench.call(create_payment_intent, body)).json


@pytest.mark.parametrize("type", sorted(TRIGGERS))
async def test_every_event_can_be_triggered_from_nothing(bench: Bench, type: str) -> None:
    reply = await trigger(bench, type)
    assert reply.status == 200, reply.json
    assert reply.json["type"] == type
    assert type in await bench.event_types()
    assert sum((await bench.sums()).values()) == 0


async def test_overrides_shape_the_new_object(bench: Bench) -> None:
    reply = await trigger(bench, "payment_intent.succeeded", amount=5000, currency="xof", metadata={"a": "b"})
    intent = reply.json["data"]["object"]
    assert (intent["amount_received"], intent["currency"], intent["metadata"]) == (5000, "XOF", {"a": "b"})


@pytest.mark.parametrize(
    ("token", "capture", "type", "status"),
    [
        (None, "automatic", "payment_intent.requires_action", "requires_action"),
        (None, "automatic", "payment_intent.succeeded", "succeeded"),
        (None, "automatic", "payment_intent.failed", "requires_payment_method"),
        (None, "automatic", "payment_intent.anomaly", "canceled"),
        ("pm_cpay_action", "automatic", "payment_intent.succeeded", "succeeded"),
        ("pm_cpay_action", "automatic", "payment_intent.failed", "requires_payment_method"),
        ("pm_cpay_async_fail", "automatic", "payment_intent.succeeded", "succeeded"),
        ("pm_cpay_async_ok", "automatic", "payment_intent.failed", "requires_payment_method"),
        ("pm_cpay_async_ok", "manual", "payment_intent.amount_capturable_updated", "requires_capture"),
        ("pm_cpay_ok", "manual", "payment_intent.succeeded", "succeeded"),
        ("pm_cpay_ok", "manual", "payment_intent.canceled", "canceled"),
    ],
)
async def test_an_existing_intent_takes_the_legal_steps(
    bench: Bench, token: str | None, capture: str, type: str, status: str
) -> None:
    body: dict[str, object] = {"amount": 700, "currency": "EUR", "capture_method": capture}
    if token is not None:
        body |= {"confirm": True, "payment_method": token}
    intent = (await bench.call(create_payment_intent, body)).json
    reply = await trigger(bench, type, intent["id"])
    assert reply.status == 200, reply.json
    now = (await bench.call(retrieve_payment_intent, payment_intent_id=intent["id"])).json
    assert now["status"] == status


@pytest.mark.parametrize(
    "type",
    [name for name in TRIGGERS if name.startswith("payment_intent.")],
)
async def test_nothing_leads_out_of_a_paid_intent(bench: Bench, type: str) -> None:
    intent = await pay(bench)
    before = await bench.event_types()
    reply = await trigger(bench, type, intent["id"])
    assert (reply.status, reply.json["code"]) == (409, "invalid_state")
    assert await bench.event_types() == before
    assert await bench.movements() == [700]


async def test_an_anomaly_leaves_the_final_state_and_keeps_the_money_in_suspense(bench: Bench) -> None:
    reply = await trigger(bench, "payment_intent.anomaly")
    assert reply.json["data"]["object"]["status"] == "canceled"
    assert await bench.movements() == [2500]
    assert await bench.sums() == {"provider_clearing": 2500, "suspense": -2500}
    again = await trigger(bench, "payment_intent.anomaly", reply.json["data"]["object"]["id"])
    assert await bench.sums() == {"provider_clearing": 2500, "suspense": -2500}
    assert (again.status, again.json["code"]) == (409, "invalid_state")
    assert await bench.movements() == [2500]


async def test_a_charge_is_named_by_its_own_id(bench: Bench) -> None:
    intent = await pay(bench, "pm_cpay_action")
    reply = await trigger(bench, "charge.succeeded", intent["latest_charge"])
    assert reply.json["data"]["object"]["id"] == intent["latest_charge"]


async def test_existing_refunds_and_payouts_take_the_legal_steps(bench: Bench) -> None:
    intent = await pay(bench)
    refund = (await bench.call(create_refund, {"amount": 100}, charge_id=intent["id"])).json
    assert (await trigger(bench, "refund.created", refund["id"])).status == 409
    assert (await trigger(bench, "refund.updated", refund["id"])).status == 409
    assert (await trigger(bench, "refund.processed", refund["id"])).status == 409
    assert (await trigger(bench, "refund.failed", refund["id"])).status == 200
    assert (await trigger(bench, "refund.failed", refund["id"])).status == 409
    beneficiary = {"type": "mobile_money", "phone": "+254700000000"}
    payout = (await bench.call(create_payout, {"amount": 600, "currency": "EUR", "beneficiary": beneficiary})).json
    for refused in ("created", "processing", "succeeded", "failed", "canceled"):
        assert (await trigger(bench, f"payout.{refused}", payout["id"])).status == 409
    assert (await trigger(bench, "payout.reversed", payout["id"])).status == 200
    assert (await trigger(bench, "payout.reversed", payout["id"])).status == 409
    assert sorted(await bench.movements()) == [100, 100, 600, 600, 700]


async def test_a_refund_under_way_ends_as_asked(bench: Bench) -> None:
    for type, status in (("refund.processed", "succeeded"), ("refund.failed", "failed")):
        slow = (await trigger(bench, "refund.updated")).json["data"]["object"]
        assert (await trigger(bench, type, slow["id"])).json["data"]["object"]["status"] == status


async def test_an_endpoint_is_disabled_once(bench: Bench) -> None:
    endpoint = (await trigger(bench, "ping")).json["data"]["object"]
    assert (await trigger(bench, "webhook_endpoint.disabled", endpoint["id"])).status == 200
    assert (await trigger(bench, "webhook_endpoint.disabled", endpoint["id"])).status == 409


async def test_an_onboarding_is_reviewed_on_its_merits(bench: Bench) -> None:
    onboarding = (await trigger(bench, "merchant_onboarding.updated")).json["data"]["object"]
    assert (await trigger(bench, "merchant_onboarding.updated", onboarding["id"])).status == 409
    assert (await trigger(bench, "merchant_onboarding.rejected", onboarding["id"])).status == 409
    assert (await trigger(bench, "merchant_onboarding.approved", onboarding["id"])).status == 200


async def test_automatic_capture_never_waits_for_a_capture(bench: Bench) -> None:
    intent = (await bench.call(create_payment_intent, {"amount": 1, "currency": "EUR"})).json
    reply = await trigger(bench, "payment_intent.amount_capturable_updated", intent["id"])
    assert (reply.status, reply.json["code"]) == (409, "invalid_state")


async def test_an_unknown_object_or_type_is_refused(bench: Bench) -> None:
    assert (await trigger(bench, "payment_intent.succeeded", "pi_none")).status == 404
    assert (await trigger(bench, "no.such")).status == 400


async def test_a_repeated_trigger_repeats_nothing(bench: Bench) -> None:
    body: dict[str, object] = {"type": "payout.succeeded"}
    first = await bench.call(trigger_event, body, key="same")
    second = await bench.call(trigger_event, body, key="same")
    assert second.content == first.content
    assert second.headers["Idempotent-Replayed"] == "true"
    assert await bench.movements() == [2500, 2500]


async def test_what_the_provider_has_ended_is_not_ended_again(bench: Bench) -> None:
    paid = await pay(bench, "pm_cpay_unknown_ok")
    assert (await trigger(bench, "payment_intent.failed", paid["id"])).status == 409
    assert (await trigger(bench, "payment_intent.succeeded", paid["id"])).status == 200
    assert await bench.movements() == [700]
    refused = await pay(bench, "pm_cpay_unknown_fail")
    assert (await trigger(bench, "payment_intent.succeeded", refused["id"])).status == 409
    assert (await trigger(bench, "payment_intent.failed", refused["id"])).status == 200
    assert await bench.movements() == [700]


async def test_a_payout_whose_answer_was_lost_moves_its_money_once(bench: Bench) -> None:
    await pay(bench)
    beneficiary = {"type": "mobile_money", "phone": "+254700000002"}
    payout = (await bench.call(create_payout, {"amount": 100, "currency": "EUR", "beneficiary": beneficiary})).json
    assert (await trigger(bench, "payout.failed", payout["id"])).status == 409
    assert (await trigger(bench, "payout.succeeded", payout["id"])).status == 200
    assert await bench.movements("payout") == [100]
    assert await bench.sums() == {"provider_clearing": 600, "merchant_payable": -600}


async def test_an_authorization_that_was_released_is_no_anomaly(bench: Bench) -> None:
    intent = await pay(bench, capture_method="manual")
    assert (await trigger(bench, "payment_intent.anomaly", intent["id"])).status == 409
    assert (await bench.call(retrieve_payment_intent, payment_intent_id=intent["id"])).json["status"] == (
        "requires_capture"
    )


@pytest.mark.parametrize("point", ["before_trigger_step", "after_trigger_step", "after_commit"])
@pytest.mark.parametrize("type", ["payout.succeeded", "payout.reversed", "refund.failed", "payment_intent.anomaly"])
async def test_a_trigger_goes_on_after_a_crash(bench: Bench, type: str, point: str) -> None:
    body: dict[str, object] = {"type": type}
    with failpoints.armed(point, _crash), pytest.raises(CrashError):
        await bench.call(trigger_event, body, key="same")
    await bench.restart()
    bench.clock.pass_real_time(31)
    reply = await bench.call(trigger_event, body, key="same")
    assert (reply.status, reply.json.get("type")) == (200, type)
    assert (await bench.event_types()).count(type) == 1


async def test_a_trigger_answers_an_event_that_happened_before_the_crash(bench: Bench) -> None:
    intent = await pay(bench, "pm_cpay_action")
    body: dict[str, object] = {"type": "payment_intent.succeeded", "object_id": intent["id"]}

    with failpoints.armed("after_reconciling", _crash), pytest.raises(CrashError):
        await bench.call(trigger_event, body, key="same")
    await bench.restart()
    bench.clock.pass_real_time(31)
    reply = await bench.call(trigger_event, body, key="same")
    assert (reply.status, reply.json.get("type")) == (200, "payment_intent.succeeded")
    assert await bench.movements() == [700]
