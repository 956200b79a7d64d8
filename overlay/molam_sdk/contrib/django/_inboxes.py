"""The project's webhook inbox: its receivers run in the transaction that also marks the event as done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeVar

from attrs import frozen
from django.db import connections

from ..._front_door import front_door
from ...durable import Inbox
from ...errors import ConfigurationError
from . import signals
from ._connections import NeedsRollback, is_free
from ._engines import engine_for
from ._settings import read_settings
from ._state import Once

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.dispatch import Signal
    from sqlalchemy import Connection

    from molam_api.models import Event

    from ...durable import Processed

Order = Literal["current", "latest", "every"]
H = TypeVar("H", bound="Callable[[Event], object]")


@frozen
class _Handler:
    types: tuple[str, ...]
    order: Order
    run: Callable[[Event], object]


_handlers: list[_Handler] = []


@front_door
def on(*types: str, order: Order = "current") -> Callable[[H], H]:
    """Register a function of an event, for what signals cannot say: patterns, and what it wants of late events.

        @on("refund.*", order="every")
        def book(event):
            Booking.objects.create(refund=event.data.object_.id, amount=event.data.object_.amount)

    It runs as the receivers of signals do, in the transaction that marks the event as done.

    Args:
        types: Types of events (`refund.failed`), all of an object (`refund.*`), or all (`*`).
        order: See `durable.Inbox.on`.

    Raises:
        ConfigurationError: For types or a function that cannot work, when the inbox is made.
    """

    def register(handler: H) -> H:
        _handlers.append(_Handler(types, order, handler))
        _inbox.forget()
        return handler

    return register


@front_door
def inbox() -> Inbox:
    """Return the process's inbox, for `receive`, `pending`, `dead_letters`, `redrive` and `cleanup`.

    To work at its events there is `process_webhooks`, and `manage.py molam_process_webhooks`: only they know the
    receivers of signals.

    Raises:
        SettingsError: The settings cannot work.
    """
    return _inbox.get()


@front_door
def process_webhooks(limit: int = 100) -> Processed:
    """Work at up to `limit` events that are due, the oldest first, and return what became of them.

    Raises:
        ConfigurationError: It is called in an atomic block, which could undo what is committed once.
        ValidationError: `limit` is less than 1.
        StorageError: The database cannot be used.
    """
    return working_inbox().process(limit)


def working_inbox() -> Inbox:
    """The inbox with the receivers that are connected now.

    Raises:
        ConfigurationError: In an atomic block.
    """
    read = read_settings()
    if not is_free(read.database):
        raise ConfigurationError(
            "webhooks are not worked at in an atomic block: it could be rolled back, and their effects with it"
        )
    working = _made()
    for event_type, signal in signals.BY_TYPE.items():
        if _has_receivers(signal):
            working.on(event_type)(_sending(signal, event_type.replace(".", "_"), read.database))
    if _has_receivers(signals.event_received):
        working.on("*")(_sending(signals.event_received, "event_received", read.database))
    for handler in _handlers:
        working.on(*handler.types, order=handler.order)(_calling(handler.run, read.database))
    return working


def _has_receivers(signal: Signal) -> bool:
    return bool(signal.receivers)


def _sending(signal: Signal, name: str, alias: str) -> Callable[[Event, Connection], None]:
    """A handler that sends a signal; its name is kept in the database, and so must not change."""

    def send(event: Event, connection: Connection) -> None:
        about: Any = event.data.object_
        signal.send(sender=type(about), event=event, instance=about)
        _check(alias)

    send.__module__ = signals.__name__
    send.__qualname__ = name
    return send


def _calling(run: Callable[[Event], object], alias: str) -> Callable[[Event, Connection], object]:
    def call(event: Event, connection: Connection) -> object:
        returned = run(event)
        _check(alias)
        return returned

    named: Any = run if hasattr(run, "__qualname__") else type(run)
    call.__module__ = named.__module__
    call.__qualname__ = named.__qualname__
    return call


def _check(alias: str) -> None:
    """Fail as Django will: an error of the database that was caught outside of `atomic` undoes everything."""
    wrapper: Any = connections[alias]
    if wrapper.needs_rollback:
        raise NeedsRollback


def _on_error(event_id: str, error: Exception) -> None:
    signals.receiver_failed.send_robust(sender=type(error), event_id=event_id, error=error)


def _made() -> Inbox:
    read = read_settings()
    return Inbox(
        engine_for(read.database),
        None if read.tenants is not None else read.options.get("webhook_secret"),
        tenants=read.tenants,
        tolerance=read.webhook_tolerance,
        encryption_keys=read.encryption_keys,
        keep_bodies=read.keep_bodies,
        attempts=read.webhook_attempts,
        backoff=read.webhook_backoff,
        backoff_cap=read.webhook_backoff_cap,
        lease=read.webhook_lease,
        on_error=_on_error,
    )


_inbox = Once(_made)
