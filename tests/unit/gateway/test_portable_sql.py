"""Every statement of the gateway is understood by PostgreSQL as well as by SQLite."""

import importlib
import os
import pkgutil
import re
import uuid
from collections.abc import Iterator
from types import ModuleType

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

import molam_gateway
from molam_gateway.storage.migrate import migrate, newest_revision
from molam_gateway.storage.tables import Table

_VERB = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b")
_PARAMETER = re.compile(r"(?<![:\w]):(\w+)")
_CANDIDATES = ("test", "root", "postgres")


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


def _reachable() -> str | None:
    """The DSN of a PostgreSQL server that lets us in."""
    given = os.environ.get("MOLAM_TEST_POSTGRES_DSN")
    candidates = [given] if given else [f"host=127.0.0.1 port=5432 user={n} dbname={n}" for n in _CANDIDATES]
    for dsn in candidates:
        try:
            psycopg.connect(dsn, connect_timeout=3).close()
        except psycopg.OperationalError:
            continue
        return dsn
    return None


@pytest.fixture(scope="module")
def postgres() -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    """A connection to a fresh schema with all migrations applied."""
    dsn = _reachable()
    if dsn is None:
        reason = "no PostgreSQL at MOLAM_TEST_POSTGRES_DSN or on 127.0.0.1:5432"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    schema = f"molam_test_{uuid.uuid4().hex}"
    with psycopg.connect(dsn, autocommit=True) as admin:
        admin.execute(SQL("CREATE SCHEMA {}").format(Identifier(schema)))
        try:
            options = f"-csearch_path={schema}"
            info = admin.info
            migrate(_url(info), connect_args={"options": options, "password": info.password or None})
            with psycopg.connect(dsn, options=options, autocommit=True) as connection:
                yield connection
        finally:
            admin.execute(SQL("DROP SCHEMA {} CASCADE").format(Identifier(schema)))


def _url(info: psycopg.ConnectionInfo) -> str:
    return f"postgresql+psycopg://{info.user}@{info.host}:{info.port}/{info.dbname}"


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
