"""The façade: the rows and use cases of the canonical operations in other words."""

import asyncio
import json
from typing import Any

import pytest

from molam_gateway.domain import facade as words
from molam_gateway.domain.call import Account
from molam_gateway.domain.outcomes import Failed
from molam_gateway.domain.payment_intents import EDGES
from molam_gateway.operations import facade
from molam_gateway.operations.payment_intents import (
    cancel_payment_intent,
    confirm_payment_intent,
    create_payment_intent,
    retrieve_payment_intent,
)
from molam_gateway.operations.refunds import create_refund

from .bench import Bench, Reply
from .test_providers import Scripted

pytestmark = pytest.mark.anyio

PAYMENT = {"provider": "cpay", "amount": "25.00", "currency": "USD", "payment_method": "pm_cpay_ok"}
OTHER = Account("acct_2", livemode=False)


async def initialize(bench: Bench, *, key: str | None = None, **members: object) -> Reply:
    return await bench.call(facade.initialize_payment, {**PAYMENT, **members}, key=key)


async def refund(bench: Bench, id: str, *, key: str | None = None, **members: object) -> Reply:
    return await bench.call(facade.refund_payment, members, key=key, transaction_id=id)


async def get(bench: Bench, id: str) -> dict[str, Any]:
    return (await bench.call(facade.get_payment, transaction_id=id)).json


async def moved(bench: Bench, id: str) -> list[tuple[str, int]]:
    rows = await bench.simulator.movements("acct_1", False, id)
    return [(str(row["kind"]), int(str(row["amount"]))) for row in rows]


async def test_a_payment_is_an_intent_in_major_units(bench: Bench) -> None:
    made = await initialize(bench, metadata={"order_id": "1"})
    assert made.status == 201
    id = made.json["transaction_id"]
    assert (made.json["status"], made.json["amount"], made.json["amount_refunded"]) == ("completed", "25.00", "0.00")
    intent = (await bench.call(retrieve_payment_intent, payment_intent_id=id)).json
    assert (intent["amount"], intent["status"], intent["metadata"]) == (2500, "succeeded", {"order_id": "1"})
    assert await moved(bench, id) == [("charge", 2500)]


async def test_a_repetition_answers_the_same_bytes_and_moves_nothing(bench: Bench) -> None:
    first = await initialize(bench, key="order-1")
    again = await initialize(bench, key="order-1")
    assert (again.status, again.content) == (first.status, first.content)
    assert again.headers["Idempotent-Replayed"] == "true"
    id = first.json["transaction_id"]
    given_back = await refund(bench, id, key="refund-1", amount="4.00")
    assert (await refund(bench, id, key="refund-1", amount="4.00")).content == given_back.content
    assert await moved(bench, id) == [("charge", 2500), ("refund", 400)]


async def test_a_hundred_calls_with_one_key_move_money_once(bench: Bench) -> None:
    replies = await asyncio.gather(*(initialize(bench, key="order-1") for _ in range(100)))
    ids = {reply.json["transaction_id"] for reply in replies if reply.status == 201}
    assert {reply.status for reply in replies} <= {201, 409}
    assert [await moved(bench, id) for id in ids] == [[("charge", 2500)]]


async def test_a_decline_answers_402_and_names_the_failed_payment_on_repetition_too(bench: Bench) -> None:
    declined = await initialize(bench, key="order-1", payment_method="pm_cpay_declined")
    again = await initialize(bench, key="order-1", payment_method="pm_cpay_declined")
    assert (declined.status, again.status, declined.content) == (402, 402, again.content)
    resource = declined.json["resource"]
    assert (resource["object"], resource["status"]) == ("payment", "failed")
    assert declined.json["detail"].endswith(f"{resource['id']} is failed.")
    assert (await get(bench, resource["id"]))["status"] == "failed"


async def test_what_failed_can_be_confirmed_as_an_intent(bench: Bench) -> None:
    id = (await initialize(bench, payment_method="pm_cpay_declined")).json["resource"]["id"]
    await bench.call(confirm_payment_intent, {"payment_method": "pm_cpay_ok"}, payment_intent_id=id)
    assert (await get(bench, id))["status"] == "completed"


