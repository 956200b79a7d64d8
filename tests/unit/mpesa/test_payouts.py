"""Payouts: sent as often as it takes, paid once."""

import asyncio
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from molam_gateway.domain.outcomes import Failed, NotSent, Outcome, Pending, Succeeded, Unknown
from molam_gateway.providers.simulators.mpesa import Behaviour, keys

from .bench import Bench

pytestmark = pytest.mark.anyio

PAID = [("payout", 25_000)]


async def test_a_payout_arrives(bench: Bench) -> None:
    instruction = bench.payout()
    before = bench.simulator.utility("174379")
    outcome = await bench.send(instruction)
    assert isinstance(outcome, Pending)
    await bench.advance(5)
    (news,) = bench.news(instruction)
    assert (news.reference, news.handle, news.amount) == (instruction.reference, outcome.handle, 25_000)
    assert news.outcome == Succeeded(bench.movements[0].subject, handle=outcome.handle)
    assert bench.moved == PAID
    assert bench.simulator.utility("174379") == before - 250


@pytest.mark.parametrize(
    ("suffix", "code"),
    [
        ("001", "insufficient_funds"),
        ("040", "beneficiary_rejected"),
        ("201", "configuration_error"),
        ("004", "daily_limit"),
    ],
)
async def test_a_refused_payout_says_why(bench: Bench, suffix: str, code: str) -> None:
    instruction = bench.payout(suffix)
    await bench.send(instruction)
    await bench.advance(5)
    outcome = bench.news(instruction)[0].outcome
    assert isinstance(outcome, Failed)
    assert outcome.decline_code == code
    assert bench.moved == []


async def test_more_than_the_account_has_is_refused(bench: Bench) -> None:
    for _ in range(4):
        await bench.send(bench.payout(amount=25_000_000))
    instruction = bench.payout(amount=1_000)
    await bench.advance(5)
    await bench.send(instruction)
    await bench.advance(5)
    outcome = bench.news(instruction)[0].outcome
    assert isinstance(outcome, Failed)
    assert outcome.code == "balance_insufficient"
    assert bench.simulator.utility("174379") == 0


@pytest.mark.parametrize("member", ["initiator_password", "certificate"])
async def test_a_wrong_initiator_fails_by_its_result(bench: Bench, member: str) -> None:
    other = keys.certificate_of(rsa.generate_private_key(public_exponent=65537, key_size=2048))
    wrong = {"initiator_password": "other", "certificate": other}[member]
    secrets = {**bench.configuration.secrets, member: wrong}
    bench.configuration = replace(bench.configuration, secrets=secrets)
    instruction = bench.payout()
    await bench.send(instruction)
    await bench.advance(5)
    outcome = bench.news(instruction)[0].outcome
    assert isinstance(outcome, Failed)
    assert outcome.provider_code == "2001"
    assert bench.moved == []


async def test_sending_again_is_asking(bench: Bench) -> None:
    instruction = bench.payout()
    first = await bench.send(instruction)
    again = await bench.send(instruction)
    assert isinstance(first, Pending)
    assert isinstance(again, Pending)
    assert first.handle == again.handle
    await bench.advance(5)
    await bench.send(instruction)
    await bench.advance(5)
    outcomes = {repr(news.outcome) for news in bench.news(instruction)}
    assert outcomes == {repr(Succeeded(bench.movements[0].subject, handle=first.handle))}
    assert bench.moved == PAID


async def test_twenty_senders_pay_once(bench: Bench) -> None:
    instruction = bench.payout()
    outcomes = await asyncio.gather(*(bench.send(instruction) for _ in range(20)))
    assert all(isinstance(outcome, Pending) for outcome in outcomes)
    await bench.advance(5)
    assert bench.moved == PAID


@pytest.mark.parametrize("kind", ["drop_answer", "truncate", "error_after", "reset"])
async def test_a_lost_answer_is_settled_by_sending_again(bench: Bench, kind: str) -> None:
    instruction = bench.payout()
    bench.arm(kind, "/mpesa/b2c/")
    assert isinstance(await bench.send(instruction), Unknown)
    assert await bench.query(instruction, None) is None
    outcome: Outcome = await bench.send(instruction)
    assert isinstance(outcome, Pending)
    await bench.advance(5)
    assert isinstance(bench.news(instruction)[-1].outcome, Succeeded)
    assert bench.moved == PAID


