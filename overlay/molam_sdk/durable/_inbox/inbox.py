# Written by scripts/sync_half from async_inbox.py; edit that file.
"""The webhook inbox for synchronous programs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from ... import webhooks
from ..._front_door import front_door
from .._ages import checked_lease, checked_tolerance
from .._arguments import checked_limit
from .._database import Database
from .._hidden import Hidden
from .._inbox import keeping, pauses, work
from .backoff import Backoff
from .bodies import SUBJECT, Bodies, body_of
from .envelope import read_envelope
from .intake import conflicts, keep, mark_conflict
from .order import Order
from .rules import OnError, Rules
from .tenants import Directory, Secret, Tenants
from .values import DeadLetter, Pending, Processed, Receipt
from .waiting import COROUTINES, Signal
from .worker import Worker

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from .worker import Handler

    H = TypeVar("H", bound=Handler)


class Inbox:
    """Receives webhooks into your database and runs your handlers: what they write for an event is committed once.

        inbox = Inbox(engine, secret="whsec_...")

        @inbox.on("payment_intent.succeeded")
        def paid(event, connection):
            connection.execute(orders.update()...)  # committed together with the event

        inbox.receive(signature_header, raw_body)  # in the request
        inbox.run()  # in a worker

    Exactly once, however often it is delivered and whatever dies, unless the event came too late for a handler (see
    the `order` of `on`) or failed at each of its attempts (`dead_letters`). Events of one object run one after the
    other, in the order of their `sequence`; one that failed holds back the newer ones until it is done or dead.

    Safe to use from any number of threads, and of processes on one database.
    """

    @front_door
    def __init__(
        self,
        engine: Engine,
        secret: Secret | None = None,
        *,
        tenants: Tenants | None = None,
        tolerance: float = 300.0,
        encryption_keys: Sequence[str | bytes] | None = None,
        keep_bodies: bool = True,
        attempts: int = 12,
        backoff: float = 5.0,
        backoff_cap: float = 3600.0,
        lease: float = 60.0,
        on_error: OnError | None = None,
    ) -> None:
        """Make an inbox; nothing is read or written yet.

        Args:
            engine: Of SQLite in a file, PostgreSQL, MySQL or MariaDB, with the tables of `create_tables`.
            secret: The endpoint's signing secret, in the forms that `webhooks.verify_signature` takes; without it and
                `tenants` that in MOLAM_WEBHOOK_SECRET. A process that only works at what others receive needs none.
            tenants: Instead of one secret: those of each tenant, or a function that looks them
                up by the tenant's name. A webhook is checked against the secrets of its own tenant only.
            tolerance: Seconds by which a signature's timestamp may differ from now.
            encryption_keys: Fernet keys for the bodies; the first encrypts, all decrypt. Needs the extra `encryption`.
            keep_bodies: Whether bodies, which hold customer data, are kept after their event is done.
            attempts: After so many an event is a dead letter.
            backoff: Longest wait after the first attempt, in seconds; it doubles with each, with full jitter.
            backoff_cap: Longest wait of all, in seconds.
            lease: Seconds after which the events of a worker that died are worked at by others. A handler may take
                longer: its transaction holds a lock.
            on_error: A function, called with the event's id and the exception after a handler
                raised and its writes were undone: for your error tracker. The inbox itself keeps and logs no more than
                the exception's class.

        Raises:
            ConfigurationError: The engine or an option cannot work.
        """
        self._database = Database(engine, SUBJECT)
        self._directory = Directory(secret, tenants, coroutines=COROUTINES)
        self._tolerance = checked_tolerance(tolerance)
        self._bodies = Bodies(encryption_keys)
        backing_off = Backoff(backoff, backoff_cap, attempts)
        rules = Rules(backing_off, self._bodies, keep_bodies, checked_lease(lease), on_error, COROUTINES)
        self._worker = Worker(self._database, rules)

    @front_door
    def on(self, *types: str, order: Order = "current") -> Callable[[H], H]:
        """Register a function for types of events: exact, all of an object (`"refund.*"`), or all (`"*"`).

        It is called with the event and a connection in the transaction that also marks the event as done: what it
        writes there is committed once, or not at all if it raises. It must not commit or roll back that connection,
        and on SQLite not wait for another one. All functions that match an event run in the order in which they were
        registered, each once, in that one transaction.

        Args:
            types: Types of events; a UserWarning tells of those that this version does not know.
            order: What it gets of events that come after a newer one of the same object was done. `current`: those
                whose object still has the same status. `latest`: none. `every`: all.

        Raises:
            ConfigurationError: For types or a function that cannot work.
        """
        self._worker.handlers.check(types, order)

        def register(handler: H) -> H:
            self._worker.handlers.add(types, order, handler)
            return handler

        return register

    @front_door
    def receive(
        self,
        signature_header: str | bytes | None,
        raw_body: str | bytes | bytearray | memoryview,
        *,
        tenant: str | None = None,
    ) -> Receipt:
        """Verify a webhook and keep its event, once; nothing is processed here.

        Args:
            signature_header: Value of the `Molam-Signature` header.
            raw_body: The request's body as received.
            tenant: Whose webhook it is, in an inbox with tenants: from the path of the request, say.

        Raises:
            SignatureError: It is not proven authentic: answer 400.
            UnexpectedResponseError: It is authentic but no event: answer 400.
            StorageError: It could not be kept: answer 503, and Molam delivers it again.
            ConfigurationError: The inbox has no secret, `tenant` is missing, or there are no tenants.
            ValidationError: `tenant` is no string.
        """
        body = Hidden(body_of(raw_body))
        del raw_body  # no traceback shows it then
        name = self._directory.name(tenant)
        webhooks.verify_signature(signature_header, body.value, self._directory.secret(name), tolerance=self._tolerance)
        envelope = read_envelope(body)
        kept = self._bodies.kept(name, envelope.event_id, body)
        if self._database.write(lambda connection: keep(connection, name, envelope, kept), single=True):
            return Receipt(envelope.event_id, duplicate=False)
        conflicting = self._database.read(lambda connection: conflicts(connection, name, envelope, kept))
        if conflicting:
            self._database.write(lambda connection: mark_conflict(connection, name, envelope), single=True)
            work.log_conflict(envelope.event_id)
        return Receipt(envelope.event_id, duplicate=True, conflicting=conflicting)

    @front_door
    def process(self, limit: int = 100) -> Processed:
        """Work at up to `limit` events that are due, the oldest first, and return what became of them.

        Raises:
            ValidationError: `limit` is less than 1.
            StorageError: The database cannot be used. What was begun is taken up again after the lease.
        """
        return self._worker.work(checked_limit(limit), Signal())

    @front_door
    def run(self, stop: Signal | None = None, *, poll: float = 1.0) -> None:
        """Work at events as they come, until `stop` is set.

        Several threads and processes may do so.

        Args:
            stop: Ends the loop after the event in hand.
            poll: Seconds between two looks while there is nothing to do.

        A database that cannot be used is waited for, with a warning in the log for each attempt.

        Raises:
            ValidationError: `stop` is no event of this kind, or `poll` not more than 0.
        """
        checked = Signal() if stop is None else pauses.checked_stop(stop, coroutines=COROUTINES)
        self._worker.run(checked, pauses.checked_poll(poll))

    @front_door
    def pending(self) -> Pending:
        """Count the events that wait, also for another attempt.

        Raises:
            StorageError: The database cannot be used.
        """
        return self._database.read(keeping.waiting)

    @front_door
    def dead_letters(self, *, tenant: str | None = None, limit: int = 100) -> list[DeadLetter]:
        """Return the events that were given up, the last ones first.

        Raises:
            ValidationError: `limit` is less than 1, or `tenant` no string.
            StorageError: The database cannot be used.
        """
        return self._database.read(keeping.dead_letters(tenant, limit))

    @front_door
    def redrive(
        self,
        event_id: str | None = None,
        *,
        type: str | None = None,
        since: datetime | None = None,
        tenant: str | None = None,
        state: keeping.Redriven = "dead",
    ) -> int:
        """Try events again, with all their attempts; return how many there are. An event that is done never is.

        0 says that there is no such event in that state: an id that is not known, or one whose body was dropped.

        Args:
            event_id: This one.
            type: Those of this type (`"refund.*"`: of this object); a UserWarning tells of one that is not known.
            since: Those given up since then, with a time zone.
            tenant: Those of this tenant.
            state: `ignored` for those that had no handler, `superseded` for those that came too late: a handler gets
                them only if it is registered with another order by now.

        Raises:
            ConfigurationError: None of event_id, type and since is given.
            ValidationError: An id, type or tenant is no string.
            StorageError: The database cannot be used.
        """
        chosen = keeping.selection(event_id, type, since, tenant, state)
        return self._database.write(lambda connection: keeping.redrive(connection, chosen))

    @front_door
    def cleanup(self, older_than: timedelta = timedelta(days=90)) -> int:
        """Forget events that were done, ignored or superseded before; return how many. Dead letters stay.

        Raises:
            ConfigurationError: It is no timedelta, or less than 31 days: Molam could deliver such an event again.
            StorageError: The database cannot be used.
        """
        keeping.check_age(older_than)
        total = 0
        while count := self._database.write(lambda connection: keeping.forget_events(connection, older_than)):
            total += count
        while self._database.write(lambda connection: keeping.forget_objects(connection, older_than)):
            pass
        return total
