"""Runs plain SQL that both databases understand, with the little that they name differently."""

from alembic import op
from sqlalchemy import text

_ID = {"sqlite": "TEXT", "postgresql": 'TEXT COLLATE "C"'}
_ABSENT = {"sqlite": "", "postgresql": "IF NOT EXISTS"}


def run(*statements: str) -> None:
    """Execute statements in which `{id}` is the type of ids: text compared byte by byte.

    `{absent}` is for a revision that may be run again after it was interrupted, which only PostgreSQL's are.
    """
    for statement in statements:
        name = op.get_bind().dialect.name
        op.execute(statement.replace("{id}", _ID[name]).replace("{absent}", _ABSENT[name]))


def has_rows(table: str) -> bool:
    """Whether a table holds anything."""
    return bool(op.get_bind().execute(text(f"SELECT EXISTS (SELECT 1 FROM {table})")).scalar())  # noqa: S608 - ours


def replace_index(old: str, new: str, definition: str, *, concurrently: bool) -> None:
    """Make an index, then drop the one whose place it takes; on PostgreSQL `concurrently`, while rows are written.

    That commits what the revision has done so far, so that what comes before has to bear being run again.
    """
    if not concurrently or op.get_bind().dialect.name != "postgresql":
        run(f"CREATE INDEX {new} ON {definition}", f"DROP INDEX {old}")
        return
    with op.get_context().autocommit_block():
        timeout = op.get_bind().execute(text("SHOW lock_timeout")).scalar()
        run(
            "SET lock_timeout = 0",  # it waits for transactions, and none waits for it
            f"DROP INDEX CONCURRENTLY IF EXISTS {new}",  # an invalid one is left behind by an interruption
            f"CREATE INDEX CONCURRENTLY {new} ON {definition}",
            f"DROP INDEX CONCURRENTLY IF EXISTS {old}",
            f"SET lock_timeout = '{timeout}'",
        )