async def test_refunds_are_told_in_words_and_never_exceed_the_payment(bench: Bench) -> None:
    id = (await initialize(bench)).json["transaction_id"]
    part = await refund(bench, id, amount="4.00", currency="usd", reason="late")
    assert (part.status, part.json["status"], part.json["amount"]) == (201, "completed", "4.00")
    assert (await get(bench, id))["status"] == "partially_refunded"
    too_much = await refund(bench, id, amount="21.01")
    assert (too_much.status, too_much.json["code"]) == (409, "refund_exceeds_captured")
    assert (await refund(bench, id)).json["amount"] == "21.00"
    assert (await get(bench, id))["status"] == "refunded"


@pytest.mark.parametrize(
    ("failed", "code", "decline_code"),
    [
        (Failed("amount_invalid", "Too small.", provider_code="amount_too_small"), "card_declined", "amount_invalid"),
        (Failed("parameter_missing", "No email."), "card_declined", "parameter_missing"),
        (Failed("provider_unavailable", "No key.", provider_code="401"), "card_declined", "provider_unavailable"),
        (Failed("provider_refused", "No.", "fraud", "x"), "card_declined", "fraud"),
        (Failed("wrong_pin", "No.", provider_code="2001"), "wrong_pin", None),
    ],
)
async def test_whatever_a_provider_refuses_for_good_has_failed_in_the_answer_and_afterwards(
    bench: Bench, failed: Failed, code: str, decline_code: str | None
) -> None:
    provider = Scripted()
    provider.sends = [failed]
    bench.use(provider)
    body = {"provider": "scripted", "currency": "KES", "payment_method": "pm_card"}
    refused = await initialize(bench, key="order-1", **body)
    again = await initialize(bench, key="order-1", **body)
    assert (refused.status, again.status, refused.content) == (402, 402, again.content)
    told = refused.json
    assert (told["code"], told["decline_code"], told["retryable"]) == (code, decline_code, False)
    assert told["resource"]["status"] == "failed"
    payment = await get(bench, told["resource"]["id"])
    assert (payment["status"], payment["last_error"]["code"]) == ("failed", failed.code)
    assert len(provider.sent) == 1


async def test_a_refund_in_another_currency_is_refused(bench: Bench) -> None:
    id = (await initialize(bench)).json["transaction_id"]
    refused = await refund(bench, id, amount="400", currency="JPY")
    assert (refused.status, refused.json["param"]) == (400, "currency")


@pytest.mark.parametrize("member", ["description", "return_url", "customer_id", "metadata", "name"])
async def test_card_numbers_are_refused_in_every_member(bench: Bench, member: str) -> None:
    number = "4242 4242 4242 4242"
    shaped: dict[str, dict[str, Any]] = {
        "metadata": {"metadata": {"card": number}},
        "name": {"customer": {"name": number}},
    }
    refused = await initialize(bench, **shaped.get(member, {member: number}))
    assert (refused.status, refused.json["code"]) == (400, "card_data_not_allowed")
    assert number not in refused.content.decode()


async def test_a_card_number_is_refused_as_a_reason(bench: Bench) -> None:
    id = (await initialize(bench)).json["transaction_id"]
    assert (await refund(bench, id, reason="4242424242424242")).json["code"] == "card_data_not_allowed"


@pytest.mark.parametrize(
    ("amount", "currency", "code"),
    [("25.001", "USD", "amount_invalid"), ("0", "USD", "amount_invalid"), ("1.0", "JPY", "amount_invalid")],
)
async def test_amounts_that_a_currency_does_not_have_are_refused(
    bench: Bench, amount: str, currency: str, code: str
) -> None:
    refused = await initialize(bench, amount=amount, currency=currency)
    assert (refused.status, refused.json["code"], refused.json["param"]) == (400, code, "amount")


