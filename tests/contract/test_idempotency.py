"""What an idempotency key promises, over the whole way."""

from collections.abc import Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from molam_gateway.embedded import Sandbox
from molam_sdk import ConflictError, DeclinedError, IdempotencyError, MolamClient, NotFoundError, ValidationError
from tests.contract.conftest import Connect
from tests.contract.flows import movements, pay
from tests.gateway_fixtures import Api

SLOW: dict[str, Any] = {"amount": 2500, "currency": "USD", "payment_method": "pm_cpay_slow", "confirm": True}


def test_a_repetition_is_answered_with_what_was_answered_first(shared_client: MolamClient, kind: str) -> None:
    key = f"order-1-{kind}"
    raw = shared_client.with_raw_response
    arguments: dict[str, Any] = {"amount": 2500, "currency": "USD", "payment_method": "pm_cpay_ok", "confirm": True}
    first = raw.payment_intents.create(**arguments, idempotency_key=key)
    second = raw.payment_intents.create(**arguments, idempotency_key=key)
    assert (first.replayed, second.replayed) == (False, True)
    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert second.request_id != first.request_id
    assert second.headers["original-request-id"] == first.request_id
    assert first.idempotency_key == second.idempotency_key == key
    assert movements(shared_client, first.parse().id) == [("charge", 2500)]


def test_a_key_means_one_payload(shared_client: MolamClient, kind: str) -> None:
    key = f"order-2-{kind}"
    intent = pay(shared_client, idempotency_key=key)
    with pytest.raises(IdempotencyError) as reused:
        pay(shared_client, amount=2600, idempotency_key=key)
    assert (reused.value.status_code, reused.value.code) == (422, "idempotency_key_reused")
    assert (reused.value.outcome, reused.value.idempotency_key) == ("rejected", key)
    assert movements(shared_client, intent.id) == [("charge", 2500)]


def test_a_key_means_one_operation(shared_client: MolamClient, kind: str) -> None:
    key = f"order-3-{kind}"
    intent = pay(shared_client, idempotency_key=key)
    with pytest.raises(IdempotencyError):
        shared_client.refunds.create(intent.id, idempotency_key=key)
    assert shared_client.payment_intents.retrieve(intent.id).amount_refunded == 0


def test_a_decline_is_kept_with_its_intent(shared_client: MolamClient, kind: str) -> None:
    key = f"order-4-{kind}"
    ids: list[str] = []
    for _ in range(2):
        with pytest.raises(DeclinedError) as declined:
            pay(shared_client, "pm_cpay_declined", idempotency_key=key)
        assert declined.value.resource is not None
        assert declined.value.resource.id is not None
        ids.append(declined.value.resource.id)
    assert ids[0] == ids[1]
    assert len(list(shared_client.charges.list(payment_intent=ids[0]))) == 1


def test_a_missing_object_stays_missing_for_its_key(shared_client: MolamClient, kind: str) -> None:
    for _ in range(2):
        with pytest.raises(NotFoundError):
            shared_client.payment_intents.confirm("pi_0000000000000000000000", idempotency_key=f"order-5-{kind}")


def test_a_refused_request_does_not_use_its_key_up(shared_client: MolamClient, kind: str) -> None:
    key = f"order-6-{kind}"
    with pytest.raises(ValidationError):
        shared_client.payment_intents.create(
            amount=2500, currency="USD", description="4242424242424242", idempotency_key=key
        )
    intent = shared_client.payment_intents.create(amount=2500, currency="USD", idempotency_key=key)
    assert intent.idempotency_key == key


def test_a_key_that_is_no_longer_kept_is_never_executed_again(client: MolamClient) -> None:
    intent = pay(client, idempotency_key="order-7")
    client.sandbox.advance_clock(seconds=8 * 86400)
    with pytest.raises(ConflictError) as expired:
        pay(client, idempotency_key="order-7")
    assert expired.value.code == "idempotency_key_expired"
    assert expired.value.resource is not None
    assert expired.value.resource.id == intent.id
    assert movements(client, intent.id) == [("charge", 2500)]


@contextmanager
def under_way(bystander: Api, client: MolamClient, key: str) -> "Generator[Future[httpx.Response]]":
    """A payment of somebody else with this key, while the provider takes its time."""
    before = len(client.charges.list().page().data)
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(
            bystander.post, "/v1/connect/payment_intents", SLOW, key=key, headers={"Molam-Deadline-Ms": "1500"}
        )
        while len(client.charges.list().page().data) == before:
            assert not running.done()
        yield running


def test_a_call_with_a_key_under_way_waits_for_it(client: MolamClient, bystander: Api) -> None:
    with under_way(bystander, client, "order-8") as running:
        raw = client.with_raw_response.payment_intents.create(**SLOW, idempotency_key="order-8")
        theirs = running.result()
    assert raw.attempts > 1
    assert raw.replayed
    assert raw.parse().id == theirs.json()["id"]


def test_a_call_that_may_not_wait_is_told_of_the_key_under_way(
    connect: Connect, gateway: Sandbox, client: MolamClient, bystander: Api
) -> None:
    impatient = connect(gateway, max_retries=0)
    with under_way(bystander, client, "order-9"), pytest.raises(ConflictError) as refused:
        impatient.payment_intents.create(**SLOW, idempotency_key="order-9")
    assert (refused.value.code, refused.value.outcome) == ("idempotency_in_flight", "unknown")
    assert refused.value.retry_after is not None
    assert refused.value.retryable
