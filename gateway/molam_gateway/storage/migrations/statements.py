"""Runs plain SQL that both databases understand, with the one type that they name differently."""

from alembic import op

_ID = {"sqlite": "TEXT", "postgresql": 'TEXT COLLATE "C"'}


def run(*statements: str) -> None:
    """Execute statements in which `{id}` is the type of ids: text compared byte by byte."""
    for statement in statements:
        op.execute(statement.replace("{id}", _ID[op.get_bind().dialect.name]))
