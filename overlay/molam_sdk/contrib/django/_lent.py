"""A DB-API connection over one of Django's, for SQLAlchemy: it never ends a transaction that it has not begun."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import Error

if TYPE_CHECKING:
    from collections.abc import Callable

    from ._connections import Held


class LentConnection:
    """Django's connection for one use; cursors are the driver's, and so are the errors."""

    def __init__(self, held: Held) -> None:
        self._held = held
        self._raw: Any = held.wrapper.connection
        self._begun = False
        self.isolation_level: object = None
        """SQLite's way to say whether the driver begins transactions: here it never does."""
        self.each_by_itself = False
        """Whether statements are committed one by one."""

    @property
    def in_transaction(self) -> bool:
        """Whether the transaction that was begun here is still there; SQLite may have undone it."""
        return self._begun and bool(self._raw.in_transaction)

    def cursor(self, *args: Any, **kwargs: Any) -> Any:
        """A cursor of the driver."""
        return self._raw.cursor(*args, **kwargs)

    def begin(self) -> None:
        """Begin a transaction."""
        if not self._begun:
            with _drivers_errors():
                self._held.begin()
            self._begun = True

    def commit(self) -> None:
        """Commit what was begun here."""
        if self._begun:
            self._begun = False
            with _drivers_errors():
                self._held.commit()

    def rollback(self) -> None:
        """Undo what was begun here."""
        self._begun = False
        self._held.rollback()

    def close(self) -> None:
        """Give it back."""
        self._begun = False
        self._held.release(broken=False)

    def discard(self) -> None:
        """Close it, so that Django makes another one when it needs one."""
        self._begun = False
        self._held.release(broken=True)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._raw, name)


def lend(hold: Callable[[str], Held], alias: str) -> LentConnection:
    """Lend the connection that `hold` takes for a database."""
    with _drivers_errors():
        held = hold(alias)
        held.wrapper.ensure_connection()
    return LentConnection(held)


class _drivers_errors:  # noqa: N801 - a context manager
    """Lets the driver's own error out in place of Django's, which SQLAlchemy does not know."""

    def __enter__(self) -> None:
        return

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        if isinstance(error, Error) and error.__cause__ is not None:
            raise error.__cause__.with_traceback(None)
