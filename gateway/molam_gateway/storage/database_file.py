"""Looks at a SQLite file before anything is written into it or beside it."""

import contextlib
import os
import sqlite3
from pathlib import Path

from .migrate import newest_revision
from .port import StoreError

_OURS = frozenset({"alembic_version", "payment_intents", "idempotency_keys"})


class DatabaseFileError(StoreError):
    """The file cannot be a gateway's database; the message names it and says why."""


def prepare(path: Path) -> bool:
    """Whether the file holds a gateway's data; a missing one is made, readable by its owner only.

    Raises DatabaseFileError for a file that is not a gateway's, cannot be written or comes from a newer version.
    """
    if str(path) == ":memory:":
        raise DatabaseFileError(f"{path}: a database in memory cannot be shared by its connections: name a file")
    if path.is_dir():
        raise DatabaseFileError(f"{path}: this is a directory")
    if not path.parent.is_dir():
        raise DatabaseFileError(f"{path}: the directory {path.parent} does not exist")
    try:
        make_private(path)
        if path.stat().st_size == 0:
            return False
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
            return _examine(path, connection)
    except OSError as error:
        raise DatabaseFileError(f"{path}: {error.strerror}") from None
    except sqlite3.Error as error:
        raise DatabaseFileError(f"{path}: {error}") from None


def make_private(path: Path) -> None:
    """Make an empty file that only its owner can read; one that exists is not even opened.

    (Closing a file frees all locks that its process holds on it, SQLite's too.)
    """
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


def _examine(path: Path, connection: sqlite3.Connection) -> bool:
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not tables:
        return False
    if not tables >= _OURS:
        raise DatabaseFileError(f"{path}: this SQLite file belongs to another program, it has no tables of a gateway")
    revisions = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    if revisions is not None and str(revisions[0]) > newest_revision():
        raise DatabaseFileError(f"{path}: a newer version of the gateway wrote this file")
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("ROLLBACK")
    return True
