"""One key, one execution: what is repeated, what is refused, what is kept and for how long."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from molam_gateway.domain.call import Account
from molam_gateway.operations.payment_intents import (
    cancel_payment_intent,
    confirm_payment_intent,
    create_payment_intent,
    list_payment_intents,
)
from molam_gateway.operations.payouts import create_payout
from molam_gateway.operations.refunds import create_refund
from molam_gateway.operations.webhook_endpoints import create_webhook_endpoint

from .bench import Bench, Reply

pytestmark = pytest.mark.anyio

PAYMENT: dict[str, object] = {"amount": 100, "currency": "USD", "confirm": True, "payment_method": "pm_cpay_ok"}
DAY = 86_400


async def test_a_repetition_is_answered_with_the_same_bytes(bench: Bench) -> None:
    first = await bench.call(create_payment_intent, PAYMENT, key="k")
    second = await bench.call(create_payment_intent, dict(reversed(PAYMENT.items())), key="k")
    assert (second.status, second.content) == (first.status, first.content)
    assert second.headers == {"Idempotent-Replayed": "true", "Original-Request-Id": "req_1"}
    assert "Idempotent-Replayed" not in first.headers
    assert await bench.movements() == [100]


async def test_another_request_under_the_same_key_is_refused(bench: Bench) -> None:
    intent = (await bench.call(create_payment_intent, PAYMENT, key="k")).json
    other_amount = await bench.call(create_payment_intent, {**PAYMENT, "amount": 101}, key="k")
    other_route = await bench.call(cancel_payment_intent, {}, key="k", payment_intent_id=intent["id"])
    assert {other_amount.status, other_route.status} == {422}
    assert other_amount.json["code"] == "idempotency_key_reused"
    assert await bench.movements() == [100]


async def test_keys_of_different_accounts_do_not_meet(bench: Bench) -> None:
    await bench.call(create_payment_intent, PAYMENT, key="k")
    other = await bench.call(create_payment_intent, PAYMENT, key="k", account=Account("acct_2", livemode=False))
    assert "Idempotent-Replayed" not in other.headers
    live = await bench.call(create_payment_intent, PAYMENT, key="k", account=Account("acct_1", livemode=True))
    assert live.status == 201
    assert "Idempotent-Replayed" not in live.headers


async def test_without_a_key_nothing_is_done(bench: Bench) -> None:
    from molam_gateway.domain.call import Call
    from molam_gateway.domain.problems import ProblemError

    call = Call("create_payment_intent", Account("acct_1", livemode=False), "req", body=PAYMENT)
    with pytest.raises(ProblemError, match="idempotency_key_missing"):
        await create_payment_intent(bench.services, call)
    assert await bench.movements() == []


@pytest.mark.parametrize("token", ["pm_cpay_ok", "pm_cpay_slow", "pm_cpay_declined"])
async def test_many_at_once_with_one_key_move_money_once(bench: Bench, token: str) -> None:
    bench.sleep = lambda _: asyncio.sleep(0.05)
    body = {**PAYMENT, "payment_method": token}
    replies = await asyncio.gather(*(bench.call(create_payment_intent, body, key="k") for _ in range(50)))
    statuses = [reply.status for reply in replies if "Idempotent-Replayed" not in reply.headers]
    expected = 402 if token == "pm_cpay_declined" else 201
    assert statuses.count(expected) == 1
    assert set(statuses) <= {expected, 409}
    assert {r.json["code"] for r in replies if r.status == 409} <= {"idempotency_in_flight"}
    assert await bench.movements() == ([] if token == "pm_cpay_declined" else [100])


async def test_a_call_in_flight_says_when_to_come_back(bench: Bench) -> None:
    pausing, release = bench.pause()
    slow = asyncio.create_task(
        bench.call(create_payment_intent, {**PAYMENT, "payment_method": "pm_cpay_slow"}, key="k")
    )
    await pausing.wait()
    meanwhile = await bench.call(create_payment_intent, {**PAYMENT, "payment_method": "pm_cpay_slow"}, key="k")
    assert (meanwhile.status, meanwhile.json["retry_after"]) == (409, 1)
    release.set()
    assert (await slow).json["status"] == "succeeded"


async def test_half_of_the_callers_send_another_amount(bench: Bench) -> None:
    bodies = [PAYMENT, {**PAYMENT, "amount": 200}] * 10
    replies = await asyncio.gather(*(bench.call(create_payment_intent, body, key="k") for body in bodies))
    assert sum(reply.status == 422 for reply in replies) == 10
    assert len(await bench.movements()) == 1


async def test_what_could_not_be_executed_is_not_kept(bench: Bench) -> None:
    refused = await bench.call(create_payment_intent, {**PAYMENT, "currency": "ZZZ"}, key="k")
    assert refused.json["code"] == "currency_unsupported"
    assert (await bench.call(create_payment_intent, PAYMENT, key="k")).status == 201


@pytest.mark.parametrize(
    ("token", "status"), [("pm_cpay_declined", 402), ("pm_cpay_insufficient_funds", 402), ("pm_none", 404)]
)
async def test_definitive_refusals_are_kept(bench: Bench, token: str, status: int) -> None:
    body = {**PAYMENT, "payment_method": token}
    first = await bench.call(create_payment_intent, body, key="k")
    second = await bench.call(create_payment_intent, body, key="k")
    assert (first.status, second.status, second.content) == (status, status, first.content)
    assert second.headers["Idempotent-Replayed"] == "true"
    assert second.headers["Content-Type"] == "application/problem+json"


async def test_a_refused_creation_leaves_no_object_behind(bench: Bench) -> None:
    await bench.call(create_payment_intent, {**PAYMENT, "payment_method": "pm_none"}, key="k")
    assert (await bench.call(list_payment_intents)).json["data"] == []


async def test_an_attempt_in_doubt_is_not_kept_as_an_answer(bench: Bench) -> None:
    intent = (await bench.call(create_payment_intent, {**PAYMENT, "payment_method": "pm_cpay_async_fail"})).json
    path = {"payment_intent_id": intent["id"]}
    early = await bench.call(cancel_payment_intent, {}, key="k", **path)
    assert early.json["code"] == "payment_in_flight"
    await bench.advance(30)
    late = await bench.call(cancel_payment_intent, {}, key="k", **path)
    assert (late.status, late.json["status"]) == (200, "canceled")


async def test_keys_are_kept_for_seven_days_and_objects_remember_them_for_ever(bench: Bench) -> None:
    intent = (await bench.call(create_payment_intent, PAYMENT, key="k")).json
    await bench.advance(7 * DAY - 1)
    assert (await bench.call(create_payment_intent, PAYMENT, key="k")).headers["Idempotent-Replayed"] == "true"
    await bench.advance(1)
    again = await bench.call(create_payment_intent, {**PAYMENT, "amount": 5}, key="k")
    assert (again.status, again.json["code"]) == (409, "idempotency_key_expired")
    assert again.json["resource"] == {"object": "payment_intent", "id": intent["id"], "status": "succeeded"}
    assert await bench.movements() == [100]


async def test_a_key_that_made_one_thing_is_never_spent_on_another(bench: Bench) -> None:
    intent = (await bench.call(create_payment_intent, PAYMENT, key="k")).json
    other = (await bench.call(create_payment_intent, {**PAYMENT, "confirm": False})).json
    await bench.advance(8 * DAY)
    beneficiary = {"type": "mobile_money", "phone": "+254700000000"}
    payout = {"amount": 10, "currency": "USD", "beneficiary": beneficiary}
    spends: tuple[Callable[[], Awaitable[Reply]], ...] = (
        lambda: bench.call(create_refund, {"amount": 10}, key="k", charge_id=intent["id"]),
        lambda: bench.call(create_payout, payout, key="k"),
        lambda: bench.call(cancel_payment_intent, {}, key="k", payment_intent_id=other["id"]),
    )
    for spend in spends:
        reply = await spend()
        assert (reply.status, reply.json["code"]) == (409, "idempotency_key_expired")
        assert reply.json["resource"]["id"] == intent["id"]
        await bench.advance(8 * DAY)
    assert await bench.movements() == [100]


async def test_refunds_and_payouts_remember_their_keys_too(bench: Bench) -> None:
    intent = (await bench.call(create_payment_intent, PAYMENT)).json
    beneficiary = {"type": "mobile_money", "phone": "+254700000000"}
    payout: dict[str, object] = {"amount": 10, "currency": "USD", "beneficiary": beneficiary}
    await bench.call(create_refund, {"amount": 10}, key="r", charge_id=intent["id"])
    await bench.call(create_payout, payout, key="p")
    await bench.advance(8 * DAY)
    refund = await bench.call(create_refund, {"amount": 10}, key="r", charge_id=intent["id"])
    assert (refund.json["code"], refund.json["resource"]["object"]) == ("idempotency_key_expired", "refund")
    assert (await bench.call(create_payout, payout, key="p")).json["resource"]["object"] == "payout"


async def test_expired_keys_are_removed_by_a_job(bench: Bench) -> None:
    from molam_gateway.due_work import plan_recurring

    await plan_recurring(bench.services)
    await bench.call(create_payment_intent, PAYMENT, key="k")
    await bench.advance(8 * DAY)
    async with bench.store.reading() as reader:
        assert await reader.fetch_all("SELECT key FROM idempotency_keys", {}) == []


async def test_an_answer_with_a_secret_is_encrypted_at_rest(bench: Bench) -> None:
    body: dict[str, object] = {"url": "http://127.0.0.1:9/", "enabled_events": ["*"]}
    first = await bench.call(create_webhook_endpoint, body, key="k")
    async with bench.store.reading() as reader:
        row = await reader.fetch_one("SELECT body FROM idempotency_keys", {})
    assert row is not None
    assert first.json["secret"] not in row["body"]
    again = await bench.call(create_webhook_endpoint, body, key="k")
    assert again.content == first.content


async def test_with_too_little_time_left_nothing_is_begun(bench: Bench) -> None:
    loop = asyncio.get_running_loop()
    late = await bench.call(create_payment_intent, PAYMENT, key="k", deadline=loop.time() + 0.09)
    assert (late.status, late.json["code"], late.json["retryable"]) == (503, "overloaded", True)
    assert (await bench.call(list_payment_intents)).json["data"] == []
    assert (await bench.call(create_payment_intent, PAYMENT, key="k")).status == 201


async def test_a_provider_that_outlasts_the_caller_leaves_the_intent_processing(bench: Bench) -> None:
    bench.sleep = asyncio.sleep
    loop = asyncio.get_running_loop()
    started = loop.time()
    body = {**PAYMENT, "payment_method": "pm_cpay_slow"}
    reply = await bench.call(create_payment_intent, body, key="k", deadline=started + 1)
    assert loop.time() - started < 2
    assert (reply.status, reply.json["status"]) == (201, "processing")
    again = await bench.call(create_payment_intent, body, key="k")
    assert again.content == reply.content
    await bench.advance(30)
    assert await bench.movements() == [100]
    confirm = await bench.call(confirm_payment_intent, {}, payment_intent_id=reply.json["id"])
    assert confirm.json["resource"]["status"] == "succeeded"
