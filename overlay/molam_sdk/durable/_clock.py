"""The database's clock in SQL, which decides about every lease, so that the clocks of hosts may differ."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, bindparam, select, type_coerce
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from ._metadata import Instant


class _Microseconds(FunctionElement[int]):
    type = BigInteger()
    inherit_cache = True


_SQL = {
    "sqlite": (
        "(CAST(strftime('%s', 'now') AS INTEGER) * 1000000 + CAST(substr(strftime('%f', 'now'), 4) AS INTEGER) * 1000)"
    ),
    "postgresql": "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)",
    # not UNIX_TIMESTAMP(NOW(6)): that goes through the session's time zone, where an hour of autumn comes twice
    "mysql": "TIMESTAMPDIFF(MICROSECOND, '1970-01-01 00:00:00', UTC_TIMESTAMP(6))",
}


@compiles(_Microseconds)
def _compile(element: _Microseconds, compiler: Any, **options: Any) -> str:
    name = compiler.dialect.name
    sql = _SQL["mysql" if name == "mariadb" else name]
    return sql.replace("%", "%%") if compiler.preparer._double_percents else sql  # noqa: SLF001 - as SQLAlchemy does


def now() -> ColumnElement[datetime]:
    """The database's time when the statement runs."""
    return type_coerce(_Microseconds(), Instant())


def moment() -> ColumnElement[datetime]:
    """The same, read once for the statement: PostgreSQL uses no index for what a volatile function returns."""
    return select(now()).scalar_subquery()


def ago(seconds: float) -> ColumnElement[datetime]:
    """The time so many seconds before `moment`."""
    return select(after(-seconds)).scalar_subquery()


def after(seconds: float) -> ColumnElement[datetime]:
    """The database's time so many seconds from when the statement runs; before it, if negative."""
    return type_coerce(_Microseconds() + microseconds(seconds), Instant())


def after_parameter(name: str) -> ColumnElement[datetime]:
    """The same for a statement that is made once: the parameter is microseconds, see `microseconds`."""
    return type_coerce(_Microseconds() + bindparam(name, type_=BigInteger()), Instant())


def microseconds(seconds: float) -> int:
    """What `after_parameter` takes."""
    return round(seconds * 1_000_000)
