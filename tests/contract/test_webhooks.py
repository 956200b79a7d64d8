"""Webhooks received by a real HTTP server and verified by the client."""

from collections.abc import Sequence

import pytest
from standardwebhooks import Webhook

from molam_api.models import PaymentIntent, WebhookEndpoint
from molam_sdk import MolamClient, SignatureError, webhooks
from tests.contract.flows import pay
from tests.gateway_fixtures import Delivery, Receiver

SCHEDULE = (60, 300, 900, 3600, 21600)
"""Seconds after each failure until the next attempt, to which up to a tenth is added."""


def subscribe(client: MolamClient, receiver: Receiver, *events: str) -> tuple[WebhookEndpoint, str]:
    endpoint = client.webhook_endpoints.create(url=receiver.url, enabled_events=list(events))
    assert endpoint.secret is not None
    return endpoint, endpoint.secret


def header(delivery: Delivery) -> str:
    return delivery.headers["molam-signature"]


def kids(delivery: Delivery) -> list[str | None]:
    return [signature.kid for signature in webhooks.parse_signature_header(header(delivery)).signatures]


def test_a_payment_arrives_as_events_that_both_schemes_prove(client: MolamClient, receiver: Receiver) -> None:
    _, secret = subscribe(client, receiver, "*")
    intent = pay(client)
    client.sandbox.advance_clock(seconds=0)
    types: list[str] = []
    for delivery in receiver.deliveries:
        event = client.construct_event(header(delivery), delivery.body)
        assert client.construct_event(header(delivery), delivery.body, secret) == event
        webhooks.verify_standard_signature(delivery.headers, delivery.body, secret)
        assert Webhook(secret).verify(delivery.body, dict(delivery.headers)) == delivery.event
        assert delivery.headers["webhook-id"] == event.id
        types.append(event.type_)
        if event.type_ == "payment_intent.succeeded":
            assert isinstance(event.data.object_, PaymentIntent)
            assert event.data.object_ == client.payment_intents.retrieve(intent.id)
    assert {"payment_intent.created", "payment_intent.succeeded", "charge.succeeded"} <= set(types)
    assert len(types) == len(set(types))


def test_what_was_tampered_with_is_not_believed(client: MolamClient, receiver: Receiver) -> None:
    _, secret = subscribe(client, receiver, "payment_intent.succeeded")
    pay(client)
    client.sandbox.advance_clock(seconds=0)
    (delivery,) = receiver.deliveries
    forged = delivery.body.replace(b"2500", b"9900")
    assert forged != delivery.body
    with pytest.raises(SignatureError) as refused:
        client.construct_event(header(delivery), forged)
    assert refused.value.reason == "mismatch"
    with pytest.raises(SignatureError):
        webhooks.verify_standard_signature(delivery.headers, forged, secret)
    with pytest.raises(SignatureError):
        client.construct_event(header(delivery), delivery.body, "whsec_c29tZW9uZSBlbHNl")


def test_an_endpoint_gets_what_it_asked_for_and_only_what_came_after_it(
    client: MolamClient, receiver: Receiver
) -> None:
    early = pay(client)
    subscribe(client, receiver, "refund.processed", "charge.succeeded")
    client.refunds.create(early.id, amount=400)
    client.sandbox.advance_clock(seconds=0)
    assert receiver.types == ["refund.processed"]


def test_a_disabled_or_deleted_endpoint_gets_nothing_more(client: MolamClient, receiver: Receiver) -> None:
    endpoint, _ = subscribe(client, receiver, "payment_intent.created")
    client.webhook_endpoints.update(endpoint.id, status="disabled")
    client.payment_intents.create(amount=1, currency="USD")
    client.sandbox.advance_clock(seconds=0)
    client.webhook_endpoints.update(endpoint.id, status="enabled")
    client.webhook_endpoints.delete(endpoint.id)
    client.payment_intents.create(amount=2, currency="USD")
    client.sandbox.advance_clock(seconds=3600)
    assert receiver.deliveries == []


def test_a_ping_arrives_whatever_was_subscribed_to(client: MolamClient, receiver: Receiver) -> None:
    endpoint, _ = subscribe(client, receiver, "payout.failed")
    event = client.webhook_endpoints.test(endpoint.id)
    (delivery,) = receiver.wait(1)
    assert client.construct_event(header(delivery), delivery.body).id == event.id


@pytest.mark.parametrize("failure", [500, 302, 404])
def test_a_failed_delivery_is_repeated_on_schedule_and_then_no_more(client: MolamClient, failure: int) -> None:
    """Each attempt is later than its pause and not later than a tenth more; only the signature is new.

    A step of the clock may end up to a tenth of the pause after the attempt that it brought about; `passed` is the
    longest that may have passed since then.
    """
    with Receiver(failure) as failing:
        _, secret = subscribe(client, failing, "payment_intent.created")
        client.payment_intents.create(amount=2500, currency="USD")
        client.sandbox.advance_clock(seconds=0)
        passed = 20
        for attempts, pause in enumerate(SCHEDULE, start=1):
            assert len(failing.deliveries) == attempts
            client.sandbox.advance_clock(seconds=pause - passed)
            assert len(failing.deliveries) == attempts
            late = pause // 10 + 5
            client.sandbox.advance_clock(seconds=passed + late)
            passed += late
        client.sandbox.advance_clock(seconds=7 * 86400)
        deliveries = failing.deliveries
    assert len(deliveries) == 6
    assert len({delivery.body for delivery in deliveries}) == 1
    assert len({delivery.headers["webhook-id"] for delivery in deliveries}) == 1
    for delivery in deliveries:
        assert client.construct_event(header(delivery), delivery.body, secret).type_ == "payment_intent.created"


def test_a_delivery_that_succeeds_at_last_is_not_repeated(client: MolamClient) -> None:
    with Receiver(503, 200) as recovering:
        subscribe(client, recovering, "payment_intent.created")
        client.payment_intents.create(amount=2500, currency="USD")
        client.sandbox.advance_clock(seconds=0)
        client.sandbox.advance_clock(seconds=67)
        client.sandbox.advance_clock(seconds=86400)
        assert len(recovering.deliveries) == 2


def test_a_rotated_secret_signs_beside_the_old_one_for_a_day(client: MolamClient, receiver: Receiver) -> None:
    endpoint, old = subscribe(client, receiver, "payment_intent.created")
    rotated = client.webhook_endpoints.rotate_secret(endpoint.id)
    new = rotated.secret
    assert new is not None
    overlapping, later = (delivered(client, receiver, after) for after in (0, 86400 + 60))
    assert set(kids(overlapping)) == {endpoint.kid, rotated.kid}
    secrets: Sequence[str] = (old, new)
    for secret in secrets:
        client.construct_event(header(overlapping), overlapping.body, secret)
        webhooks.verify_standard_signature(overlapping.headers, overlapping.body, secret)
    client.construct_event(header(overlapping), overlapping.body, {rotated.kid: new})
    assert kids(later) == [rotated.kid]
    client.construct_event(header(later), later.body, secrets)
    with pytest.raises(SignatureError):
        client.construct_event(header(later), later.body, old)


def delivered(client: MolamClient, receiver: Receiver, after: int) -> Delivery:
    """The delivery of an event that happens so many seconds of sandbox clock from now."""
    client.sandbox.advance_clock(seconds=after)
    client.payment_intents.create(amount=2500, currency="USD")
    client.sandbox.advance_clock(seconds=0)
    return receiver.deliveries[-1]
