"""SQLAlchemy engines over Django's databases: no connection of their own, no pool, no setting."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import connections
from sqlalchemy import NullPool, create_engine
from sqlalchemy.dialects import registry

from ._connections import Shared, take
from ._dialects import dialect_for
from ._lent import lend

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

    from ._lent import LentConnection

for _name, _kind in (
    ("postgresql.django", "PostgreSQL"),
    ("postgresql.django2", "PostgreSQL2"),
    ("mysql.django", "MySQL"),
    ("mysql.djangopy", "PyMySQL"),
    ("sqlite.django", "SQLite"),
):
    registry.register(_name, f"{__package__}._dialects", _kind)


def engine_for(alias: str) -> Engine:
    """The engine over one of the databases in DATABASES.

    Raises:
        ConfigurationError: Nothing durable can be kept in such a database.
    """
    wrapper: Any = connections[alias]
    return _engine(wrapper.vendor, _driver(wrapper), partial(lend, take, alias))


def engine_within(alias: str) -> Engine:
    """An engine for what belongs into the caller's transaction, if there is one."""
    wrapper: Any = connections[alias]
    return _engine(wrapper.vendor, _driver(wrapper), partial(lend, Shared, alias))


def _engine(vendor: str, driver: str, creator: Callable[[], LentConnection]) -> Engine:
    name, options = dialect_for(vendor, driver)
    url = f"{name.replace('.', '+')}://"
    return create_engine(url, creator=creator, poolclass=NullPool, hide_parameters=True, **options)


def _driver(wrapper: Any) -> str:
    """Name of the driver's module; PyMySQL calls itself MySQLdb where it stands in for it."""
    error: type[Exception] = wrapper.Database.Error
    return error.__module__
