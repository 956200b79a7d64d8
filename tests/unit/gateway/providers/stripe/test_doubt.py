"""Lost answers, failures of Stripe and repetitions: whatever happens, money moves once."""

import asyncio
import random

import pytest

from molam_gateway.domain.attempts import AttemptKind
from molam_gateway.domain.outcomes import Failed, NotSent, Outcome, Succeeded, Unknown
from molam_gateway.providers.contract import Instruction
from molam_gateway.providers.http_client import ProviderHttp
from molam_gateway.providers.stripe import Stripe

from .account import Account

pytestmark = pytest.mark.anyio

KINDS = [AttemptKind.CHARGE, AttemptKind.AUTHORIZE, AttemptKind.CAPTURE, AttemptKind.VOID, AttemptKind.REFUND]
MOVES = {AttemptKind.CHARGE: 1, AttemptKind.CAPTURE: 1, AttemptKind.REFUND: 1}
PATHS = {AttemptKind.CAPTURE: "/capture", AttemptKind.VOID: "/cancel", AttemptKind.REFUND: "/v1/refunds"}
FAULTS = ["reset", "drop_answer", "truncate", "error_before", "error_after"]


async def prepared(account: Account, kind: AttemptKind) -> Instruction:
    if kind in {AttemptKind.CHARGE, AttemptKind.AUTHORIZE}:
        return account.instruction(kind)
    parent = await account.done(AttemptKind.CHARGE if kind is AttemptKind.REFUND else AttemptKind.AUTHORIZE)
    return account.child(kind, parent)


async def concluded(account: Account, instruction: Instruction) -> Outcome:
    """Ask, repeat what was never seen, as the reconciler does."""
    for _ in range(20):
        outcome = await account.query(instruction) or await account.send(instruction)
        if isinstance(outcome, Succeeded | Failed):
            return outcome
        account.clock.advance(60)
    raise AssertionError("it does not come to an end")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fault", FAULTS)
async def test_a_lost_answer_is_unknown_and_comes_to_one_movement(
    account: Account, kind: AttemptKind, fault: str
) -> None:
    instruction = await prepared(account, kind)
    before = len(account.moved())
    account.arm(fault, PATHS.get(kind, "/v1/payment_intents"))
    assert isinstance(await account.send(instruction), Unknown)
    assert isinstance(await concluded(account, instruction), Succeeded)
    assert len(account.moved()) - before == MOVES.get(kind, 0)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_stored_failure_hides_what_was_done_but_asking_finds_it(account: Account, kind: AttemptKind) -> None:
    instruction = await prepared(account, kind)
    before = len(account.moved())
    account.simulator.knobs.internal_errors = ["after"]
    assert isinstance(await account.send(instruction), Unknown)
    again = await account.send(instruction)
    assert isinstance(again, Succeeded), again
    assert len(account.moved()) - before == MOVES.get(kind, 0)


@pytest.mark.parametrize("kind", [AttemptKind.CHARGE, AttemptKind.REFUND])
async def test_a_stored_failure_without_a_deed_stays_unknown(account: Account, kind: AttemptKind) -> None:
    instruction = await prepared(account, kind)
    before = account.moved()
    account.simulator.knobs.internal_errors = ["before"]
    for _ in range(3):
        assert isinstance(await account.send(instruction), Unknown)
    assert account.moved() == before


async def test_the_search_lags_behind_and_the_key_protects_meanwhile(account: Account) -> None:
    account.simulator.knobs.search_lag = 120
    instruction = account.instruction()
    account.arm("drop_answer")
    assert isinstance(await account.send(instruction), Unknown)
    assert await account.query(instruction) is None
    assert isinstance(await account.send(instruction), Succeeded)
    assert account.moved() == [("charge", 2500, "USD")]


async def test_what_is_not_found_is_unknown_once_the_key_may_be_forgotten(account: Account) -> None:
    instruction = account.instruction()
    account.clock.advance(23 * 3600 - 1)
    assert await account.query(instruction) is None
    account.clock.advance(1)
    assert isinstance(await account.query(instruction), Unknown)


