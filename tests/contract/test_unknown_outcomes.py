"""Calls whose answer or process was lost: `resolve` and `recover` find out, and money moves once."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import pytest

from molam_gateway.embedded import Sandbox
from molam_sdk import DeclinedError, MolamClient, NetworkError, ServerError, UnexpectedResponseError, errors
from molam_sdk.journal import Recovered
from tests.contract.conftest import Connect
from tests.contract.exercises import BENEFICIARY
from tests.contract.flows import movements, pay
from tests.unit.sdk.notebook import Notebook, journal_for

UNKNOWN = (NetworkError, ServerError, UnexpectedResponseError)
FAULTS = ("drop_response", "truncate", "error_after", "reset", "error_before")

Perform = Callable[[MolamClient], object]


def creating(client: MolamClient) -> Perform:
    return lambda caller: pay(caller, amount=2500)


def confirming(client: MolamClient) -> Perform:
    intent = client.payment_intents.create(amount=2500, currency="USD", payment_method="pm_cpay_ok")
    return lambda caller: caller.payment_intents.confirm(intent.id)


def refunding(client: MolamClient) -> Perform:
    intent = pay(client)
    return lambda caller: caller.refunds.create(intent.id, amount=400)


def paying_out(client: MolamClient) -> Perform:
    pay(client)
    beneficiary = {**BENEFICIARY, "phone": "+254700000000"}
    return lambda caller: caller.payouts.create(amount=100, currency="USD", beneficiary=beneficiary)


MUTATIONS: Mapping[str, tuple[Callable[[MolamClient], Perform], tuple[str, int]]] = {
    "create_payment_intent": (creating, ("charge", 2500)),
    "confirm_payment_intent": (confirming, ("charge", 2500)),
    "create_refund": (refunding, ("refund", 400)),
    "create_payout": (paying_out, ("payout", 100)),
}
"""Calls that move money, and the movement that each makes."""


def moved(client: MolamClient, before: set[str]) -> list[tuple[str, int]]:
    return [(str(row.kind), row.amount) for row in client.sandbox.retrieve_ledger().data if row.id not in before]


def book(client: MolamClient) -> set[str]:
    return {row.id for row in client.sandbox.retrieve_ledger().data}


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
    prepare, movement = MUTATIONS[operation_id]
    perform = prepare(client)
    before = book(client)
    error = lose(client, operation_id, fault, perform)
    settled = client.resolve(error)
    assert settled.idempotency_key == error.idempotency_key or operation_id == "confirm_payment_intent"
    assert moved(client, before) == [movement]
    assert client.resolve(error).id == settled.id
    assert moved(client, before) == [movement]


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
    before = book(dying)
    with pytest.raises(KeyboardInterrupt):
        pay(dying.with_options(event_hooks={"request": interrupted}), idempotency_key=f"unsent-{kind}")
    with pytest.raises(KeyboardInterrupt):
        pay(dying.with_options(event_hooks={"response": interrupted}), idempotency_key=f"unread-{kind}")
    assert pages.endings == [None, None]
    assert moved(dying, before) == [("charge", 2500)]
    pages.crash()
    client = connect(shared_gateway, journal=journal_for(kind, pages))
    report = client.recover()
    assert [(found.idempotency_key, found.ending) for found in report] == [
        (f"unsent-{kind}", "succeeded"),
        (f"unread-{kind}", "succeeded"),
    ]
    assert moved(client, before) == [("charge", 2500), ("charge", 2500)]
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
    client = connect(shared_gateway)
    prepare, movement = MUTATIONS[operation_id]
    perform = prepare(client)
    before = book(client)
    pages = Notebook()
    lose(client.with_options(journal=journal_for(kind, pages)), operation_id, "drop_response", perform)
    pages.rows = {key: row for key, row in pages.rows.items() if row.entry.operation == operation_id}
    found = recovered_late(kind, connect, shared_gateway, pages)
    assert (found.ending, found.error) == ("succeeded", None)
    assert found.object.id == found.object_id
    assert moved(client, before) == [movement]


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
    client = connect(shared_gateway)
    prepare, _ = MUTATIONS[operation_id]
    perform = prepare(client)
    before = book(client)
    pages = Notebook()
    dying = client.with_options(journal=journal_for(kind, pages), event_hooks={"request": interrupted})
    with pytest.raises(KeyboardInterrupt):
        perform(dying)
    found = recovered_late(kind, connect, shared_gateway, pages)
    assert (found.ending, pages.endings) == ("stale", ["stale"])
    assert found.error is not None
    assert found.error.outcome == "unknown"
    assert moved(client, before) == []