async def test_nobody_sees_or_refunds_what_is_not_theirs(bench: Bench) -> None:
    id = (await initialize(bench)).json["transaction_id"]
    for operation in (facade.get_payment, facade.refund_payment, facade.verify_payment):
        reply = await bench.call(operation, {}, account=OTHER, transaction_id=id)
        assert (reply.status, reply.json["code"]) == (404, "resource_missing")
    assert (await bench.call(facade.list_payments, account=OTHER)).json["data"] == []
    assert await moved(bench, id) == [("charge", 2500)]


async def test_a_refund_of_nothing_is_stored_like_every_404_of_an_object(bench: Bench) -> None:
    first = await refund(bench, "pi_none", key="refund-1")
    again = await refund(bench, "pi_none", key="refund-1")
    assert (first.status, first.content) == (404, again.content)
    assert again.headers["Idempotent-Replayed"] == "true"


async def test_verifying_finds_out_what_became_of_a_lost_answer(bench: Bench) -> None:
    for method, status in (("pm_cpay_unknown_ok", "completed"), ("pm_cpay_unknown_fail", "failed")):
        made = await initialize(bench, payment_method=method)
        assert (made.status, made.json["status"], made.json["status_reason"]) == (
            201,
            "processing",
            "provider_unknown",
        )
        id = made.json["transaction_id"]
        verified = await bench.call(facade.verify_payment, key=f"verify-{method}", transaction_id=id)
        assert (verified.status, verified.json["status"]) == (200, status)
        again = await bench.call(facade.verify_payment, key=f"verify-{method}", transaction_id=id)
        assert again.content == verified.content
        assert len(await moved(bench, id)) == (status == "completed")


async def test_verifying_leaves_to_others_what_they_hold(bench: Bench) -> None:
    made = await initialize(bench, payment_method="pm_cpay_async_ok")
    id = made.json["transaction_id"]
    replies = await asyncio.gather(*(bench.call(facade.verify_payment, transaction_id=id) for _ in range(20)))
    assert {(reply.status, reply.json["status"]) for reply in replies} == {(200, "processing")}
    await bench.advance(31)
    assert (await get(bench, id))["status"] == "completed"
    assert await moved(bench, id) == [("charge", 2500)]


async def test_without_a_payment_method_it_takes_the_providers_own(bench: Bench) -> None:
    body = {name: value for name, value in PAYMENT.items() if name != "payment_method"}
    made = await bench.call(facade.initialize_payment, body)
    assert (made.status, made.json["payment_method"]) == (201, "pm_cpay_ok")


async def test_the_trail_tells_what_happened_in_order(bench: Bench) -> None:
    id = (await initialize(bench)).json["transaction_id"]
    await refund(bench, id, amount="4.00")
    trail = (await get(bench, id))["audit_trail"]
    statuses = [entry["status"] for entry in trail]
    assert list(dict.fromkeys(statuses)) == ["pending", "processing", "completed", "partially_refunded"]
    assert {entry["resource"]["type"] for entry in trail} >= {"payment_intent", "charge", "refund"}
    assert [entry["created_at"] for entry in trail] == sorted(entry["created_at"] for entry in trail)
    assert {"initialize_payment", "refund_payment"} <= {entry["action"] for entry in trail}


async def test_pages_have_numbers_and_filters_speak_the_facades_words(bench: Bench) -> None:
    ids = [(await initialize(bench, customer_id=f"cus_{n % 2}")).json["transaction_id"] for n in range(5)]
    query = {"limit": 2}
    pages = [(await bench.call(facade.list_payments, query={**query, "page": n})).json for n in (1, 2, 3, 4)]
    assert [each["transaction_id"] for page in pages for each in page["data"]] == ids[::-1]
    assert [page["has_more"] for page in pages] == [True, True, False, False]
    assert [(page["page"], page["limit"]) for page in pages] == [(1, 2), (2, 2), (3, 2), (4, 2)]
    of_one = (await bench.call(facade.list_payments, query={"customer_id": "cus_1"})).json["data"]
    assert [each["transaction_id"] for each in of_one] == [ids[3], ids[1]]


