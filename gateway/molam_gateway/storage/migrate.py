"""Brings a database to the newest schema revision."""

import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from .port import StoreError

if TYPE_CHECKING:
    import sqlalchemy

_SCRIPTS = Path(__file__).parent / "migrations"


def newest_revision() -> str:
    """The number of the last file in `migrations/versions`."""
    return max(path.name[:4] for path in (_SCRIPTS / "versions").glob("[0-9]*.py"))


def migrate_sqlite(path: str | Path) -> None:
    """Apply what is missing in a SQLite file, which is made if need be; costs next to nothing if nothing is."""
    if _revision_of(Path(path)) != newest_revision():
        from sqlalchemy import URL
        from sqlalchemy.exc import SQLAlchemyError

        try:
            migrate(URL.create("sqlite", database=str(path)))
        except SQLAlchemyError as error:
            raise StoreError(f"{path}: the tables could not be made: {error}") from error


def migrate(url: "str | sqlalchemy.URL", connect_args: Mapping[str, object] | None = None) -> None:
    """Apply what is missing in the database at a SQLAlchemy URL; `connect_args` go to its driver."""
    import sqlalchemy
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    engine = sqlalchemy.create_engine(url, connect_args=dict(connect_args or {}))
    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    finally:
        engine.dispose()


def _revision_of(path: Path) -> str | None:
    if not path.exists():
        return None
    connection = sqlite3.connect(path)
    try:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.OperationalError:
        return None
    finally:
        connection.close()
    return None if row is None else row[0]
