"""SQLAlchemy's dialects as they work on connections that belong to Django, which begins and ends the transactions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy.dialects.mysql.mysqldb import MySQLDialect_mysqldb
from sqlalchemy.dialects.mysql.pymysql import MySQLDialect_pymysql
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.postgresql.psycopg2 import PGDialect_psycopg2
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from ...errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ._lent import LentConnection


class OverDjango:
    """What is the same for each database. Nothing is set up on a connection: Django has done that."""

    def on_connect(self) -> None:
        """See Dialect."""
        return

    def do_begin(self, dbapi_connection: Any) -> None:
        """See Dialect."""
        if not dbapi_connection.each_by_itself:
            dbapi_connection.begin()

    def do_commit(self, dbapi_connection: Any) -> None:
        """See Dialect."""
        dbapi_connection.commit()

    def do_rollback(self, dbapi_connection: Any) -> None:
        """See Dialect."""
        dbapi_connection.rollback()

    def do_close(self, dbapi_connection: Any) -> None:
        """See Dialect."""
        dbapi_connection.close()

    def do_terminate(self, dbapi_connection: Any) -> None:
        """See Dialect."""
        dbapi_connection.discard()

    def get_isolation_level(self, dbapi_connection: Any) -> str:
        """See Dialect."""
        return "AUTOCOMMIT" if dbapi_connection.each_by_itself else "READ COMMITTED"

    get_default_isolation_level = get_isolation_level

    def get_isolation_level_values(self, dbapi_connection: Any) -> list[str]:
        """See Dialect."""
        return ["AUTOCOMMIT", "READ COMMITTED"]

    def set_isolation_level(self, dbapi_connection: Any, level: str) -> None:
        """See Dialect: transactions of the durable parts are READ COMMITTED, or there are none."""
        dbapi_connection.each_by_itself = level == "AUTOCOMMIT"

    def reset_isolation_level(self, dbapi_connection: Any) -> None:
        """See Dialect."""
        dbapi_connection.each_by_itself = False

    def detect_autocommit_setting(self, dbapi_connection: Any) -> bool:
        """See Dialect."""
        return bool(dbapi_connection.each_by_itself)


class PostgreSQL(OverDjango, PGDialect_psycopg):  # type: ignore[misc] # pyright: ignore[reportIncompatibleMethodOverride]
    """Over psycopg."""

    supports_statement_cache = True


class PostgreSQL2(OverDjango, PGDialect_psycopg2):  # type: ignore[misc] # pyright: ignore[reportIncompatibleMethodOverride]
    """Over psycopg2."""

    supports_statement_cache = True


class MySQL(OverDjango, MySQLDialect_mysqldb):  # type: ignore[misc] # pyright: ignore[reportIncompatibleMethodOverride]
    """Over mysqlclient; MariaDB too."""

    supports_statement_cache = True


class PyMySQL(OverDjango, MySQLDialect_pymysql):  # type: ignore[misc] # pyright: ignore[reportIncompatibleMethodOverride]
    """Over PyMySQL, where it stands in for mysqlclient."""

    supports_statement_cache = True


class SQLite(OverDjango, SQLiteDialect_pysqlite):  # type: ignore[misc] # pyright: ignore[reportIncompatibleMethodOverride]
    """Over sqlite3, where the durable parts say in SQL when a transaction begins and ends."""

    supports_statement_cache = True
    _STEPS: ClassVar[dict[str, Callable[[LentConnection], None]]] = {
        "BEGIN IMMEDIATE": lambda lent: lent.begin(),
        "COMMIT": lambda lent: lent.commit(),
        "ROLLBACK": lambda lent: lent.rollback(),
    }

    def do_begin(self, dbapi_connection: Any) -> None:
        """Wait for BEGIN."""

    def do_execute(self, cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:
        """See Dialect."""
        step = self._STEPS.get(statement)
        if step is None:
            cursor.execute(statement, parameters)
        else:
            step(context.root_connection.connection.dbapi_connection)


def dialect_for(vendor: str, driver: str) -> tuple[str, dict[str, Any]]:
    """The name of a dialect and its options, for a database of Django's and the module of its driver's connection.

    Raises:
        ConfigurationError: The durable parts know no such database.
    """
    if vendor == "postgresql":
        return ("postgresql.django2" if driver.startswith("psycopg2") else "postgresql.django"), _NO_HSTORE
    if vendor == "mysql":
        return ("mysql.djangopy" if driver.startswith("pymysql") else "mysql.django"), {}
    if vendor == "sqlite":
        return "sqlite.django", {}
    raise ConfigurationError(
        f"the database of Molam's tables is {vendor}, which they cannot be kept in: name another alias in"
        " MOLAM['DATABASE'], of SQLite, PostgreSQL, MySQL or MariaDB"
    )


_NO_HSTORE = {"use_native_hstore": False}
"""Its lookup would register adapters on Django's connection."""
