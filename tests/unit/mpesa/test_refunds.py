"""Refunds: the whole payment goes back, once."""

from dataclasses import replace

import pytest

from molam_gateway.domain.outcomes import Failed, Pending, Succeeded, Unknown

from .bench import Bench

pytestmark = pytest.mark.anyio

BACK = [("charge", 25_000), ("refund", 25_000)]


async def test_a_payment_goes_back(bench: Bench) -> None:
    charge, paid = await bench.paid()
    refund = bench.refund(charge, paid)
    sent = await bench.send(refund)
    assert isinstance(sent, Pending)
    await bench.advance(5)
    (news,) = bench.news(refund)
    assert news.outcome == Succeeded(bench.movements[1].subject, handle=sent.handle)
    assert news.amount == refund.amount
    assert bench.moved == BACK


async def test_what_went_back_already_is_given_back(bench: Bench) -> None:
    charge, paid = await bench.paid()
    await bench.send(bench.refund(charge, paid))
    again = bench.refund(charge, paid)
    await bench.send(again)
    await bench.advance(5)
    assert isinstance(bench.news(again)[0].outcome, Succeeded)
    assert bench.moved == BACK


@pytest.mark.parametrize(("suffix", "code"), [("932", "insufficient_funds"), ("935", "configuration_error")])
async def test_a_refused_refund_says_why(bench: Bench, suffix: str, code: str) -> None:
    charge, paid = await bench.paid(suffix)
    refund = bench.refund(charge, paid)
    await bench.send(refund)
    await bench.advance(5)
    outcome = bench.news(refund)[0].outcome
    assert isinstance(outcome, Failed)
    assert outcome.decline_code == code
    assert bench.moved == BACK[:1]


@pytest.mark.parametrize("suffix", ["931", "933"])
async def test_a_result_that_never_comes_is_asked_for(bench: Bench, suffix: str) -> None:
    charge, paid = await bench.paid(suffix)
    refund = bench.refund(charge, paid)
    sent = await bench.send(refund)
    assert isinstance(sent, Pending)
    await bench.advance(5)
    assert isinstance(await bench.query(refund, sent.handle), Pending)
    await bench.advance(5)
    assert bench.news(refund)[-1].outcome == Succeeded(bench.movements[1].subject, handle=sent.handle)
    assert bench.moved == BACK


async def test_a_lost_answer_is_never_sent_again(bench: Bench) -> None:
    charge, paid = await bench.paid("934")
    refund = bench.refund(charge, paid)
    assert isinstance(await bench.send(refund), Unknown)
    assert isinstance(await bench.query(refund, None), Unknown)
    await bench.advance(5)
    assert bench.moved == BACK


async def test_a_lost_answer_is_found_by_the_callback(bench: Bench) -> None:
    charge, paid = await bench.paid()
    refund = bench.refund(charge, paid)
    bench.arm("drop_answer", "/mpesa/reversal/")
    assert isinstance(await bench.send(refund), Unknown)
    await bench.advance(5)
    assert isinstance(bench.news(refund)[0].outcome, Succeeded)
    assert bench.moved == BACK


async def test_the_result_may_be_faster_than_the_answer(bench: Bench) -> None:
    charge, paid = await bench.paid("936")
    refund = bench.refund(charge, paid)
    sent = await bench.send(refund)
    assert isinstance(sent, Pending)
    assert bench.news(refund)[0].handle == sent.handle


async def test_an_unknown_receipt_fails(bench: Bench) -> None:
    charge, paid = await bench.paid()
    refund = bench.refund(charge, replace(paid, transaction_id="SZZZZZZZZZ"))
    await bench.send(refund)
    await bench.advance(5)
    outcome = bench.news(refund)[0].outcome
    assert isinstance(outcome, Failed)
    assert outcome.provider_code == "R000002"


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"amount": 10_000}, "partial_refund_unsupported"),
        ({"parent_transaction_id": None}, "receipt_missing"),
        ({"parent_transaction_id": "ws_CO_1"}, "receipt_missing"),
        ({"parent_transaction_id": "molam_ours", "parent_reference": "molam_ours"}, "receipt_missing"),
        ({"amount": 150, "parent_amount": 150}, "invalid_request"),
    ],
)
async def test_what_cannot_go_back_is_never_sent(bench: Bench, members: dict[str, object], code: str) -> None:
    charge, paid = await bench.paid()
    outcome = await bench.send(bench.refund(charge, paid, **members))
    assert isinstance(outcome, Failed)
    assert outcome.decline_code == code
    assert bench.served.count("POST", "/mpesa/reversal/") == 0
