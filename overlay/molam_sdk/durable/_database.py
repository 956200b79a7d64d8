# Written by scripts/sync_half from _async_database.py; edit that file.
"""A user's database for the synchronous half: own transactions, hidden parameters, StorageError for failures."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, TypeVar

from ..errors import MolamError
from ._engines import own_engine
from ._failures import FOREIGN, is_conflict, storage_error
from ._steps import connect, take, take_guarded
from ._transactions import Transaction, in_one_select, in_one_statement, in_transaction

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from sqlalchemy import Connection, Engine

T = TypeVar("T")

_TRIES = 5


class Database:
    """An engine, and what is kept in it ("the journal"), for the messages."""

    def __init__(self, engine: Engine, subject: str) -> None:
        self.engine = own_engine(engine)
        self.subject = subject
        self.has_one_writer = self.engine.dialect.name == "sqlite"

    def write(self, work: Callable[[Connection], T], *, single: bool = False) -> T:
        """Run `work` in a transaction of its own, again if the database gave it up for another transaction.

        Args:
            work: Statements, nothing else: it may run more than once.
            single: It is one statement, which needs no particular isolation.

        Raises:
            StorageError: The database could not be used; nothing was written, unless the commit's answer was lost.
        """
        return self._run(in_one_statement if single else in_transaction, work)

    def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work`, a single SELECT without locks; see `write`."""
        return self._run(in_one_select, work)

    def _run(
        self,
        run: Callable[[Connection, Callable[[Connection], T], Callable[[], None]], T],
        work: Callable[[Connection], T],
    ) -> T:
        tries = 0
        failure: MolamError
        begun = False

        def sent() -> None:
            nonlocal begun
            begun = True

        while True:
            tries += 1
            begun = False
            try:
                with self.engine.connect() as connection:
                    return take(run, connection, work, sent)
            except MolamError as error:
                failure, again = error.with_traceback(None), False  # the frames of `work` hold rows
            except FOREIGN as error:
                failure = storage_error(self.subject, error, begun=begun)
                again = is_conflict(error) and tries < _TRIES
            if not again:
                raise failure  # outside the handler: the driver's error knows the parameters

    @contextlib.contextmanager
    def transaction(self) -> Generator[Connection]:
        """A transaction for other people's work too: what they raise undoes it and comes out as it is.

        Raises:
            StorageError: It could not be begun or committed.
        """
        with contextlib.ExitStack() as stack:
            connection = connect(self.subject, self.engine, stack)
            own = take(Transaction, connection)
            stack.callback(take, lambda _: own.end(), connection)
            take_guarded(self.subject, lambda _: own.begin(), connection, begun=False)
            yield connection
            take_guarded(self.subject, lambda _: own.commit(), connection)
