"""Every statement of the gateway is understood by PostgreSQL as well as by SQLite."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from types import ModuleType

import psycopg
import pytest

import molam_gateway
from molam_gateway.storage.migrate import newest_revision
from molam_gateway.storage.tables import Table
from tests.gateway_databases import PostgresSchema

_VERB = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b")
_PARAMETER = re.compile(r"(?<![:\w]):(\w+)")


def _modules() -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(molam_gateway.__path__, "molam_gateway."):
        if ".migrations" not in found.name and not found.name.endswith("__main__"):
            yield importlib.import_module(found.name)


def _statements() -> dict[str, str]:
    statements: dict[str, str] = {}
    for module in _modules():
        for name, value in vars(module).items():
            if isinstance(value, str) and name.isupper() and _VERB.match(value):
                statements[f"{module.__name__}.{name}"] = value
            elif isinstance(value, Table) and module.__name__.startswith("molam_gateway.storage."):
                for number, sql in enumerate(value.statements):
                    statements[f"{module.__name__}.{name}[{number}]"] = sql
    return statements


STATEMENTS = _statements()


@pytest.fixture
def postgres(schema: PostgresSchema) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    """A connection to a schema with all migrations applied."""
    with schema.connect() as connection:
        yield connection


def test_the_statements_were_found() -> None:
    assert len(STATEMENTS) > 70
    assert "molam_gateway.storage.idempotency_keys.INSERT" in STATEMENTS
    assert "molam_gateway.storage.payment_intents.TABLE[0]" in STATEMENTS


def test_the_migrations_apply(postgres: "psycopg.Connection[tuple[object, ...]]") -> None:
    assert postgres.execute("SELECT version_num FROM alembic_version").fetchone() == (newest_revision(),)


@pytest.mark.parametrize("name", STATEMENTS)
def test_postgresql_prepares_it(postgres: "psycopg.Connection[tuple[object, ...]]", name: str) -> None:
    parameters: dict[str, str] = {}
    sql = _PARAMETER.sub(lambda m: parameters.setdefault(m[1], f"${len(parameters) + 1}"), STATEMENTS[name])
    statement = f"PREPARE statement AS {sql}"
    postgres.execute(statement.encode())
    postgres.execute("DEALLOCATE statement")


def test_ids_are_compared_byte_by_byte(postgres: "psycopg.Connection[tuple[object, ...]]") -> None:
    """Cursors rely on it: upper-case letters sort before lower-case ones, whatever the database's language."""
    row = postgres.execute(
        "SELECT collation_name FROM information_schema.columns"
        " WHERE table_schema = current_schema() AND table_name = 'payment_intents' AND column_name = 'id'"
    ).fetchone()
    assert row == ("C",)
