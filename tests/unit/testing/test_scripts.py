"""The scripted transport: answers in order and by route, named failures, and nothing unused or unasked."""

from __future__ import annotations

import asyncio
from typing import Any, Literal, get_args

import pytest

from molam_sdk import MolamAsyncClient, MolamClient, errors
from molam_sdk.testing import Failure, ScriptedTransport, SentRequest, StandInError, answered, failing, refused
from tests.unit.sdk.spec_examples import example_answer, example_intent

Kind = Literal["sync", "async"]


def client_on(script: ScriptedTransport, **options: Any) -> MolamClient:
    options.setdefault("backoff_factor", 0)
    return MolamClient(api_key="sk_test_script", transport=script, **options)


def create(script: ScriptedTransport, kind: Kind, **options: Any) -> Any:
    if kind == "sync":
        return client_on(script, **options).payment_intents.create(amount=2500, currency="USD")

    async def main() -> Any:
        options.setdefault("backoff_factor", 0)
        client = MolamAsyncClient(api_key="sk_test_script", transport=script, **options)
        return await client.payment_intents.create(amount=2500, currency="USD")

    return asyncio.run(main())


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_answers_come_in_order_and_requests_are_kept(kind: Kind) -> None:
    with ScriptedTransport(
        failing("lost"), refused(503, "overloaded"), answered(example_intent(), status=201)
    ) as script:
        intent = create(script, kind)
    assert intent.id == example_intent()["id"]
    assert [request.operation for request in script.requests] == ["create_payment_intent"] * 3
    first, *others = script.requests
    assert first.body == {"amount": 2500, "currency": "USD"}
    assert {each.idempotency_key for each in others} == {first.idempotency_key}
    assert first.idempotency_key is not None
    assert "sk_test" not in repr(script.requests) + str(first.headers)


@pytest.mark.parametrize("kind", ["sync", "async"])
@pytest.mark.parametrize("failure", get_args(Failure))
def test_every_failure_has_the_phase_and_outcome_of_the_real_one(kind: Kind, failure: Failure) -> None:
    with ScriptedTransport(failing(failure)) as script, pytest.raises(errors.NetworkError) as caught:
        create(script, kind, max_retries=0)
    unsent = {"dns": "dns", "connect": "connect", "connect_timeout": "connect", "tls": "tls", "pool_timeout": "connect"}
    phases = {**unsent, "write": "write", "torn": "body"}
    assert (caught.value.phase, caught.value.outcome) == (
        phases.get(failure, "headers"),
        "not_sent" if failure in unsent else "unknown",
    )
    assert isinstance(caught.value, errors.TimeoutError) == failure.endswith("timeout")


def test_a_refusal_is_the_error_of_its_status() -> None:
    resource = {"object": "payment_intent", "id": "pi_1", "status": "requires_payment_method"}
    decline = refused(402, "card_declined", decline_code="generic_decline", resource=resource)
    with ScriptedTransport(decline, refused(429, "rate_limited", headers={"Retry-After": "0"})) as script:
        client = client_on(script, max_retries=0)
        with pytest.raises(errors.DeclinedError) as declined:
            client.payment_intents.create(amount=2500, currency="USD")
        with pytest.raises(errors.RateLimitError):
            client.balance.retrieve()
    assert declined.value.decline_code == "generic_decline"
    assert declined.value.resource is not None
    assert declined.value.resource.id == "pi_1"


def test_routes_have_answers_of_their_own() -> None:
    def echo(request: SentRequest) -> Any:
        return answered(example_intent(id=request.path_values["payment_intent_id"]))

    script = ScriptedTransport(answered(example_answer("retrieve_balance")[1]))
    script.on("retrieve_payment_intent", echo, echo).on("GET /v1/connect/refunds/*", refused(404, "resource_missing"))
    client = client_on(script)
    assert client.payment_intents.retrieve("pi_7").id == "pi_7"
    assert client.balance.retrieve().available
    with pytest.raises(errors.NotFoundError):
        client.refunds.retrieve("ref_1")
    with pytest.raises(StandInError, match="answers: 1 unused for retrieve_payment_intent"):
        script.assert_all_used()
    assert client.payment_intents.retrieve("pi_8").id == "pi_8"
    script.assert_all_used()


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_request_without_an_answer_ends_the_call_and_the_block(kind: Kind) -> None:
    script = ScriptedTransport()
    with pytest.raises(StandInError, match=r"no answer for POST /v1/connect/payment_intents, request 1") as caught:
        create(script, kind)
    assert caught.value.outcome == "not_sent"
    assert isinstance(caught.value, AssertionError)
    with pytest.raises(StandInError, match="none for POST /v1/connect/payment_intents"), script:
        pass


def test_the_exception_of_a_block_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError), ScriptedTransport(answered()):
        raise ZeroDivisionError


def test_what_cannot_be_scripted_is_refused() -> None:
    with pytest.raises(StandInError, match="no operation 'create_refunds'; did you mean 'create_refund'"):
        ScriptedTransport().on("create_refunds", answered())
    with pytest.raises(StandInError, match="at least one answer"):
        ScriptedTransport().on("create_refund")
    with pytest.raises(StandInError, match="'fire': choose one of dns"):
        failing("fire")  # type: ignore[arg-type]  # the point of the test
    with pytest.raises(StandInError, match="400 to 599"):
        refused(200, "fine")


def test_it_goes_on_with_more() -> None:
    with ScriptedTransport() as script:
        script.then(answered(example_answer("retrieve_balance")[1]))
        assert client_on(script).balance.retrieve().available
