"""What receivers write through the ORM is committed once, together with the event's end."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import IntegrityError, connections, transaction

from molam_sdk import errors
from molam_sdk.contrib.django import inbox, process_webhooks, signals
from molam_sdk.contrib.django.models import ReceivedWebhook
from tests.durable.inbox.driver import signed, webhook

from .project import SECRET
from .shop.models import Effect, Unique

pytestmark = pytest.mark.filterwarnings("ignore::molam_sdk.webhooks.EventModelWarning")


def deliver(*bodies: bytes) -> None:
    for body in bodies:
        inbox().receive(signed(body, SECRET), body)


def effects(alias: str) -> list[str]:
    return sorted(effect.event_id for effect in Effect.objects.using(alias))


def state(alias: str, event_id: str = "evt_1") -> str:
    return ReceivedWebhook.objects.using(alias).get(event_id=event_id).state


def write(alias: str, event: Any) -> None:
    Effect.objects.using(alias).create(event_id=event.id)


def test_an_event_that_comes_twice_has_one_effect(alias: str) -> None:
    def paid(event: Any, instance: Any, **_: Any) -> None:
        assert connections[alias].in_atomic_block
        assert event.type_ == "payment_intent.succeeded"
        assert instance is event.data.object_
        write(alias, event)

    signals.payment_intent_succeeded.connect(paid)
    deliver(webhook(), webhook())
    assert process_webhooks().done == 1
    deliver(webhook())
    assert process_webhooks().total == 0
    assert (effects(alias), state(alias)) == (["evt_1"], "done")
    assert connections[alias].get_autocommit()


def test_a_receiver_that_raises_undoes_them_all(alias: str) -> None:
    failures: list[tuple[str, type[Exception]]] = []

    def first(event: Any, **_: Any) -> None:
        write(alias, event)

    def second(event: Any, **_: Any) -> None:
        raise LookupError(event.id)

    def told(event_id: str, error: Exception, **_: Any) -> None:
        assert not connections[alias].in_atomic_block
        failures.append((event_id, type(error)))

    signals.payment_intent_succeeded.connect(first)
    signals.event_received.connect(second)
    signals.receiver_failed.connect(told)
    deliver(webhook())
    assert process_webhooks().failed == 1
    assert (effects(alias), state(alias)) == ([], "pending")
    assert failures == [("evt_1", LookupError)]
    assert ReceivedWebhook.objects.using(alias).get().error == "LookupError"


def test_an_error_that_is_caught_without_atomic_undoes_everything(alias: str) -> None:
    """Django would roll back without a word, and the event would count as done."""

    def careless(event: Any, **_: Any) -> None:
        write(alias, event)
        try:
            with transaction.atomic(using=alias, savepoint=False):
                raise IntegrityError
        except IntegrityError:
            pass

    signals.payment_intent_succeeded.connect(careless)
    deliver(webhook())
    assert process_webhooks().failed == 1
    assert (effects(alias), state(alias)) == ([], "pending")


def test_an_error_in_a_block_of_its_own_may_be_caught(alias: str) -> None:
    Unique.objects.using(alias).create(name="taken")

    def careful(event: Any, **_: Any) -> None:
        try:
            with transaction.atomic(using=alias):
                Unique.objects.using(alias).create(name="taken")
        except IntegrityError:
            write(alias, event)

    signals.payment_intent_succeeded.connect(careful)
    deliver(webhook())
    assert process_webhooks().done == 1
    assert effects(alias) == ["evt_1"]


def test_on_commit_waits_for_the_end_of_the_event(alias: str) -> None:
    seen: list[str] = []

    def paid(event: Any, **_: Any) -> None:
        transaction.on_commit(lambda: seen.append(state(alias)), using=alias)
        assert seen == []

    signals.payment_intent_succeeded.connect(paid)
    deliver(webhook())
    process_webhooks()
    assert seen == ["done"]


def test_a_receiver_can_neither_commit_nor_roll_back(alias: str) -> None:
    def ending(event: Any, **_: Any) -> None:
        write(alias, event)
        transaction.commit(using=alias)

    signals.payment_intent_succeeded.connect(ending)
    deliver(webhook())
    assert process_webhooks().failed == 1
    assert effects(alias) == []


def test_a_receiver_that_loses_its_connection_has_no_effect(alias: str) -> None:
    def broken(event: Any, **_: Any) -> None:
        write(alias, event)
        connections[alias].connection.close()

    signals.payment_intent_succeeded.connect(broken)
    deliver(webhook())
    assert process_webhooks().total == 1
    assert (effects(alias), state(alias)) == ([], "pending")
    assert Effect.objects.using(alias).count() == 0  # and the thread has a connection that works


def test_a_connection_that_broke_meanwhile_fails_once(alias: str) -> None:
    """As after a restart of the database: in a worker or a thread of its own no request ends that would close it."""
    assert inbox().pending().count == 0
    connections[alias].connection.close()
    with pytest.raises(errors.StorageError):
        deliver(webhook())
    deliver(webhook())
    assert state(alias) == "pending"


def test_nothing_is_worked_at_in_a_transaction_that_could_be_undone(alias: str) -> None:
    with transaction.atomic(using=alias), pytest.raises(errors.ConfigurationError, match="atomic"):
        process_webhooks()


def test_what_is_received_in_a_transaction_stays_when_that_is_undone(alias: str) -> None:
    class UndoneError(Exception):
        pass

    def undone() -> None:
        with transaction.atomic(using=alias):
            list(Effect.objects.using(alias).all())
            deliver(webhook())
            raise UndoneError

    with pytest.raises(UndoneError):
        undone()
    assert state(alias) == "pending"


def test_the_transaction_is_read_committed_whatever_the_settings_say(alias: str) -> None:
    if alias == "default":
        pytest.skip("SQLite has one writer, and no levels")
    wrapper: Any = connections[alias]
    wrapper.close()
    strict = "serializable" if wrapper.vendor == "mysql" else 4  # psycopg.IsolationLevel.SERIALIZABLE
    wrapper.settings_dict["OPTIONS"] = {**wrapper.settings_dict["OPTIONS"], "isolation_level": strict}
    levels: list[str] = []

    def level() -> str:
        with wrapper.cursor() as cursor:
            if wrapper.vendor == "mysql":
                return "unknown"
            cursor.execute("SHOW transaction_isolation")
            return str(cursor.fetchone()[0])

    def paid(event: Any, **_: Any) -> None:
        levels.append(level())
        write(alias, event)

    signals.payment_intent_succeeded.connect(paid)
    try:
        deliver(webhook())
        assert process_webhooks().done == 1
        if wrapper.vendor == "postgresql":
            assert levels == ["read committed"]
            with transaction.atomic(using=alias):
                assert level() == "serializable"
    finally:
        wrapper.close()
        del wrapper.settings_dict["OPTIONS"]["isolation_level"]


@pytest.mark.timeout(120)
def test_four_workers_share_the_events(alias: str) -> None:
    def paid(event: Any, **_: Any) -> None:
        write(alias, event)

    signals.payment_intent_succeeded.connect(paid)
    many = [webhook(f"evt_{n}", about=f"pi_{n % 10}", sequence=n) for n in range(40)]
    deliver(*many)
    done: list[int] = []

    def work() -> None:
        try:
            while total := process_webhooks(10).done:
                done.append(total)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    process_webhooks()
    assert effects(alias) == sorted(f"evt_{n}" for n in range(40))
