# Written by scripts/sync_half from async_store.py; edit that file.
"""The idempotency store for synchronous endpoints of your own."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

from ..._front_door import front_door
from ...errors import StorageError
from .._ages import checked_lease
from .._arguments import wrong_kind
from .._database import Database
from .._guard import Guard, lost
from .._hidden import Hidden
from .._steps import check_work, lend, take, take_guarded
from .._store import statements
from .answers import SUBJECT, Answers, CachedResponse, Claim, overtaken

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection, Engine

_CLEANUP_BATCH = 500


class IdempotencyStore:
    """Serves each idempotency key of your own endpoints once, in the table `server_idempotency` of your database.

        answer = store.run(key, "POST /orders", lambda connection: place_order(connection, order), body=order)

    A key belongs to a route and a `scope`. Where your callers choose the keys, pass who calls as `scope` (a customer's
    or merchant's id): else one caller could read the answer to another's key.
    """

    @front_door
    def __init__(
        self,
        engine: Engine,
        *,
        keep_for: timedelta = timedelta(hours=24),
        encryption_keys: Sequence[str | bytes] | None = None,
    ) -> None:
        """Use the database behind `engine`; its tables are made with `create_tables` or the migrations.

        Args:
            engine: SQLAlchemy engine of SQLite (a file), PostgreSQL, MySQL or MariaDB.
            keep_for: For how long a response is given again; at least 24 hours.
            encryption_keys: Fernet keys to encrypt responses with (needs the extra `encryption`): the first one
                encrypts, each of them decrypts.

        Raises:
            ConfigurationError: For another database, one in memory, or less than 24 hours.
        """
        self._answers = Answers(keep_for, encryption_keys)
        self._database = Database(engine, SUBJECT)

    @front_door
    def run(
        self,
        idempotency_key: str,
        route: str,
        work: Callable[[Connection], object],
        *,
        scope: str = "",
        body: object = None,
        lease: float = 60.0,
    ) -> Any:
        """Serve a request once: run `work` and store what it returns, in one transaction, or return what is stored.

        What `work` writes on the connection it is given and the stored response are committed together or not at all.
        If it raises, the key is free again. No other worker serves the key meanwhile, however long it takes. `work`
        must not commit or roll back the connection.

        A call of a client with a journal inside of `work` needs a second connection of the pool while this one is
        held, and on SQLite another file: there is one writer, and the journal would wait for this transaction until it
        fails. Take its key from the order (`idempotency_key=f"order-{order.id}"`): if this transaction fails after
        the payment, the next attempt finds that payment and makes no second one.

        Args:
            idempotency_key: Key that the request came with.
            route: Route that it came to.
            work: Serves the request; what it returns must be JSON (or an object of this SDK).
            scope: Whose key it is.
            body: The request's body, to tell a repetition from another request: its bytes, or what JSON can hold (a
                str is JSON too, and not the same as its bytes). None, unlike `b""`, is not compared with anything:
                neither that of this request with the first one's, nor later ones with this.
            lease: Seconds for which others get ConflictError if this worker is killed; then the key is free again. A
                few are enough: while `work` runs, its transaction keeps the key, however long that takes.

        Returns:
            The response as read back from JSON, the same the first and every other time.

        Raises:
            ConflictError: Another worker is serving it (`idempotency_in_flight`): answer 409 with `retry_after`, which
                is two seconds at most, since most work is over long before its lease. On SQLite, which has one writer,
                its answer is waited for, as long as the driver waits for a lock (5 seconds).
            IdempotencyError: The key came with another body before: answer 422.
            ValidationError: The key, route, scope or body does not fit, or `work` is no function of the right kind.
            ConfigurationError: `lease` is not more than 0, or `work` ended the transaction.
            StorageError: The database cannot be used, or it ended the transaction while `work` went on.
        """
        check_work(work)
        claiming = statements.claim(
            self._answers, self._answers.question(idempotency_key, route, scope, body), checked_lease(lease)
        )
        if self._database.has_one_writer:
            # In one transaction, so that the others wait for it and find the answer.
            with self._database.transaction() as connection:
                claim = take_guarded(SUBJECT, claiming, connection, begun=False)
                return self._served(connection, claim, work) if isinstance(claim, Claim) else claim["response"]
        claim = self._database.write(claiming)
        if not isinstance(claim, Claim):
            return claim["response"]
        try:
            with self._database.transaction() as connection:
                served = self._served(connection, claim, work)
        except BaseException:
            with contextlib.suppress(StorageError):  # what went wrong first matters more; the lease ends anyway
                self.release(claim)
            raise
        return served

    def _served(self, connection: Connection, claim: Claim, work: Callable[[Connection], object]) -> Any:
        """What is stored as the answer to a claimed request, once the transaction is committed."""
        held = take_guarded(SUBJECT, statements.hold(claim), connection, begun=False)
        if held is None:
            raise overtaken(claim)
        with take(Guard, connection, wrong_kind) as guard:
            answer = Hidden(self._answers.plain(lend(guard, connection, work)))
        completing = statements.complete(self._answers, held, answer.value)
        if not take_guarded(SUBJECT, completing, connection, begun=False):
            raise lost()
        return answer.value

    @front_door
    def claim(
        self, idempotency_key: str, route: str, *, scope: str = "", body: object = None, lease: float = 60.0
    ) -> Claim | CachedResponse:
        """Claim a key for `lease` seconds, to `complete` or `release` it; or the response that is stored under it.

        What is done with the claim must be over before the lease is; see `run` for the arguments.

        Raises:
            ValidationError: The key, route, scope or body does not fit.
            ConflictError: Another worker has it (`idempotency_in_flight`).
            IdempotencyError: The key came with another body before.
            StorageError: The database cannot be used.
        """
        question = self._answers.question(idempotency_key, route, scope, body)
        return self._database.write(statements.claim(self._answers, question, checked_lease(lease)))

    @front_door
    def complete(self, claim: Claim, response: object) -> None:
        """Store the response of a claimed request; to do so again, after a StorageError say, changes nothing.

        Raises:
            ValidationError: `claim` is none, or the response is not JSON.
            ConflictError: The lease was over and another worker has the key, the claim was released, or it was
                completed with another response.
            StorageError: The database cannot be used.
        """
        self._database.write(statements.complete_once(self._answers, claim, response))

    @front_door
    def release(self, claim: Claim) -> None:
        """Give a claimed key back, because nothing was done.

        Raises:
            ValidationError: `claim` is none.
            StorageError: The database cannot be used; the key is free when the lease is over.
        """
        self._database.write(statements.release(claim))

    @front_door
    def store_response(
        self,
        idempotency_key: str,
        route: str,
        response: object,
        status: Literal["completed", "failed"] = "completed",
        *,
        scope: str = "",
        body: object = None,
    ) -> None:
        """Store the response to a request; one that is completed already stays as it is.

        A `failed` one is kept to be looked at and never given again. This guards no request against a second one at
        the same time: `run` and `claim` do.

        Args:
            idempotency_key: Key that the request came with.
            route: Route that it came to.
            response: What JSON can hold, with the HTTP status in it if that is to be given again.
            status: The word `completed` or `failed`; no HTTP status.
            scope: Whose key it is.
            body: The request's body, see `run`.

        Raises:
            IdempotencyError: A response to another body is stored under the key.
            ValidationError: The response is not JSON, the key does not fit, or the status is none of the two.
            StorageError: The database cannot be used.
        """
        question = self._answers.question(idempotency_key, route, scope, body)
        self._database.write(statements.store(self._answers, question, response, status))

    @front_door
    def get_cached_response(
        self, idempotency_key: str, route: str, *, scope: str = "", body: object = None
    ) -> CachedResponse | None:
        """The completed response that is stored for the key, or None.

        Raises:
            IdempotencyError: It was given to another body.
            StorageError: The database cannot be used.
        """
        question = self._answers.question(idempotency_key, route, scope, body)
        return self._database.read(statements.cached(self._answers, question))

    @front_door
    def cleanup(self) -> int:
        """Delete what is expired; returns how many rows that were.

        Raises:
            StorageError: The database cannot be used.
        """
        work = statements.cleanup(_CLEANUP_BATCH)
        deleted = [self._database.write(work)]
        while deleted[-1] == _CLEANUP_BATCH:
            deleted.append(self._database.write(work))
        return sum(deleted)
