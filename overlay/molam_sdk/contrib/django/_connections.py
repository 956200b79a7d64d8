"""Which connection of Django's the durable tables are used through: the thread's own, or one apart from it."""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from django.db import DatabaseError, connections, transaction

if TYPE_CHECKING:
    from collections.abc import Generator


class Held(Protocol):
    """A connection for one use: transactions are begun and ended on it, in one thread."""

    @property
    def wrapper(self) -> Any:
        """Django's wrapper of it."""
        ...

    def begin(self) -> None:
        """Begin a transaction, READ COMMITTED, with the lock for writing where there is one writer."""
        ...

    def commit(self) -> None:
        """Commit it."""
        ...

    def rollback(self) -> None:
        """Undo it; raises nothing."""
        ...

    def release(self, *, broken: bool) -> None:
        """Leave the connection to Django, or close one that is of no use."""
        ...


def is_free(alias: str) -> bool:
    """Whether nothing is open on the thread's connection that the caller could still undo.

    The blocks of Django's TestCase do not count, as they do not for `atomic(durable=True)`: what a test does is undone
    in the end, whatever connection it is seen on.
    """
    wrapper: Any = connections[alias]
    return not wrapper.in_atomic_block or any(is_of_a_test(block) for block in wrapper.atomic_blocks)


def is_of_a_test(block: object) -> bool:
    """Whether an atomic block is one that TestCase holds around a test."""
    return bool(getattr(block, "_from_testcase", False))


def take(alias: str) -> Held:
    """A connection whose commits are final: the thread's if it is free, else another one to the same database."""
    return Shared(alias) if is_free(alias) else Apart(alias)


class Shared:
    """The thread's connection: transactions are `atomic` blocks, so that the ORM is inside of them."""

    def __init__(self, alias: str) -> None:
        self._alias = alias
        self.wrapper: Any = connections[alias]
        self._block: Any = None

    def begin(self) -> None:
        """See Held."""
        outermost = not self.wrapper.in_atomic_block
        block: Any = transaction.atomic(using=self._alias)
        with _as_needed(self.wrapper, outermost=outermost):
            block.__enter__()
        self._block = block
        if outermost:
            _isolate(self.wrapper)

    def commit(self) -> None:
        """See Held.

        Raises:
            DatabaseError: It could not be, or must not be: a block inside has failed, and nobody undid it.
        """
        if self.wrapper.needs_rollback:  # Django would roll back without a word
            self.rollback()
            raise NeedsRollback
        block, self._block = self._block, None
        block.__exit__(None, None, None)

    def rollback(self) -> None:
        """See Held."""
        block, self._block = self._block, None
        if block is not None:
            undone = _Undone()
            block.__exit__(type(undone), undone, None)

    def release(self, *, broken: bool) -> None:
        """See Held."""
        self.rollback()
        if broken and not self.wrapper.in_atomic_block:
            self.wrapper.close()


class Apart:
    """A connection of the SDK's own, for what must stay although the thread's transaction may be undone."""

    def __init__(self, alias: str) -> None:
        self.wrapper: Any = _own(alias)
        self._begun = False

    def begin(self) -> None:
        """See Held."""
        with _as_needed(self.wrapper, outermost=True):
            self.wrapper.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
        self._begun = True
        _isolate(self.wrapper)

    def commit(self) -> None:
        """See Held."""
        self.wrapper.commit()
        self._begun = False
        self.wrapper.set_autocommit(True)

    def rollback(self) -> None:
        """See Held."""
        if not self._begun:
            return
        self._begun = False
        try:
            self.wrapper.rollback()
            self.wrapper.set_autocommit(True)
        except DatabaseError:
            self.wrapper.close()

    def release(self, *, broken: bool) -> None:
        """See Held; without CONN_MAX_AGE it is closed each time, as Django does after each request."""
        self.rollback()
        if broken:
            self.wrapper.close()
        else:
            self.wrapper.close_if_unusable_or_obsolete()


class NeedsRollback(DatabaseError):
    """A block in the transaction failed, and what called it went on."""

    def __init__(self) -> None:
        super().__init__("an error inside the transaction was caught outside of an atomic block of its own")


class _Undone(Exception):
    """Tells an atomic block to roll back."""


_threads = threading.local()


def _own(alias: str) -> Any:
    """The thread's second connection to a database, which a forked child does not share."""
    kept: dict[tuple[str, int], Any] = _threads.__dict__.setdefault("kept", {})
    key, first = (alias, os.getpid()), connections[alias]
    wrapper = kept.get(key)
    if wrapper is not None and wrapper.settings_dict != {**first.settings_dict, "AUTOCOMMIT": True}:
        wrapper.close()  # a test runner has led the first one to another database
        wrapper = None
    if wrapper is None:
        wrapper = kept[key] = first.copy()
        wrapper.settings_dict["AUTOCOMMIT"] = True
    wrapper.close_if_unusable_or_obsolete()
    return wrapper


@contextmanager
def _as_needed(wrapper: Any, *, outermost: bool) -> Generator[None]:
    """Let an outermost transaction of SQLite take the lock at once, and one of MySQL begin READ COMMITTED."""
    if wrapper.vendor == "mysql" and outermost:
        _set_level(wrapper)
    if wrapper.vendor != "sqlite":
        yield
        return
    before = wrapper.transaction_mode
    wrapper.transaction_mode = "IMMEDIATE"
    try:
        yield
    finally:
        wrapper.transaction_mode = before


def _isolate(wrapper: Any) -> None:
    if wrapper.vendor == "postgresql":
        _set_level(wrapper)


def _set_level(wrapper: Any) -> None:
    """Set the level of this transaction, or of the next one on MySQL; others keep that of the settings."""
    with wrapper.wrap_database_errors, wrapper.connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
