"""The durable tables for programs that keep migrations of their own: each step is called from a revision of yours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from ...errors import ConfigurationError
from .._migrations import missing, statements

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["upgrade"]


class Operations(Protocol):
    """What `alembic.op` has of it."""

    @property
    def get_context(self) -> Callable[[], Any]:
        """Return what knows the database's dialect."""
        ...

    @property
    def execute(self) -> Callable[[str], Any]:
        """Run a statement."""
        ...


def upgrade(op: Operations, number: int) -> None:
    """Run one migration of the SDK in a revision of your own.

        from alembic import op
        from molam_sdk.durable import migrations

        def upgrade():
            migrations.upgrade(op, 1)

    Each number once, in their order; the changelog says when a version of the SDK brings another one. There is no way
    back: a payment may be in flight whose only record is in these tables.

    Tables and indexes that are there already stay as they are, so that it also continues from `create_tables`, and
    from a downgrade that left them alone.

    Args:
        op: `alembic.op`.
        number: Of the migration: 1 makes the tables.

    Raises:
        ConfigurationError: There is no such migration in this version, or none for this database; or `op` or `number`
            is of a wrong type.
    """
    if isinstance(number, bool) or not isinstance(number, int):  # pyright: ignore[reportUnnecessaryIsInstance] - users without checks
        raise ConfigurationError(f"number must be that of a migration, such as 1, not {number!r}")
    if not callable(getattr(op, "get_context", None)) or not callable(getattr(op, "execute", None)):
        raise ConfigurationError(f"op must be alembic.op, not {type(op).__name__}")
    context = op.get_context()
    for statement in missing(statements(context.dialect.name, number), context.bind):
        op.execute(statement)
