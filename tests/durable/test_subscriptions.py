"""Webhook subscriptions: each tenant's secrets, encrypted or named, and nobody else's."""

import asyncio
import os
import signal
import time
from collections.abc import Sequence
from typing import Any

import pytest
from cryptography.fernet import Fernet

from molam_sdk.durable import AsyncWebhookSubscriptions, WebhookSubscription, WebhookSubscriptions
from molam_sdk.durable._subscriptions import records
from molam_sdk.errors import ConfigurationError, StorageError, ValidationError
from tests.durable.databases import Durable

KEY = Fernet.generate_key()


class Driver:
    """Either half of the store."""

    def __init__(self, database: Durable, half: str, keys: Sequence[bytes] | None) -> None:
        self._sync = WebhookSubscriptions(database.engine(), encryption_keys=keys)
        self._async = AsyncWebhookSubscriptions(database.async_engine(), encryption_keys=keys)
        self._half = half

    def create(self, tenant: str, **options: Any) -> WebhookSubscription:
        if self._half == "sync":
            return self._sync.create(tenant, **options)
        return asyncio.run(self._async.create(tenant, **options))

    def list(self, tenant: str | None = None, *, include_disabled: bool = False) -> list[WebhookSubscription]:
        if self._half == "sync":
            return self._sync.list(tenant, include_disabled=include_disabled)
        return asyncio.run(self._async.list(tenant, include_disabled=include_disabled))

    def disable(self, id: str) -> bool:
        return self._sync.disable(id) if self._half == "sync" else asyncio.run(self._async.disable(id))

    def secrets(self, tenant: str) -> "Sequence[str] | None":
        return self._sync.secrets(tenant) if self._half == "sync" else asyncio.run(self._async.secrets(tenant))


@pytest.fixture(params=["sync", "async"])
def half(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def subscriptions(database: Durable, half: str) -> Driver:
    return Driver(database, half, [KEY])


def test_a_secret_is_rotated_by_creating_and_disabling(subscriptions: Driver) -> None:
    old = subscriptions.create("shop-a", secret="whsec_old", endpoint_id="we_1")
    assert (old.tenant, old.endpoint_id, old.secret_env, old.disabled_at) == ("shop-a", "we_1", None, None)
    new = subscriptions.create("shop-a", secret="whsec_new")
    subscriptions.create("shop-b", secret="whsec_b")
    assert subscriptions.secrets("shop-a") == ["whsec_new", "whsec_old"]
    assert subscriptions.disable(old.id)
    assert not subscriptions.disable(old.id)
    assert subscriptions.secrets("shop-a") == ["whsec_new"]
    assert subscriptions.secrets("SHOP-A") is None
    assert subscriptions.list("shop-a") == [new]
    assert [each.id for each in subscriptions.list("shop-a", include_disabled=True)] == [old.id, new.id]
    assert [each.tenant for each in subscriptions.list()] == ["shop-a", "shop-b"]


def test_no_secret_is_kept_or_shown_in_the_clear(subscriptions: Driver, database: Durable) -> None:
    made = subscriptions.create("shop-a", secret="whsec_canary_of_shop_a")
    ((kept,),) = database.rows("SELECT secret FROM webhook_subscriptions")
    assert isinstance(kept, bytes)
    assert b"canary" not in kept
    assert "canary" not in repr(made)


def test_a_secret_can_be_named_by_its_environment_variable(
    database: Durable, half: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscriptions = Driver(database, half, None)
    monkeypatch.setenv("MOLAM_TEST_SHOP_A", "whsec_a")
    subscriptions.create("shop-a", secret_env="MOLAM_TEST_SHOP_A")
    monkeypatch.delenv("MOLAM_TEST_SHOP_A")
    with pytest.raises(StorageError, match="MOLAM_TEST_SHOP_A, which is not set"):
        subscriptions.secrets("shop-a")
    monkeypatch.setenv("MOLAM_TEST_SHOP_A", "whsec_a")
    assert subscriptions.secrets("shop-a") == ["whsec_a"]


def test_a_secret_that_was_moved_to_another_tenant_does_not_open(subscriptions: Driver, database: Durable) -> None:
    subscriptions.create("shop-a", secret="whsec_a")
    database.execute("UPDATE webhook_subscriptions SET tenant = 'shop-b'")
    with pytest.raises(StorageError, match="another row"):
        subscriptions.secrets("shop-b")


def test_a_secret_without_keys_is_refused(database: Durable, half: str) -> None:
    with pytest.raises(ConfigurationError, match="encryption_keys"):
        Driver(database, half, None).create("shop-a", secret="whsec_a")


def test_what_makes_no_sense_is_refused(subscriptions: Driver) -> None:
    for options in ({}, {"secret": ""}, {"secret_env": ""}, {"secret": "a", "secret_env": "B"}):
        with pytest.raises(ValidationError, match="secret"):
            subscriptions.create("shop-a", **options)
    for tenant in ("", "a b", "é", "t" * 65):
        with pytest.raises(ValidationError, match="tenant"):
            subscriptions.create(tenant, secret="whsec_a")


def test_what_is_made_in_one_moment_is_in_its_order(
    database: Durable, half: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: 10**18)
    subscriptions = Driver(database, half, [KEY])
    for number in range(8):
        subscriptions.create("shop", secret=f"whsec_{number}")
    database.execute("UPDATE webhook_subscriptions SET created_at = 0")
    assert subscriptions.secrets("shop") == [f"whsec_{number}" for number in range(7, -1, -1)]


def test_the_database_says_which_is_newer(subscriptions: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clocks of hosts differ."""
    subscriptions.create("shop", secret="whsec_old")
    monkeypatch.setattr(records, "_last", 0)
    monkeypatch.setattr(time, "time_ns", lambda: 10**15)
    new = subscriptions.create("shop", secret="whsec_new")
    assert new.id < subscriptions.list("shop")[0].id
    assert subscriptions.secrets("shop") == ["whsec_new", "whsec_old"]


def test_names_are_compared_to_the_last_byte(subscriptions: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    """MySQL takes no notice of spaces at the end."""
    monkeypatch.setenv("SHOP_SECRET", "whsec_shop")
    made = subscriptions.create("shop", secret_env="SHOP_SECRET", endpoint_id="we_1")
    assert subscriptions.list("shop ") == []
    assert subscriptions.secrets("shop ") is None
    assert not subscriptions.disable(f"{made.id} ")
    assert subscriptions.list("shop") == [made]
    for options in ({"endpoint_id": "w" * 256}, {"endpoint_id": "we_1 "}, {"secret_env": "S" * 256}):
        with pytest.raises(ValidationError, match="visible ASCII"):
            subscriptions.create("shop", **{"secret_env": "SHOP_SECRET", **options})


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_child_that_was_forked_while_an_id_was_made_can_make_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    children: list[int] = []
    now = time.time_ns

    def fork() -> int:
        children.append(os.fork())
        if children[-1] == 0:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.alarm(5)  # ends one that waits for its parent
            monkeypatch.setattr(time, "time_ns", now)
            records.Secrets(None).row("shop", None, "PATH", None)
            os._exit(0)
        return now()

    monkeypatch.setattr(time, "time_ns", fork)
    records.Secrets(None).row("shop", None, "PATH", None)
    monkeypatch.setattr(time, "time_ns", now)
    (child,) = children
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
