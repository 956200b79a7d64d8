"""Calls whose answer or process was lost: `resolve` and `recover` find out, and money moves once."""

from datetime import UTC, datetime, timedelta

import pytest

from molam_api.operations import OPERATIONS
from molam_gateway.embedded import Sandbox
from molam_sdk import DeclinedError, MolamClient, NetworkError, ServerError, UnexpectedResponseError, errors
from molam_sdk.journal import Recovered
from tests.contract.conftest import Connect
from tests.contract.flows import id_of, movements, pay
from tests.contract.mutations import MUTATIONS, Book, Perform, ready
from tests.unit.sdk.notebook import Notebook, journal_for

UNKNOWN = (NetworkError, ServerError, UnexpectedResponseError)
FAULTS = ("drop_response", "truncate", "error_after", "reset", "error_before")


def lose(client: MolamClient, operation_id: str, fault: str, perform: Perform) -> errors.MolamError:
    """Make a call whose every answer is lost."""
    client.sandbox.inject_fault(kind=fault, operation_id=operation_id)
    with pytest.raises(UNKNOWN) as caught:
        perform(client.with_options(max_retries=0))
    error = caught.value
    assert isinstance(error, errors.MolamError)
    assert error.outcome == "unknown"
    return error


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("operation_id", MUTATIONS)
def test_a_resolved_call_has_moved_money_once(
    connect: Connect, shared_gateway: Sandbox, operation_id: str, fault: str
) -> None:
    client = connect(shared_gateway)
    mutation = ready(client, operation_id)
    error = lose(client, operation_id, fault, mutation.perform)
    settled = client.resolve(error)
    told = getattr(settled, "idempotency_key", None) == error.idempotency_key
    assert told == operation_id.startswith("create_")
    assert mutation.book.moved() == [mutation.movement]
    assert id_of(client.resolve(error)) == id_of(settled)
    assert mutation.book.moved() == [mutation.movement]


def test_a_lost_decline_is_a_decline(connect: Connect, shared_gateway: Sandbox) -> None:
    client = connect(shared_gateway)
    error = lose(client, "create_payment_intent", "drop_response", lambda caller: pay(caller, "pm_cpay_declined"))
    with pytest.raises(DeclinedError) as declined:
        client.resolve(error)
    assert declined.value.outcome == "rejected"
    assert declined.value.resource is not None
    assert movements(client, declined.value.resource.id or "") == []


def interrupted(_: object) -> None:
    raise KeyboardInterrupt


def test_a_process_that_died_before_or_after_sending_is_recovered(
    kind: str, connect: Connect, shared_gateway: Sandbox
) -> None:
    pages = Notebook()
    dying = connect(shared_gateway, journal=journal_for(kind, pages))
    book = Book(dying)
    with pytest.raises(KeyboardInterrupt):
        pay(dying.with_options(event_hooks={"request": interrupted}), idempotency_key=f"unsent-{kind}")
    with pytest.raises(KeyboardInterrupt):
        pay(dying.with_options(event_hooks={"response": interrupted}), idempotency_key=f"unread-{kind}")
    assert pages.endings == [None, None]
    assert book.moved() == [("charge", 2500)]
    pages.crash()
    client = connect(shared_gateway, journal=journal_for(kind, pages))
    report = client.recover()
    assert [(found.idempotency_key, found.ending) for found in report] == [
        (f"unsent-{kind}", "succeeded"),
        (f"unread-{kind}", "succeeded"),
    ]
    assert book.moved() == [("charge", 2500), ("charge", 2500)]
    assert client.recover() == ()


def recovered_late(kind: str, connect: Connect, gateway: Sandbox, pages: Notebook) -> Recovered:
    """What a client finds out about the only entry a day later."""
    pages.crash()
    for key, row in pages.rows.items():
        row.ended = None
        pages.change(key, created_at=datetime.now(UTC) - timedelta(hours=24))
    (found,) = connect(gateway, journal=journal_for(kind, pages)).recover()
    return found


@pytest.mark.parametrize("operation_id", MUTATIONS)
def test_a_day_later_the_call_is_looked_up_by_its_key(
    kind: str, connect: Connect, shared_gateway: Sandbox, operation_id: str
) -> None:
    mutation, pages = ready(connect(shared_gateway), operation_id), Notebook()
    journaled = mutation.client.with_options(journal=journal_for(kind, pages))
    lose(journaled, operation_id, "drop_response", mutation.perform)
    pages.rows = {key: row for key, row in pages.rows.items() if row.entry.operation == operation_id}
    found = recovered_late(kind, connect, shared_gateway, pages)
    assert (found.ending, found.error) == ("succeeded", None)
    assert found.object_id is not None
    if OPERATIONS[operation_id].retrieved_by is not None:
        assert id_of(found.object) == found.object_id
    assert mutation.book.moved() == [mutation.movement]


def test_a_day_later_a_decline_is_found_as_one(kind: str, connect: Connect, shared_gateway: Sandbox) -> None:
    pages = Notebook()
    client = connect(shared_gateway, journal=journal_for(kind, pages))
    with pytest.raises(DeclinedError) as declined:
        pay(client, "pm_cpay_declined")
    found = recovered_late(kind, connect, shared_gateway, pages)
    assert declined.value.resource is not None
    assert (found.ending, found.object_id) == ("rejected", declined.value.resource.id)


@pytest.mark.parametrize("operation_id", MUTATIONS)
def test_a_day_later_a_call_that_was_never_sent_stays_unsent(
    kind: str, connect: Connect, shared_gateway: Sandbox, operation_id: str
) -> None:
    mutation, pages = ready(connect(shared_gateway), operation_id), Notebook()
    dying = mutation.client.with_options(journal=journal_for(kind, pages), event_hooks={"request": interrupted})
    with pytest.raises(KeyboardInterrupt):
        mutation.perform(dying)
    found = recovered_late(kind, connect, shared_gateway, pages)
    assert (found.ending, pages.endings) == ("stale", ["stale"])
    assert found.error is not None
    assert found.error.outcome == "unknown"
    assert mutation.book.moved() == []