async def test_a_result_that_never_comes_is_asked_for(bench: Bench) -> None:
    instruction = bench.payout("910")
    sent = await bench.send(instruction)
    assert isinstance(sent, Pending)
    await bench.advance(5)
    assert bench.news(instruction) == []
    assert isinstance(await bench.query(instruction, sent.handle), Pending)
    await bench.advance(5)
    (news,) = bench.news(instruction)
    assert news.outcome == Succeeded(bench.movements[0].subject, handle=sent.handle)
    assert (news.reference, news.amount) == (instruction.reference, 25_000)


async def test_a_question_before_the_result_brings_no_news(bench: Bench) -> None:
    instruction = bench.payout()
    bench.simulator.tell(str(instruction.beneficiary["phone"])[1:], Behaviour(answers_after=60.0))  # type: ignore[index]
    sent = await bench.send(instruction)
    assert isinstance(sent, Pending)
    await bench.query(instruction, sent.handle)
    await bench.advance(5)
    assert len(bench.mailbox.letters) == 1
    assert bench.news(instruction) == []


@pytest.mark.parametrize(("suffix", "moved"), [("922", PAID), ("923", [])])
async def test_a_wait_in_the_queue_says_nothing_about_the_outcome(
    bench: Bench, suffix: str, moved: list[tuple[str, int]]
) -> None:
    instruction = bench.payout(suffix)
    sent = await bench.send(instruction)
    assert isinstance(sent, Pending)
    await bench.advance(5)
    await bench.advance(5)
    (waited,) = bench.news(instruction)
    assert (waited.outcome, waited.handle) == (None, sent.handle)
    await bench.query(instruction, sent.handle)
    await bench.advance(5)
    outcome = bench.news(instruction)[-1].outcome
    assert isinstance(outcome, Succeeded if moved else Failed)
    assert bench.moved == moved


async def test_after_a_day_the_status_is_asked_for(bench: Bench) -> None:
    instruction = bench.payout("919")
    assert isinstance(await bench.send(instruction), Unknown)
    await bench.advance(86_401)
    assert isinstance(await bench.query(instruction, None), Pending)
    await bench.advance(5)
    assert isinstance(bench.news(instruction)[-1].outcome, Succeeded)
    assert bench.served.count("POST", "/mpesa/b2c/") == 1


async def test_a_question_about_what_nobody_knows_brings_no_news(bench: Bench) -> None:
    instruction = bench.payout()
    assert isinstance(await bench.query(instruction, "nothing"), Pending)
    await bench.advance(5)
    assert len(bench.mailbox.letters) == 1
    assert bench.news(instruction) == []


@pytest.mark.parametrize("told", ["Invalid InitiatorName", "Invalid PartyA", "Invalid Access Token"])
async def test_a_set_up_that_changed_does_not_fail_what_may_have_been_paid(bench: Bench, told: str) -> None:
    instruction = bench.payout("918")
    assert isinstance(await bench.send(instruction), Unknown)
    bench.refuse(400, "400.002.02", f"Bad Request - {told}")
    assert isinstance(await bench.send(instruction), NotSent)


async def test_without_an_initiator_nothing_is_sent(bench: Bench) -> None:
    secrets = {name: value for name, value in bench.configuration.secrets.items() if name != "certificate"}
    bench.configuration = replace(bench.configuration, secrets=secrets)
    assert isinstance(await bench.send(bench.payout()), NotSent)
    assert bench.served.requests == []


async def test_a_number_that_is_none_is_refused(bench: Bench) -> None:
    outcome = await bench.send(bench.payout(beneficiary={"type": "mobile_money", "phone": "+15551234567"}))
    assert isinstance(outcome, Failed)


def test_who_can_be_paid(bench: Bench) -> None:
    pays = bench.adapter.pays_out_to
    number = {"type": "mobile_money", "phone": "+254712345678"}
    assert pays(number, "KES")
    assert pays({**number, "network": "mpesa"}, "KES")
    assert not pays({**number, "network": "airtel"}, "KES")
    assert not pays(number, "USD")
    assert not pays({**number, "phone": "+255712345678"}, "KES")
    assert not pays({"type": "bank_account", "account_number": "1"}, "KES")