async def test_two_payments_of_one_reference_are_for_a_person_to_look_at(account: Account) -> None:
    instruction, _ = await account.done()
    account.clock.advance(86_400)
    await account.send(instruction)
    assert len(account.moved()) == 2
    assert isinstance(await account.query(instruction), Unknown)


async def test_an_old_answer_that_is_repeated_is_brought_up_to_date(account: Account) -> None:
    account.simulator.knobs.processing = 60
    instruction = account.instruction()
    await account.send(instruction)
    await account.advance(60)
    assert isinstance(await account.send(instruction), Succeeded)


async def test_a_limit_means_not_sent_but_nothing_for_a_repetition(account: Account) -> None:
    account.simulator.knobs.rate_limit = 0
    instruction = account.instruction()
    assert isinstance(await account.send(instruction), NotSent)
    assert isinstance(await account.query(instruction), Unknown)
    account.clock.advance(30)
    assert isinstance(await account.send(instruction), Unknown)
    account.simulator.knobs.rate_limit = None
    assert isinstance(await account.send(instruction), Succeeded)


async def test_a_lock_is_not_sent(account: Account) -> None:
    account.simulator.knobs.lock_timeouts = 1
    assert isinstance(await account.send(account.instruction()), NotSent)


@pytest.mark.parametrize("key", ["sk_test_somebodyelse", "rk_test_maynothing"])
async def test_a_key_that_is_refused_is_final_at_first_and_proves_nothing_later(account: Account, key: str) -> None:
    account.simulator.keys["rk_test_maynothing"] = False
    configuration = account.with_secrets(secret_key=key)
    instruction = account.instruction()
    first = await account.provider.send(instruction, configuration)
    assert isinstance(first, Failed)
    assert first.code == "provider_configuration"
    assert key not in repr(first)
    assert isinstance(await account.provider.query(instruction, None, configuration), Unknown)
    account.clock.advance(30)
    assert isinstance(await account.provider.send(instruction, configuration), Unknown)


async def test_an_instruction_that_changed_is_unknown(account: Account) -> None:
    instruction, _ = await account.done()
    changed = account.instruction(reference=instruction.reference, amount=9900)
    assert isinstance(await account.send(changed), Unknown)
    assert isinstance(await account.query(changed), Unknown)
    assert account.moved() == [("charge", 2500, "USD")]


async def test_many_at_once_are_one(account: Account) -> None:
    account.simulator.knobs.latency = 0.1
    instruction = account.instruction()
    outcomes = await asyncio.gather(*(account.send(instruction) for _ in range(20)))
    assert {type(each) for each in outcomes} <= {Succeeded, Unknown}
    assert isinstance(await account.query(instruction), Succeeded)
    assert account.moved() == [("charge", 2500, "USD")]


async def test_nobody_there_is_not_sent(account: Account) -> None:
    http = ProviderHttp("stripe")
    provider = Stripe(account.clock.now, http=http)
    nowhere = type(account.configuration)(
        "pc", "acct_1", False, "http://127.0.0.1:9", account.configuration.settings, account.configuration.secrets
    )
    instruction = account.instruction()
    assert isinstance(await provider.send(instruction, nowhere), NotSent)
    assert isinstance(await provider.query(instruction, None, nowhere), NotSent)
    await provider.close()


@pytest.mark.parametrize("seed", range(4))
async def test_under_random_faults_every_instruction_moves_its_money_once(account: Account, seed: int) -> None:
    chance = random.Random(seed)
    instructions = [await prepared(account, chance.choice(KINDS)) for _ in range(15)]
    before = len(account.moved())
    for instruction in instructions:
        for _ in range(chance.randrange(4)):
            account.arm(chance.choice(FAULTS))
        if chance.random() < 0.3:
            account.simulator.knobs.internal_errors.append("after")
        for _ in range(chance.randrange(1, 4)):
            await account.send(instruction)
    account.simulator.knobs.internal_errors.clear()
    for instruction in instructions:
        outcome = await concluded(account, instruction)
        assert isinstance(outcome, Succeeded), (instruction.kind, outcome)
    moved = [each.reference for each in account.simulator.movements][before:]
    assert sorted(moved) == sorted(each.reference for each in instructions if each.kind in MOVES)
