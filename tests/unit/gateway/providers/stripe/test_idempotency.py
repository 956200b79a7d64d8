"""Stripe's idempotency rules, as the simulator keeps them."""

import asyncio

import pytest

from .account import Account

pytestmark = pytest.mark.anyio

PAY = {"amount": 2500, "currency": "usd", "payment_method": "pm_card_visa", "confirm": "true"}
PATH = "/v1/payment_intents"


async def test_an_answer_is_repeated_word_for_word(account: Account) -> None:
    first = await account.call("POST", PATH, PAY, key="k")
    again = await account.call("POST", PATH, PAY, key="k")
    assert (again.status, again.body) == (200, first.body)
    assert again.headers["idempotent-replayed"] == "true"
    assert again.headers["original-request"] == first.headers["request-id"] != again.headers["request-id"]
    assert "idempotent-replayed" not in first.headers
    assert account.moved() == [("charge", 2500, "USD")]


async def test_a_decline_is_repeated_too(account: Account) -> None:
    declined = {**PAY, "payment_method": "pm_card_chargeDeclined"}
    first = await account.call("POST", PATH, declined, key="k")
    again = await account.call("POST", PATH, declined, key="k")
    assert (first.status, again.status, again.body) == (402, 402, first.body)


@pytest.mark.parametrize(("when", "moved"), [("before", 0), ("after", 1)])
async def test_a_failure_of_stripe_is_repeated_too(account: Account, when: str, moved: int) -> None:
    account.simulator.knobs.internal_errors = [when]
    answers = [await account.call("POST", PATH, PAY, key="k") for _ in range(3)]
    assert [each.status for each in answers] == [500, 500, 500]
    assert [each.headers.get("stripe-should-retry") for each in answers] == [None, "false", "false"]
    assert len(account.moved()) == moved


async def test_other_parameters_are_an_idempotency_error(account: Account) -> None:
    await account.call("POST", PATH, PAY, key="k")
    other = await account.call("POST", PATH, {**PAY, "amount": 2600}, key="k")
    elsewhere = await account.call("POST", "/v1/refunds", {"charge": "ch_1"}, key="k")
    for answer in (other, elsewhere):
        document = answer.document()
        assert document is not None
        assert (answer.status, document["error"]["type"]) == (400, "idempotency_error")


async def test_the_order_of_parameters_does_not_matter(account: Account) -> None:
    await account.call("POST", PATH, PAY, key="k")
    again = await account.call("POST", PATH, dict(reversed(PAY.items())), key="k")
    assert again.headers["idempotent-replayed"] == "true"


async def test_while_the_first_is_under_way_the_second_is_in_conflict(account: Account) -> None:
    account.simulator.knobs.latency = 0.4
    answers = await asyncio.gather(*(account.call("POST", PATH, PAY, key="k") for _ in range(5)))
    assert sorted(each.status for each in answers) == [200, 409, 409, 409, 409]
    assert {each.headers["stripe-should-retry"] for each in answers if each.status == 409} == {"true"}
    assert len(account.moved()) == 1


async def test_what_fails_validation_is_not_stored(account: Account) -> None:
    refused = await account.call("POST", PATH, {**PAY, "amount": 1}, key="k")
    accepted = await account.call("POST", PATH, PAY, key="k")
    assert (refused.status, accepted.status) == (400, 200)


async def test_what_is_limited_or_locked_or_unauthorized_is_not_stored(account: Account) -> None:
    account.simulator.knobs.lock_timeouts = 1
    account.simulator.knobs.rate_limit = 0
    assert (await account.call("POST", PATH, PAY, key="k")).status == 429
    account.simulator.knobs.rate_limit = None
    locked = await account.call("POST", PATH, PAY, key="k")
    assert (locked.status, locked.headers["stripe-should-retry"]) == (429, "true")
    assert (await account.call("POST", PATH, PAY, key="k", headers={"Authorization": "Bearer x"})).status == 401
    assert (await account.call("POST", PATH, PAY, key="k")).status == 200


async def test_a_key_is_forgotten_after_a_day_and_then_pays_anew(account: Account) -> None:
    await account.call("POST", PATH, PAY, key="k")
    account.clock.advance(86_399)
    await account.call("POST", PATH, PAY, key="k")
    assert len(account.moved()) == 1
    account.clock.advance(1)
    await account.call("POST", PATH, PAY, key="k")
    assert len(account.moved()) == 2


async def test_keys_have_a_length(account: Account) -> None:
    assert (await account.call("POST", PATH, PAY, key="k" * 256)).status == 400
    assert (await account.call("POST", PATH, PAY, key="k" * 255)).status == 200


async def test_reads_ignore_keys(account: Account) -> None:
    for _ in range(2):
        answer = await account.call("GET", "/v1/balance", key="k")
        assert "idempotent-replayed" not in answer.headers
