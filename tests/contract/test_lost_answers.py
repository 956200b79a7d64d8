"""Answers that get lost on their way: the call is repeated with its key, and money moves once."""

from collections.abc import Mapping

import pytest

from molam_gateway.embedded import Sandbox
from molam_sdk import MolamClient, NetworkError, ServerError, UnexpectedResponseError
from tests.contract.conftest import Connect
from tests.contract.flows import movements, pay
from tests.contract.mutations import MUTATIONS, ready

FAULTS: Mapping[str, tuple[int, bool]] = {
    "drop_response": (2, True),
    "truncate": (2, True),
    "error_after": (2, True),
    "reset": (2, False),
    "error_before": (2, False),
    "delay": (1, False),
}
"""How many attempts a call takes under each fault, and whether it ends with a stored answer."""


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("operation_id", MUTATIONS)
def test_money_moves_once_whatever_happens_to_the_answer(
    connect: Connect, shared_gateway: Sandbox, operation_id: str, fault: str
) -> None:
    client = connect(shared_gateway)
    mutation = ready(client, operation_id)
    client.sandbox.inject_fault(kind=fault, operation_id=operation_id, delay_ms=20 if fault == "delay" else None)
    raw = mutation.perform(client.with_raw_response)
    attempts, replayed = FAULTS[fault]
    assert (raw.attempts, raw.replayed) == (attempts, replayed)
    assert mutation.book.moved() == [mutation.movement]


@pytest.mark.parametrize("fault", ["drop_response", "reset", "truncate", "error_after", "error_before"])
def test_a_call_given_up_can_be_finished_by_hand_with_its_key(
    connect: Connect, shared_gateway: Sandbox, fault: str
) -> None:
    """The error says that the outcome is unknown and carries the key; with it the payment is found, not repeated."""
    client = connect(shared_gateway, max_retries=1)
    client.sandbox.inject_fault(kind=fault, operation_id="create_payment_intent", times=2)
    with pytest.raises((NetworkError, ServerError, UnexpectedResponseError)) as lost:
        pay(client)
    error = lost.value
    assert (error.outcome, error.attempts) == ("unknown", 2)
    assert error.idempotency_key is not None
    intent = pay(client, idempotency_key=error.idempotency_key)
    assert intent.status == "succeeded"
    assert intent.idempotency_key == error.idempotency_key
    assert movements(client, intent.id) == [("charge", 2500)]
    assert pay(client, idempotency_key=error.idempotency_key) == intent


def test_a_lost_read_is_simply_read_again(shared_client: MolamClient) -> None:
    intent = pay(shared_client)
    for fault in ("drop_response", "truncate", "error_after"):
        shared_client.sandbox.inject_fault(kind=fault, operation_id="retrieve_payment_intent")
    raw = shared_client.with_raw_response.payment_intents.retrieve(intent.id)
    assert raw.attempts == 4
    assert raw.parse() == intent


def test_a_fault_for_everything_spares_the_sandbox_itself(client: MolamClient) -> None:
    client.sandbox.inject_fault(kind="error_before")
    client.sandbox.advance_clock(seconds=0)
    assert client.with_raw_response.balance.retrieve().attempts == 2
