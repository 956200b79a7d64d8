"""All of it works in Django's TestCase, and is undone at the end of each test."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.test import TestCase, override_settings

from molam_api.event_types import EVENT_OBJECTS
from molam_sdk import errors
from molam_sdk.contrib.django import client, process_webhooks, signals
from molam_sdk.contrib.django.models import Call, ReceivedWebhook
from molam_sdk.contrib.django.testing import post_webhook

from . import project
from .conftest import emptied
from .shop.models import Effect


@pytest.fixture(scope="module", autouse=True)
def ready(databases: Callable[[str], None]) -> None:
    databases("default")
    emptied("default")


def paid(event: Any, instance: Any, **_: Any) -> None:
    Effect.objects.create(event_id=event.id)
    transaction.on_commit(lambda: Effect.objects.create(event_id=event.id, note="mailed"))


class WebhookTests(TestCase):
    """A project's own tests."""

    def setUp(self) -> None:
        assert not ReceivedWebhook.objects.exists()
        signals.payment_intent_succeeded.connect(paid)

    def receive(self) -> None:
        for _ in range(2):
            assert post_webhook("payment_intent.succeeded", {"id": "pi_1", "status": "succeeded"}).status_code == 204
        assert process_webhooks().done == 1

    def test_once(self) -> None:
        with self.captureOnCommitCallbacks(execute=True):
            self.receive()
        assert [effect.note for effect in Effect.objects.order_by("id")] == ["", "mailed"]

    def test_again(self) -> None:
        self.receive()
        assert Effect.objects.count() == 1

    def test_a_receiver_that_raises(self) -> None:
        def broken(**_: Any) -> None:
            raise LookupError

        signals.payment_intent_succeeded.connect(broken)
        post_webhook("payment_intent.succeeded", {"id": "pi_1", "status": "succeeded"})
        assert process_webhooks().failed == 1
        assert Effect.objects.count() == 0
        assert ReceivedWebhook.objects.get().error == "LookupError"

    @override_settings(MOLAM={**project.MOLAM, "MAX_RETRIES": 0})
    def test_a_call_is_written_down_on_the_connection_of_the_test(self) -> None:
        """Also in a block of the code under test, whose rollback takes it along here and nowhere else."""
        with transaction.atomic(), pytest.raises(errors.NetworkError):
            client().payment_intents.create(amount=900, currency="USD", idempotency_key="order-1")
        assert Call.objects.get().state == "not_sent"


@pytest.mark.parametrize("event_type", EVENT_OBJECTS)
def test_an_object_of_a_test_is_a_whole_one(default: None, event_type: str) -> None:
    seen: list[Any] = []

    def look(instance: Any, **_: Any) -> None:
        seen.append(instance)

    signals.event_received.connect(look)
    with override_settings(MOLAM=project.MOLAM):
        assert post_webhook(event_type, {}).status_code == 204
        assert process_webhooks().done == 1
    assert type(seen[0]).__name__ == EVENT_OBJECTS[event_type]


def test_nothing_of_it_is_left(default: None) -> None:
    assert not Call.objects.exists()
    assert not ReceivedWebhook.objects.exists()
