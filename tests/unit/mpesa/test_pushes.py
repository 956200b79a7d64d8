"""STK push: every outcome, every quirk, one movement at the most."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from molam_gateway.domain.outcomes import Failed, NotSent, Pending, Succeeded, Unknown
from molam_gateway.domain.problems import KINDS

from .bench import Bench

pytestmark = pytest.mark.anyio

PAID = [("charge", 25_000)]


async def test_a_customer_pays(bench: Bench) -> None:
    instruction, handle = await bench.push()
    await bench.advance(5)
    (news,) = bench.news(instruction)
    assert (news.handle, news.amount) == (handle, instruction.amount)
    assert isinstance(news.outcome, Succeeded)
    assert news.outcome.transaction_id == news.transaction_id == bench.movements[0].subject
    assert news.outcome.details == {
        "type": "mobile_money",
        "card": None,
        "mobile_money": {"network": "mpesa", "last4": "0100", "receipt": news.transaction_id},
    }
    assert bench.moved == PAID
    assert bench.movements[0].reference == instruction.reference.removeprefix("molam_")[:12].upper()


async def test_the_customer_is_asked_on_the_phone(bench: Bench) -> None:
    outcome = await bench.send(bench.charge())
    assert isinstance(outcome, Pending)
    assert outcome.next_action == {"type": "stk_prompt", "redirect_url": None}


@pytest.mark.parametrize(
    ("suffix", "code", "decline_code"),
    [
        ("001", "insufficient_funds", "insufficient_funds"),
        ("002", "limit_exceeded", "amount_too_small"),
        ("003", "limit_exceeded", "amount_too_large"),
        ("004", "limit_exceeded", "daily_limit"),
        ("008", "limit_exceeded", "balance_limit"),
        ("017", "card_declined", "repeated_too_soon"),
        ("019", "card_declined", "expired"),
        ("025", "card_declined", "processing_error"),
        ("032", "canceled_by_customer", "canceled_by_customer"),
        ("037", "card_declined", "timeout"),
        ("101", "card_declined", "subscriber_busy"),
        ("201", "wrong_pin", "wrong_pin"),
        ("228", "card_declined", "configuration_error"),
        ("303", "card_declined", "configuration_error"),
        ("806", "card_declined", "account_locked"),
        ("999", "card_declined", "processing_error"),
    ],
)
async def test_each_refusal_by_callback_and_by_query(bench: Bench, suffix: str, code: str, decline_code: str) -> None:
    instruction, handle = await bench.push(suffix)
    await bench.advance(30)
    (news,) = bench.news(instruction)
    assert isinstance(news.outcome, Failed)
    assert (news.outcome.code, news.outcome.decline_code) == (code, decline_code)
    assert code in KINDS
    await bench.advance(40)
    assert await bench.query(instruction, handle) == news.outcome
    assert bench.moved == []


async def test_a_query_while_the_customer_decides_is_pending(bench: Bench) -> None:
    instruction, handle = await bench.push("921")
    outcome = await bench.query(instruction, handle)
    assert isinstance(outcome, Pending)
    assert outcome.handle == handle


async def test_a_callback_that_never_comes_is_made_up_for_by_the_query(bench: Bench) -> None:
    instruction, handle = await bench.push("910")
    await bench.advance(5)
    assert bench.news(instruction) == []
    outcome = await bench.query(instruction, handle)
    assert isinstance(outcome, Succeeded)
    assert outcome.transaction_id == handle
    assert bench.moved == PAID


async def test_the_query_tells_a_failure_too_early(bench: Bench) -> None:
    instruction, handle = await bench.push("916")
    early = await bench.query(instruction, handle)
    assert isinstance(early, Pending)
    assert early.poll_after == 60
    await bench.advance(25)
    assert isinstance(await bench.query(instruction, handle), Succeeded)
    assert bench.moved == PAID


async def test_a_failure_of_the_query_counts_after_a_minute(bench: Bench) -> None:
    instruction, handle = await bench.push("920")
    await bench.advance(59)
    assert isinstance(await bench.query(instruction, handle), Pending)
    await bench.advance(1)
    outcome = await bench.query(instruction, handle)
    assert isinstance(outcome, Failed)
    assert outcome.code == "canceled_by_customer"


async def test_a_callback_that_comes_twice_tells_one_fact(bench: Bench) -> None:
    instruction, _ = await bench.push("911")
    await bench.advance(5)
    first, second = bench.news(instruction)
    assert first == second
    assert bench.moved == PAID


async def test_a_late_callback_says_the_same_as_the_query_before(bench: Bench) -> None:
    instruction, handle = await bench.push("912")
    await bench.advance(5)
    assert isinstance(await bench.query(instruction, handle), Succeeded)
    assert bench.news(instruction) == []
    await bench.advance(300)
    assert isinstance(bench.news(instruction)[0].outcome, Succeeded)
    assert bench.moved == PAID


async def test_a_callback_may_be_faster_than_the_answer(bench: Bench) -> None:
    instruction = bench.charge("913")
    outcome = await bench.send(instruction)
    assert isinstance(outcome, Pending)
    (news,) = bench.news(instruction)
    assert news.handle == outcome.handle
    assert isinstance(news.outcome, Succeeded)


async def test_a_wrong_amount_is_told_as_it_is(bench: Bench) -> None:
    instruction, _ = await bench.push("914")
    await bench.advance(5)
    assert bench.news(instruction)[0].amount == instruction.amount + 100
    assert bench.moved == PAID


async def test_a_wrong_token_leads_nowhere(bench: Bench) -> None:
    instruction, handle = await bench.push("915")
    await bench.advance(5)
    assert bench.news(instruction) == []
    assert len(bench.mailbox.letters) == 1
    assert isinstance(await bench.query(instruction, handle), Succeeded)


async def test_who_could_not_be_reached_may_have_paid_after_all(bench: Bench) -> None:
    instruction, handle = await bench.push("917")
    await bench.advance(5)
    await bench.advance(50)
    first, second = bench.news(instruction)
    assert isinstance(first.outcome, Failed)
    assert first.outcome.decline_code == "timeout"
    assert isinstance(second.outcome, Succeeded)
    assert first.key != second.key
    assert isinstance(await bench.query(instruction, handle), Succeeded)
    assert bench.moved == PAID


@pytest.mark.parametrize("suffix", ["924", "925"])
async def test_result_codes_are_numbers_or_text(bench: Bench, suffix: str) -> None:
    instruction, _ = await bench.push(suffix)
    await bench.advance(5)
    assert isinstance(bench.news(instruction)[0].outcome, Succeeded)


async def test_a_lost_answer_is_unknown_and_found_by_the_callback(bench: Bench) -> None:
    instruction = bench.charge("918")
    assert isinstance(await bench.send(instruction), Unknown)
    assert isinstance(await bench.query(instruction, None), Unknown)
    await bench.advance(5)
    assert isinstance(bench.news(instruction)[0].outcome, Succeeded)
    assert bench.moved == PAID


@pytest.mark.parametrize("kind", ["drop_answer", "truncate", "error_after"])
async def test_after_a_torn_answer_nothing_is_sent_again(bench: Bench, kind: str) -> None:
    instruction = bench.charge()
    bench.arm(kind)
    assert isinstance(await bench.send(instruction), Unknown)
    assert isinstance(await bench.query(instruction, None), Unknown)
    await bench.advance(5)
    assert bench.served.count("POST", "/mpesa/stkpush/") == 1
    assert bench.moved == PAID


async def test_a_reset_before_anything_was_done_is_unknown_all_the_same(bench: Bench) -> None:
    bench.arm("reset")
    assert isinstance(await bench.send(bench.charge()), Unknown)
    assert bench.moved == []


async def test_a_busy_phone_is_refused(bench: Bench) -> None:
    customer = {"phone": bench.phone("921")}
    await bench.push(customer=customer)
    outcome = await bench.send(bench.charge(customer=customer))
    assert isinstance(outcome, Failed)
    assert outcome.decline_code == "subscriber_busy"
    await bench.advance(61)
    assert isinstance(await bench.send(bench.charge(customer=customer)), Pending)


async def test_the_same_payment_within_two_minutes_is_refused(bench: Bench) -> None:
    customer = {"phone": bench.phone()}
    await bench.push(customer=customer)
    await bench.advance(5)
    again, _ = await bench.push(customer=customer)
    await bench.advance(5)
    outcome = bench.news(again)[-1].outcome
    assert isinstance(outcome, Failed)
    assert outcome.decline_code == "repeated_too_soon"
    assert bench.moved == PAID


@pytest.mark.parametrize(
    ("status", "code", "message", "expected"),
    [
        (500, "500.003.02", "Error Occurred: Spike Arrest Violation", NotSent),
        (500, "500.003.03", "Error Occurred: Quota Violation", NotSent),
        (500, "500.003.02", "System is busy. Please try again in few minutes.", Unknown),
        (500, "500.003.1001", "Internal Server Error", Unknown),
        (500, "500.001.1001", "Something else", Unknown),
        (500, "500.001.1001", "Merchant does not exist", Failed),
        (500, "500.001.1001", "Wrong credentials", Failed),
        (400, "400.002.02", "Bad Request - Invalid PhoneNumber", Failed),
        (400, "400.002.02", "Bad Request - Invalid CallBackURL", Failed),
        (404, "404.001.01", "Resource not found", Failed),
        (405, "405.001", "GET Method Not Allowed", Failed),
    ],
)
async def test_error_answers(bench: Bench, status: int, code: str, message: str, expected: type[object]) -> None:
    bench.refuse(status, code, message)
    assert isinstance(await bench.send(bench.charge()), expected)
    assert bench.moved == []


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (401, '{"fault": {"faultstring": "Invalid API call as no apiproduct match found"}}', NotSent),
        (429, '{"fault": {"faultstring": "Too many"}}', NotSent),
        (500, '{"fault": {"faultstring": "Execution of policy failed"}}', Unknown),
        (500, '{"fault": "?"}', Unknown),
        (503, "<html>Unavailable</html>", Unknown),
        (200, "{}", Unknown),
        (200, "[]", Unknown),
        (200, '{"ResponseCode": "0"}', Unknown),
        (200, '{"ResponseCode": "1", "CheckoutRequestID": "ws_CO_1"}', Failed),
    ],
)
async def test_answers_that_are_not_documented(bench: Bench, status: int, body: str, expected: type[object]) -> None:
    bench.arm("error_before", status=status, body=body)
    assert isinstance(await bench.send(bench.charge()), expected)


@pytest.mark.parametrize(
    "members",
    [
        {"customer": None},
        {"customer": {}},
        {"customer": {"phone": "+33612345678"}},
        {"customer": {"phone": "+254212345678"}},
        {"amount": 25_050},
        {"callback_url": None},
    ],
)
async def test_what_cannot_be_asked_for_is_never_sent(bench: Bench, members: dict[str, Any]) -> None:
    outcome = await bench.send(bench.charge(**members))
    assert isinstance(outcome, Failed)
    assert "33612345678" not in outcome.message
    assert bench.served.requests == []


async def test_a_till_is_paid_as_one(bench: Bench) -> None:
    settings = {**bench.configuration.settings, "till": "5551234"}
    bench.configuration = replace(bench.configuration, settings=settings)
    outcome = await bench.send(bench.charge())
    assert isinstance(outcome, Failed)
    assert outcome.provider_code == "400.002.02"


@pytest.mark.parametrize("above", ["0", "249"])
async def test_large_payments_are_confirmed_by_a_query(bench: Bench, above: str) -> None:
    settings = {**bench.configuration.settings, "confirm_above": above}
    bench.configuration = replace(bench.configuration, settings=settings)
    instruction, handle = await bench.push()
    await bench.advance(5)
    (news,) = bench.news(instruction)
    assert (news.outcome, news.amount) == (None, instruction.amount)
    assert news.transaction_id == bench.movements[0].subject
    assert isinstance(await bench.query(instruction, handle), Succeeded)


async def test_payments_up_to_the_limit_are_believed(bench: Bench) -> None:
    settings = {**bench.configuration.settings, "confirm_above": "250"}
    bench.configuration = replace(bench.configuration, settings=settings)
    instruction, _ = await bench.push()
    await bench.advance(5)
    assert isinstance(bench.news(instruction)[0].outcome, Succeeded)


async def test_many_customers_at_once_pay_once_each(bench: Bench) -> None:
    charges = [bench.charge() for _ in range(50)]
    outcomes = await asyncio.gather(*(bench.send(each) for each in charges))
    assert all(isinstance(outcome, Pending) for outcome in outcomes)
    await bench.advance(5)
    assert bench.moved == PAID * 50
    assert len({each.reference for each in bench.movements}) == 50
    assert bench.simulator.tokens_issued == 1