async def test_every_word_finds_the_payments_that_say_it(bench: Bench) -> None:
    """The words of the statement are those of the domain."""
    paid = [(await initialize(bench)).json["transaction_id"] for _ in range(3)]
    await refund(bench, paid[1], amount="4.00")
    await refund(bench, paid[2])
    for method in ("pm_cpay_declined", "pm_cpay_action", "pm_cpay_async_ok"):
        await initialize(bench, payment_method=method)
    waiting = await bench.call(create_payment_intent, {"amount": 1, "currency": "USD"})
    await bench.call(create_payment_intent, {"amount": 1, "currency": "USD", "payment_method": "pm_cpay_ok"})
    held = {"payment_method": "pm_cpay_ok", "confirm": True, "capture_method": "manual"}
    await bench.call(create_payment_intent, {"amount": 1, "currency": "USD", **held})
    await bench.call(cancel_payment_intent, {}, payment_intent_id=waiting.json["id"])
    everything = (await bench.call(facade.list_payments, query={"limit": 100})).json["data"]
    said = {"pending", "processing", "completed", "failed", "refunded", "partially_refunded", "canceled"}
    assert {each["status"] for each in everything} == said
    for word in said:
        found = (await bench.call(facade.list_payments, query={"status": word, "limit": 100})).json["data"]
        assert found == [each for each in everything if each["status"] == word]
    counted = {each["state"]: each["count"] for each in (await bench.call(facade.get_metrics)).json["payments"]}
    assert counted == {word: sum(each["status"] == word for each in everything) for word in said}


async def test_figures_are_the_accounts_own_and_of_one_day(bench: Bench) -> None:
    id = (await initialize(bench)).json["transaction_id"]
    await refund(bench, id)
    figures = (await bench.call(facade.get_metrics)).json
    assert figures["refunds"] == [{"state": "succeeded", "count": 1}]
    assert figures["attempts"] == [{"state": "succeeded", "count": 2}]
    assert (await bench.call(facade.get_metrics, account=OTHER)).json["payments"] == []
    bench.clock.pass_real_time(25 * 3600)
    assert (await bench.call(facade.get_metrics)).json["payments"] == []


async def test_a_provider_is_as_its_latest_attempts(bench: Bench) -> None:
    async def health() -> str:
        return str((await bench.call(facade.retrieve_provider, name="cpay")).json["health"])

    assert await health() == "unknown"
    await initialize(bench)
    assert await health() == "up"
    await initialize(bench, payment_method="pm_cpay_unknown_ok")
    assert await health() == "degraded"
    bench.clock.pass_real_time(601)
    assert await health() == "unknown"
    for _ in range(3):
        await initialize(bench, payment_method="pm_cpay_unknown_ok")
    assert await health() == "down"


async def test_an_unknown_provider_is_missing(bench: Bench) -> None:
    assert (await bench.call(facade.retrieve_provider, name="visa2")).status == 404
    refused = await initialize(bench, provider="visa2")
    assert (refused.status, refused.json["param"]) == (404, "provider")


async def test_a_refund_of_either_surface_shows_on_both(bench: Bench) -> None:
    id = (await initialize(bench)).json["transaction_id"]
    await bench.call(create_refund, {"amount": 2500}, charge_id=id)
    assert (await get(bench, id))["amount_refunded"] == "25.00"
    assert (await refund(bench, id)).json["code"] == "already_refunded"


async def test_work_that_nobody_does_shows(bench: Bench) -> None:
    operator = Account("acct_1", livemode=False, scopes=frozenset({"platform:read"}))
    await initialize(bench, payment_method="pm_cpay_async_ok")
    assert (await bench.call(facade.get_health, account=operator)).json["status"] == "ok"
    bench.clock.pass_real_time(600)
    told = (await bench.call(facade.get_health, account=operator)).json
    assert told["status"] == "degraded"
    assert {check["name"]: check["status"] for check in told["checks"]} == {"database": "ok", "jobs": "degraded"}
    assert json.loads((await bench.call(facade.get_health)).content)["checks"] == []


async def test_every_status_of_an_intent_has_its_word() -> None:
    assert words.STATUSES.keys() == EDGES.keys()
