"""Workers as processes: two at a time, killed in the middle of a receiver, told to stop."""

from __future__ import annotations

import signal

import pytest
from django.db import connections

from molam_sdk.contrib.django import inbox
from molam_sdk.contrib.django.models import ReceivedWebhook, WebhookObject
from tests.durable.inbox.driver import signed, webhook

from .conftest import ALIASES
from .processes import start
from .project import SECRET
from .shop.models import Effect

pytestmark = pytest.mark.timeout(120)


def deliver(count: int) -> None:
    for n in range(count):
        body = webhook(f"evt_{n}", about=f"pi_{n}")
        inbox().receive(signed(body, SECRET), body)


def effects(alias: str) -> list[str]:
    return sorted(effect.event_id for effect in Effect.objects.using(alias))


def test_a_worker_that_is_killed_leaves_nothing_half_done(alias: str) -> None:
    if alias != ("postgresql" if "postgresql" in ALIASES else ALIASES[0]):
        pytest.skip("processes take their time; the threads of test_exactly_once run on each database")
    deliver(12)
    connections[alias].close()
    killed = start(alias, "molam_process_webhooks", "--once", dies_at="evt_5")
    _, said = killed.communicate(timeout=60)
    assert killed.returncode == -signal.SIGKILL, said
    assert "evt_5" not in effects(alias)
    assert ReceivedWebhook.objects.using(alias).get(event_id="evt_5").state == "pending"

    WebhookObject.objects.using(alias).update(leased_until=0)  # a minute later
    workers = [start(alias, "molam_process_webhooks", "--once") for _ in range(2)]
    told = [worker.communicate(timeout=60) for worker in workers]
    assert [worker.returncode for worker in workers] == [0, 0], told
    assert effects(alias) == sorted(f"evt_{n}" for n in range(12))


def test_a_worker_that_is_told_to_stop_ends_well(default: None) -> None:
    deliver(1)
    worker = start("default", "molam_process_webhooks", "--poll", "0.05")
    assert worker.stdout is not None
    assert worker.stdout.readline() == "working at webhooks\n"
    while not effects("default"):
        assert worker.poll() is None
    worker.send_signal(signal.SIGTERM)
    _, said = worker.communicate(timeout=30)
    assert worker.returncode == 0
    assert "Traceback" not in said
    assert ReceivedWebhook.objects.get().state == "done"
