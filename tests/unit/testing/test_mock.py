"""The mock adapter: it answers every operation as the specification does, and nothing that the API never says."""

from __future__ import annotations

import asyncio
import warnings
from operator import attrgetter
from typing import Any

import pytest

from molam_api.operations import OPERATIONS
from molam_sdk import MolamAsyncClient, MolamClient, errors
from molam_sdk.testing import MockAdapter, StandInError, failing, refused
from tests.unit.sdk.operation_calls import CASES, Case


def client_on(mock: MockAdapter, **options: Any) -> MolamClient:
    return MolamClient(api_key="sk_test_mock", http_adapter=mock, **options)


def test_there_is_a_case_for_every_operation() -> None:
    assert {case.operation_id for case in CASES} == set(OPERATIONS)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.operation_id)
def test_every_operation_is_answered_with_its_model(case: Case) -> None:
    mock = MockAdapter()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        answer = attrgetter(case.method)(client_on(mock))(*case.ids, **case.arguments)
        items = list(answer) if case.method.endswith(".list") else [answer]
    assert items
    (request,) = mock.requests
    assert request.operation == case.operation_id
    assert list(request.path_values.values()) == list(case.ids)


def test_the_asynchronous_client_is_answered_too() -> None:
    async def main() -> Any:
        client = MolamAsyncClient(api_key="sk_test_mock", http_adapter=MockAdapter())
        return await client.payment_intents.create(amount=700, currency="XOF")

    assert asyncio.run(main()).amount == 700


def test_the_request_goes_before_the_example_and_the_test_before_both() -> None:
    client = client_on(MockAdapter({"create_payment_intent": {"status": "processing", "currency": "EUR"}}))
    intent = client.payment_intents.create(amount=900, currency="XOF", metadata={"order": "7"}, description="Order 7")
    assert (intent.amount, intent.currency, intent.status) == (900, "EUR", "processing")
    assert (dict(intent.metadata.to_dict()), intent.description) == ({"order": "7"}, "Order 7")
    assert client.payment_intents.retrieve("pi_123").id == "pi_123"


def test_objects_in_answers_need_not_be_whole() -> None:
    mock = MockAdapter().answer("retrieve_payment_intent", {"last_error": {"code": "card_declined"}})
    error = client_on(mock).payment_intents.retrieve("pi_1").last_error
    assert error is not None
    assert error.code == "card_declined"


@pytest.mark.parametrize(
    ("operation", "members", "said"),
    [
        ("retrieve_refunds", {}, "there is no operation 'retrieve_refunds'; did you mean 'retrieve_refund'"),
        ("retrieve_refund", {"amonut": 1}, "retrieve_refund has no member 'amonut'; did you mean 'amount'"),
        ("retrieve_refund", {"status": "gone"}, "status must be one of .*, not 'gone'"),
        ("retrieve_refund", {"amount": 2.5}, "amount must be an integer, not a number"),
        ("retrieve_refund", {"amount": -1}, "amount must be 0 to"),
        ("retrieve_refund", {"currency": "usd"}, "currency must look like"),
        ("retrieve_refund", {"id": None}, "id must be a string, not null"),
        ("retrieve_payment_intent", {"customer": {"phone": 7}}, r"customer.*phone must be a string"),
        ("list_refunds", {"data": [{"amount": 1}]}, r"data\[0\] lacks id"),
    ],
)
def test_what_the_api_never_answers_is_refused(operation: str, members: dict[str, Any], said: str) -> None:
    with pytest.raises(StandInError, match=said):
        MockAdapter().answer(operation, members)


def test_what_the_api_does_not_have_is_no_operation() -> None:
    with pytest.raises(StandInError, match="the API has no GET /v1/unicorns"):
        MockAdapter().send("GET", "https://x/v1/unicorns", {}, None, 1)


def test_the_next_answers_may_be_others() -> None:
    mock = MockAdapter().once("create_refund", refused(409, "already_refunded"), failing("lost"))
    client = client_on(mock, backoff_factor=0)
    with pytest.raises(errors.ConflictError, match="already_refunded"):
        client.refunds.create("ch_1")
    assert client.refunds.create("ch_1", amount=100).amount == 100
    first, lost, repeated = mock.requests
    assert first.idempotency_key != lost.idempotency_key == repeated.idempotency_key


def test_answers_do_not_share_their_parts() -> None:
    mock = MockAdapter()
    first = client_on(mock).payment_intents.retrieve("pi_1")
    first.metadata.additional_properties.clear()
    assert client_on(mock).payment_intents.retrieve("pi_1").metadata.to_dict()
