"""Keeps a second gateway from a SQLite file: each has the clock and the provider's book in its memory."""

import contextlib
import os
import sqlite3
from collections.abc import Generator
from pathlib import Path

from .database_file import DatabaseFileError, make_private


@contextlib.contextmanager
def sole_use(database: Path) -> Generator[None]:
    """Hold the file's lock while the block runs; the system frees it if the process dies. Raises DatabaseFileError.

    The lock is SQLite's own, on an empty file beside the database, so that it works wherever SQLite does.
    """
    path = database.with_name(database.name + ".lock")
    while True:
        make_private(path)
        try:
            before = path.stat()
        except FileNotFoundError:
            continue
        with contextlib.closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection:
            try:
                connection.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError:
                raise DatabaseFileError(
                    f"{database}: another gateway is using this file: stop it, or name another file"
                ) from None
            if not _leads_to(path, before):
                continue
            try:
                yield
            finally:
                with contextlib.suppress(OSError):  # Windows keeps an open file
                    path.unlink()
            return


def _leads_to(path: Path, file: os.stat_result) -> bool:
    """Whether the path still leads to what was opened: its previous holder removes the file when it ends."""
    try:
        return os.path.samestat(path.stat(), file)
    except FileNotFoundError:
        return False
