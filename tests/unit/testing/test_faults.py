"""What the fault fixture does to the calls of a client, judged by the provider's own book."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from molam_sdk import MolamAsyncClient, MolamClient, errors
from molam_sdk.realtime import Snapshot, Update
from molam_sdk.testing import ClockControl, FaultControl, StandInError


def pay(client: MolamClient, method: str = "pm_cpay_ok") -> str:
    return client.payment_intents.create(amount=2500, currency="USD", payment_method=method, confirm=True).id


def test_whatever_is_lost_a_payment_is_charged_once(molam_client: MolamClient, molam_faults: FaultControl) -> None:
    arms: list[Callable[..., None]] = [
        molam_faults.lose_answer,
        molam_faults.tear_answer,
        molam_faults.fail,
        molam_faults.cut,
        molam_faults.refuse,
    ]
    for arm in arms:
        arm("create_payment_intent")
        intent = pay(molam_client)
        assert len(molam_faults.charged(intent)) == 1
    molam_faults.delay(0.4, "retrieve_balance")
    with pytest.raises(errors.TimeoutError) as caught:
        molam_client.with_options(timeout=0.15, max_retries=0).balance.retrieve()
    assert caught.value.phase == "headers"


def test_a_cut_connection_is_cut_for_the_client_too(molam_client: MolamClient, molam_faults: FaultControl) -> None:
    once = molam_client.with_options(max_retries=0)
    for arm in (molam_faults.cut, molam_faults.lose_answer, molam_faults.tear_answer):
        arm("retrieve_balance")
        with pytest.raises(errors.NetworkError) as caught:
            once.balance.retrieve()
        assert caught.value.outcome == "unknown"


@pytest.mark.parametrize("reason", ["generic_decline", "insufficient_funds", "expired_card"])
def test_a_decline_hits_the_next_payment_whatever_its_method(
    molam_client: MolamClient, molam_faults: FaultControl, reason: str
) -> None:
    molam_faults.decline(reason)
    with pytest.raises(errors.DeclinedError) as caught:
        pay(molam_client)
    assert caught.value.decline_code == reason
    assert molam_faults.charged() == []
    assert len(molam_faults.charged(pay(molam_client))) == 1


def test_a_decline_hits_a_confirmation(molam_client: MolamClient, molam_faults: FaultControl) -> None:
    molam_faults.decline()
    intent = molam_client.payment_intents.create(amount=2500, currency="USD", payment_method="pm_cpay_ok")
    with pytest.raises(errors.DeclinedError):
        molam_client.payment_intents.confirm(intent.id)
    assert molam_client.payment_intents.retrieve(intent.id).status == "requires_payment_method"


def test_a_decline_whose_answer_is_lost_is_one(molam_client: MolamClient, molam_faults: FaultControl) -> None:
    molam_faults.decline(times=1)
    molam_faults.lose_answer("create_payment_intent")
    with pytest.raises(errors.DeclinedError):
        pay(molam_client)
    assert pay(molam_client)


def test_another_reason_is_refused(molam_faults: FaultControl) -> None:
    with pytest.raises(StandInError, match="'fraud': choose one of generic_decline"):
        molam_faults.decline("fraud")


def test_an_unknown_operation_is_refused_with_a_near_one(molam_faults: FaultControl) -> None:
    with pytest.raises(StandInError, match="did you mean 'create_payment_intent'"):
        molam_faults.lose_answer("create_payment")
    with pytest.raises(StandInError, match="did you mean 'retrieve_balance'"):
        molam_faults.delay(0.1, "retreive_balance")


def test_feeds_and_the_other_client_pass_too(
    molam_client: MolamClient,
    molam_async_client: MolamAsyncClient,
    molam_faults: FaultControl,
    molam_clock: ClockControl,
) -> None:

    async def declined() -> str | None:
        async with molam_async_client as client:
            try:
                await client.payment_intents.create(
                    amount=1, currency="USD", payment_method="pm_cpay_ok", confirm=True, description="x" * 400
                )
            except errors.DeclinedError as error:
                return error.decline_code
        return None

    molam_faults.decline()
    assert asyncio.run(declined()) == "generic_decline"
    intent = pay(molam_client, "pm_cpay_async_ok")
    with molam_client.realtime.transaction(intent, timeout=5) as feed:
        assert isinstance(next(feed), Snapshot)
        molam_clock.advance(31)
        update = next(feed)
        assert isinstance(update, Update)
        assert update.type == "payment.completed"
