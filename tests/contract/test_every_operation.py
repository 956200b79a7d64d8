"""Every operation of the spec, called through both clients over a real socket."""

import pytest

from molam_api.operations import OPERATIONS
from molam_gateway.embedded import Sandbox
from molam_sdk import RequestEvent, ResponseEvent
from tests.contract.conftest import Connect
from tests.contract.exercises import EXERCISES, Stage


def test_no_operation_is_left_out() -> None:
    """An operation that is added to the spec needs an exercise here."""
    assert EXERCISES.keys() == OPERATIONS.keys()


@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_an_operation_does_what_it_says(connect: Connect, shared_gateway: Sandbox, operation_id: str) -> None:
    """The call goes out as the spec has it, is answered with a success that the spec has, and reads as its object."""
    sent: list[RequestEvent] = []
    received: list[ResponseEvent] = []
    client = connect(shared_gateway, event_hooks={"request": sent.append, "response": received.append})
    EXERCISES[operation_id](Stage(client))
    operation = OPERATIONS[operation_id]
    requests = [event for event in sent if event.operation == operation_id]
    assert requests, f"{operation_id} was not called"
    assert {(event.method, event.path) for event in requests} == {(operation.method, operation.path)}
    assert all((event.idempotency_key is not None) == operation.needs_idempotency_key for event in requests)
    statuses = {event.status_code for event in received if event.operation == operation_id}
    assert statuses <= set(operation.success)
