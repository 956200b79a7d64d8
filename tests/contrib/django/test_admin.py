"""The pages of the admin: to look at, without bodies; what ended can be redriven."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client, override_settings

from molam_sdk import errors
from molam_sdk.contrib.django import client as molam
from molam_sdk.contrib.django import inbox, process_webhooks, signals
from molam_sdk.contrib.django.models import Call, ReceivedWebhook
from tests.durable.inbox.driver import signed, webhook

from . import project
from .project import SECRET

EVENTS = "/admin/molam/receivedwebhook/"
CALLS = "/admin/molam/call/"
CUSTOMER = "+221770009999"


@pytest.fixture
def person(default: None) -> Iterator[Client]:
    users: Any = get_user_model()
    somebody = users.objects.create_user("somebody", is_staff=True)
    allowed = ("view_receivedwebhook", "view_call", "change_receivedwebhook")
    somebody.user_permissions.set(Permission.objects.filter(codename__in=allowed))
    browser = Client()
    browser.force_login(somebody)
    yield browser
    somebody.delete()


def receive(body: bytes) -> None:
    inbox().receive(signed(body, SECRET), body)


def text(answer: Any) -> str:
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


def test_events_are_found_filtered_and_shown_without_their_bodies(person: Client) -> None:
    receive(webhook("evt_1"))
    receive(webhook("evt_2", "refund.failed", about="ref_1", status="failed"))
    process_webhooks(1)
    listed = text(person.get(EVENTS))
    assert "evt_1" in listed
    assert "evt_2" in listed
    assert "evt_2" not in text(person.get(EVENTS, {"q": "evt_1"}))
    assert "evt_1</a>" not in text(person.get(EVENTS, {"state": "pending"}))
    (path,) = re.findall(rf'href="({EVENTS}[^"]+/change/)[^"]*">evt_2', listed)
    page = text(person.get(path))
    assert "refund.failed" in page
    assert "Nov" in page or "2026" in page
    for hidden in ("+221", "customer", 'name="_save"', "Delete"):
        assert hidden not in page


@pytest.mark.filterwarnings("ignore::molam_sdk.webhooks.EventModelWarning")
def test_what_was_ignored_can_be_redriven(person: Client) -> None:
    done: list[str] = []
    receive(webhook("evt_1"))
    receive(webhook("evt_2", about="pi_2"))
    assert process_webhooks().ignored == 2

    def paid(event: Any, **_: Any) -> None:
        done.append(event.id)

    signals.payment_intent_succeeded.connect(paid)
    chosen = {"action": "redrive", "_selected_action": ["evt_1"]}
    assert "1 events will be worked at again" in text(person.post(EVENTS, chosen, follow=True))
    assert process_webhooks().done == 1
    assert done == ["evt_1"]
    assert "None of these events" in text(person.post(EVENTS, chosen, follow=True))


def test_who_may_only_look_cannot_redrive(person: Client) -> None:
    somebody: Any = get_user_model().objects.get(username="somebody")
    somebody.user_permissions.remove(Permission.objects.get(codename="change_receivedwebhook"))
    receive(webhook())
    process_webhooks()
    person.post(EVENTS, {"action": "redrive", "_selected_action": ["evt_1"]}, follow=True)
    assert ReceivedWebhook.objects.get().state == "ignored"
    assert 'value="redrive"' not in text(person.get(EVENTS))


def test_nothing_can_be_added_changed_or_deleted(person: Client) -> None:
    receive(webhook())
    for path in (f"{EVENTS}add/", f"{CALLS}add/", f"{EVENTS}%20evt_5F1/delete/"):
        assert person.get(path).status_code == 403
    assert person.post(f"{EVENTS}%20evt_5F1/change/", {"state": "done"}).status_code == 403
    assert person.get(f"{EVENTS}nothing/change/").status_code == 302


def test_calls_are_shown_without_their_bodies(person: Client) -> None:
    with override_settings(MOLAM={**project.MOLAM, "MAX_RETRIES": 0}), pytest.raises(errors.NetworkError):
        molam().payment_intents.create(
            amount=900, currency="USD", metadata={"phone": CUSTOMER}, idempotency_key="order-1"
        )
    listed = text(person.get(CALLS))
    assert "order-1" in listed
    page = text(person.get(f"{CALLS}{Call.objects.get().id}/change/"))
    assert "order-1" in page
    assert Call.objects.get().state == "not_sent"
    assert CUSTOMER not in page
    assert "metadata" not in page
