"""The project's clients, against a real sandbox, and what their journal keeps."""

from __future__ import annotations

import asyncio
import gc
import io
import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connections, transaction
from django.test import override_settings

from molam_gateway.embedded import Sandbox
from molam_sdk import errors
from molam_sdk.contrib.django import async_client, client, journal
from molam_sdk.contrib.django.models import Call

from . import project
from .shop.models import Effect


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture
def molam(alias: str, sandbox: Sandbox) -> Iterator[str]:
    options = {"API_KEY": sandbox.api_key, "API_BASE": sandbox.url, "DATABASE": alias}
    with override_settings(MOLAM={**project.MOLAM, **options}):
        yield alias


def paid(key: str) -> Any:
    return client().payment_intents.create(
        amount=900, currency="USD", payment_method="pm_cpay_ok", confirm=True, idempotency_key=key
    )


def test_there_is_one_client_until_the_settings_change(molam: str) -> None:
    first = client()
    assert client() is first
    assert async_client() is async_client()
    with override_settings(MOLAM={**project.MOLAM, "DATABASE": molam}):
        assert client() is not first


def test_a_call_outlives_the_rollback_of_the_view_that_made_it(molam: str) -> None:
    class UndoneError(Exception):
        pass

    def view() -> None:
        with transaction.atomic(using=molam):
            if connections[molam].vendor != "sqlite":  # which has one writer
                Effect.objects.using(molam).create(event_id="order")
            paid(f"rolled-back-{molam}")
            raise UndoneError

    with pytest.raises(UndoneError):
        view()
    assert Effect.objects.using(molam).count() == 0
    assert Call.objects.using(molam).get().state == "succeeded"


def test_on_sqlite_a_call_in_a_transaction_that_has_written_is_not_sent(molam: str) -> None:
    if molam != "default":
        pytest.skip("servers have any number of writers")
    connections["default"].close()
    connections["default"].settings_dict["OPTIONS"]["timeout"] = 0.1
    try:
        with transaction.atomic(), pytest.raises(errors.StorageError) as caught:
            pay_after_a_write()
        assert "lock" in str(caught.value)
    finally:
        connections["default"].settings_dict["OPTIONS"]["timeout"] = 20
        connections["default"].close()


def pay_after_a_write() -> None:
    Effect.objects.create(event_id="order")
    paid("locked-out")


def test_the_asynchronous_client_writes_its_calls_down_too(molam: str) -> None:
    async def pay() -> str:
        made = await async_client().payment_intents.create(
            amount=900, currency="USD", payment_method="pm_cpay_ok", confirm=True, idempotency_key=f"async-{molam}"
        )
        await async_client().aclose()
        return made.id

    made = asyncio.run(pay())
    assert Call.objects.using(molam).get().object_id == made
    gc.collect()


def test_recover_settles_what_was_left_open(molam: str) -> None:
    said = io.StringIO()
    call_command("molam_recover", stdout=said)
    assert said.getvalue() == "nothing open\n"
    client().sandbox.inject_fault(kind="drop_response", operation_id="create_payment_intent", times=1)
    lost = client().with_options(max_retries=0)
    with pytest.raises(errors.NetworkError):
        lost.payment_intents.create(
            amount=900, currency="USD", payment_method="pm_cpay_ok", confirm=True, idempotency_key=f"lost-{molam}"
        )
    assert [call.idempotency_key for call in journal().unfinished()] == [f"lost-{molam}"]
    Call.objects.using(molam).update(leased_until=0)
    call_command("molam_recover", stdout=said)
    assert f"succeeded create_payment_intent lost-{molam} pi_" in said.getvalue()
    assert said.getvalue().endswith("\n1 succeeded\n")


def test_recover_says_what_it_cannot_do(default: None) -> None:
    with pytest.raises(CommandError, match="no environment variable 'MOLAM_OLD'"):
        call_command("molam_recover", "--former-api-key-variable", "MOLAM_OLD")


def test_cleanup_counts(molam: str) -> None:
    paid(f"cleaned-{molam}")
    said = io.StringIO()
    call_command("molam_cleanup", stdout=said)
    assert said.getvalue() == "0 events, 0 calls\n"
    with pytest.raises(CommandError, match="31 days"):
        call_command("molam_cleanup", "--events", "5")


def test_a_forked_child_has_connections_of_its_own(default: None, sandbox: Sandbox) -> None:
    options = {"API_KEY": sandbox.api_key, "API_BASE": sandbox.url, "JOURNAL": False}
    with override_settings(MOLAM={**project.MOLAM, **options}):
        assert client().account.retrieve().livemode is False
        child = os.fork()
        if child == 0:
            os._exit(0 if client().account.retrieve().livemode is False else 1)
        assert os.waitpid(child, 0)[1] == 0
        assert client().account.retrieve().livemode is False
