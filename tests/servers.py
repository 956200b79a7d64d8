"""Finds the database servers that tests run on, by environment variable or at their standard ports.

`MOLAM_TEST_POSTGRESQL_URL` and `MOLAM_TEST_MARIADB_URL` are SQLAlchemy URLs without a driver. One that is not there is
a reason to skip, and with `CI` set to fail. `MOLAM_TEST_DATABASES=sqlite` runs what is run on several databases on the
named ones alone.
"""

import os
from functools import lru_cache

import pytest
from sqlalchemy import URL, NullPool, create_engine, make_url
from sqlalchemy.exc import DBAPIError

_DRIVERS = {"postgresql": "postgresql+psycopg", "mariadb": "mysql+pymysql"}
_STANDARD = {
    "postgresql": [f"postgresql://{user}@127.0.0.1:5432/test" for user in ("postgres", "root", "test")],
    "mariadb": ["mysql://root@127.0.0.1:3306/test"],
}


def chosen(*names: str) -> tuple[str, ...]:
    """Those of the databases that this run is for: all of them unless `MOLAM_TEST_DATABASES` names some."""
    wanted = os.environ.get("MOLAM_TEST_DATABASES", ",".join(names)).split(",")
    return tuple(name for name in names if name in wanted)


def server(name: str) -> URL:
    """The URL of a database in which tests may make schemas or beside which they may make databases."""
    found = _found(name)
    if found is not None:
        return found
    reason = f"no {name}: set MOLAM_TEST_{name.upper()}_URL"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@lru_cache
def _found(name: str) -> URL | None:
    given = os.environ.get(f"MOLAM_TEST_{name.upper()}_URL")
    for candidate in [given] if given else _STANDARD[name]:
        url = make_url(candidate)
        engine = create_engine(url.set(drivername=_DRIVERS[name]), poolclass=NullPool)
        try:
            engine.connect().close()
        except DBAPIError:
            continue
        return url
    return None
