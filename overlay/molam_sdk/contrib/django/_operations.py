"""The operation of Django's migrations that runs one of the SDK's own."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from django.db import connections, router
from django.db.migrations.exceptions import IrreversibleError
from django.db.migrations.operations.base import Operation

from ...durable import migrations
from ._engines import engine_within

if TYPE_CHECKING:
    from sqlalchemy import Connection


class DurableMigration(Operation):
    """Runs the SQL of `molam_sdk.durable.migrations`; tables that are there stay as they are. There is no way back."""

    reversible = False
    reduces_to_sql = True

    def __init__(self, number: int) -> None:
        """Say which.

        Args:
            number: See `molam_sdk.durable.migrations.upgrade`.
        """
        self.number = number

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Leave the models to the operations beside this one."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Run it where the router lets the application's models be."""
        alias: str = schema_editor.connection.alias
        if not router.allow_migrate(alias, app_label):
            return
        statements: list[str] = []
        if schema_editor.collect_sql:  # of sqlmigrate, which shows all of it
            self._collect(statements, alias, None)
        else:
            with engine_within(alias).connect() as bind:  # to see what is there already
                self._collect(statements, alias, bind)
        for statement in statements:
            schema_editor.execute(statement, None)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Refuse: Django does not call it for what is not reversible."""
        raise IrreversibleError("a payment may be in flight whose only record is in these tables")

    def describe(self) -> str:
        """Say what it does."""
        return f"Runs migration {self.number} of molam_sdk.durable"

    def _collect(self, statements: list[str], alias: str, bind: Connection | None) -> None:
        dialect = SimpleNamespace(name=connections[alias].vendor)
        context = SimpleNamespace(dialect=dialect, bind=bind)
        op: Any = SimpleNamespace(get_context=lambda: context, execute=statements.append)
        migrations.upgrade(op, self.number)
