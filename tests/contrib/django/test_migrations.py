"""`migrate` makes the tables that the SDK's own migrations make, also where they are there already."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connections
from django.db.migrations.exceptions import IrreversibleError
from sqlalchemy import create_engine, inspect

from molam_sdk.contrib.django import models
from molam_sdk.contrib.django._engines import engine_within
from molam_sdk.durable import create_tables, metadata

from . import project


def test_the_models_are_what_the_migrations_say(default: None) -> None:
    call_command("makemigrations", "molam", check=True, dry_run=True, verbosity=0)


def test_every_column_has_a_field(default: None) -> None:
    fields = [(model._meta.db_table, field) for model in every() for field in model._meta.local_concrete_fields]
    columns = [(table.name, column) for table in metadata.tables.values() for column in table.columns]
    assert {(table, field.column, field.null) for table, field in fields} == {
        (table, column.name, bool(column.nullable)) for table, column in columns
    }


def every() -> list[type[models.Call]]:
    return [getattr(models, name) for name in models.__all__]


def test_the_tables_are_those_of_the_sdk(alias: str) -> None:
    with engine_within(alias).connect() as connection:
        seen = inspect(connection)
        for name, table in metadata.tables.items():
            assert {each["name"] for each in seen.get_columns(name)} == set(table.columns.keys())
            assert {each["name"] for each in seen.get_indexes(name)} >= {index.name for index in table.indexes}


def test_a_program_that_began_with_create_tables_goes_on(tmp_path: Path, databases: Callable[[str], None]) -> None:
    databases("default")
    engine = create_engine(f"sqlite:///{tmp_path / 'there.db'}")
    create_tables(engine)
    engine.dispose()
    found = {"default": {}, "there": project.sqlite(tmp_path / "there.db")}
    connections.settings["there"] = connections.configure_settings(found)["there"]
    try:
        call_command("migrate", "molam", database="there", verbosity=0)
        with pytest.raises(IrreversibleError):
            call_command("migrate", "molam", "zero", database="there", verbosity=0)
    finally:
        connections["there"].close()
        del connections.settings["there"]


def test_sqlmigrate_shows_the_statements(alias: str) -> None:
    said = io.StringIO()
    call_command("sqlmigrate", "molam", "0001", database=alias, stdout=said)
    assert "CREATE TABLE received_webhooks" in said.getvalue()
