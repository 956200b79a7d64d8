"""The view that receives webhooks: 2xx only for what is kept, and no word to who cannot sign."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.http import HttpRequest
from django.test import AsyncClient, Client, override_settings
from django.views.debug import ExceptionReporter

from molam_sdk.contrib.django import inbox, process_webhooks, views
from molam_sdk.contrib.django.models import ReceivedWebhook
from molam_sdk.durable import Inbox
from tests.durable.inbox.driver import signed, webhook

from . import project
from .project import SECRET

pytestmark = pytest.mark.usefixtures("default")
URL = "/molam/webhook/"


def post(body: bytes, header: str | None, url: str = URL, **options: Any) -> Any:
    headers = {} if header is None else {"Molam-Signature": header}
    client = Client(enforce_csrf_checks=True, **options)
    return client.post(url, body, content_type="application/json", headers=headers)


def test_an_authentic_webhook_is_kept_once_and_answered_each_time() -> None:
    for _ in range(2):
        answer = post(webhook(), signed(webhook(), SECRET))
        assert (answer.status_code, answer.content) == (204, b"")
    assert ReceivedWebhook.objects.get().event_id == "evt_1"


@pytest.mark.parametrize("header", [None, "", "t=1,v1=00", "signed with another secret"])
def test_what_is_not_proven_authentic_is_refused_without_a_reason(header: str | None) -> None:
    if header is not None and header.startswith("signed"):
        header = signed(webhook(), "whsec_other")
    answer = post(webhook(), header)
    assert (answer.status_code, answer.content) == (400, b"")
    assert not ReceivedWebhook.objects.exists()


def test_an_authentic_body_that_is_no_event_is_refused() -> None:
    assert post(b"{}", signed(b"{}", SECRET)).status_code == 400


def test_every_active_secret_is_tried() -> None:
    with override_settings(MOLAM={**project.MOLAM, "WEBHOOK_SECRET": ["whsec_new", SECRET]}):
        assert post(webhook("evt_1"), signed(webhook("evt_1"), "whsec_new")).status_code == 204
        assert post(webhook("evt_2"), signed(webhook("evt_2"), SECRET)).status_code == 204
    assert post(webhook("evt_3"), signed(webhook("evt_3"), "whsec_new")).status_code == 400


def test_a_tenant_is_in_the_path() -> None:
    molam = {name: value for name, value in project.MOLAM.items() if name != "WEBHOOK_SECRET"}
    with override_settings(MOLAM={**molam, "WEBHOOK_TENANTS": "tests.contrib.django.tenants.secrets"}):
        assert post(webhook(), signed(webhook(), "whsec_a"), "/molam/webhook/shop-a/").status_code == 204
        assert post(webhook(), signed(webhook(), "whsec_a"), "/molam/webhook/shop-b/").status_code == 400
        assert post(webhook(), signed(webhook(), "whsec_a"), "/molam/webhook/nobody/").status_code == 400
    assert ReceivedWebhook.objects.get().tenant == "shop-a"


def test_only_post_is_taken() -> None:
    assert Client().get(URL).status_code == 405


def test_a_body_that_is_too_long_for_django_is_refused() -> None:
    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=100):
        assert post(webhook(), signed(webhook(), SECRET)).status_code == 413


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[None]:
    """A database without tables is the one that Molam is kept in."""
    found = {"default": {}, "empty": project.sqlite(tmp_path / "empty.db")}
    connections.settings["empty"] = connections.configure_settings(found)["empty"]
    with override_settings(MOLAM={**project.MOLAM, "DATABASE": "empty"}):
        yield
    connections["empty"].close()
    del connections.settings["empty"]


@pytest.mark.usefixtures("empty")
def test_what_cannot_be_kept_is_to_come_again() -> None:
    assert post(webhook(), signed(webhook(), SECRET)).status_code == 503


def test_a_transaction_around_each_request_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bool] = []

    def watched() -> Inbox:
        seen.append(connections["default"].in_atomic_block)
        return inbox()

    monkeypatch.setitem(connections.settings["default"], "ATOMIC_REQUESTS", True)
    monkeypatch.setattr(views, "inbox", watched)
    assert post(webhook(), signed(webhook(), SECRET)).status_code == 204
    assert seen == [False]


def test_the_asynchronous_view_does_the_same() -> None:
    async def post_both() -> list[int]:
        client = AsyncClient(enforce_csrf_checks=True)
        options: dict[str, Any] = {"content_type": "application/json"}
        header = signed(webhook(), SECRET)
        good = await client.post("/async/", webhook(), headers={"Molam-Signature": header}, **options)
        bad = await client.post("/async/", webhook() + b" ", headers={"Molam-Signature": header}, **options)
        return [good.status_code, bad.status_code]

    assert asyncio.run(post_both()) == [204, 400]
    assert ReceivedWebhook.objects.get().state == "pending"


def test_an_event_that_nobody_receives_is_ignored_and_can_be_redriven() -> None:
    post(webhook(), signed(webhook(), SECRET))
    assert process_webhooks().ignored == 1
    assert inbox().redrive("evt_1", state="ignored") == 1


def test_a_debug_page_of_a_failing_view_shows_neither_body_nor_signature() -> None:
    with override_settings(MOLAM={"TIMEOUT": "soon", "WEBHOOK_SECRET": SECRET}, DEBUG=True):
        request = asked()
        try:
            views.webhook(request)
        except ValueError as error:
            page = ExceptionReporter(request, type(error), error, error.__traceback__).get_traceback_html()
        else:
            raise AssertionError("it works")
    assert "SettingsError" in page
    assert "HTTP_MOLAM_SIGNATURE" in page
    for secret in (SECRET, request.META["HTTP_MOLAM_SIGNATURE"], "+221"):
        assert secret not in page


def asked() -> HttpRequest:
    """A webhook as the server hands it over; the page shows the variables of this module's own frames too."""
    request = HttpRequest()
    request.method, request.path = "POST", URL
    request.META |= {"HTTP_MOLAM_SIGNATURE": signed(webhook(), SECRET), "SERVER_NAME": "shop", "SERVER_PORT": "80"}
    request._body = webhook()
    return request
