"""New SQLite files: all but the first of a process are copies, which are no different from what migrations make."""

import contextlib
import sqlite3
from pathlib import Path

from sqlalchemy import URL

from molam_gateway.storage.migrate import is_current, migrate, migrate_sqlite


def _dump(path: Path) -> list[str]:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def test_a_new_file_is_what_the_migrations_make(tmp_path: Path) -> None:
    migrate(URL.create("sqlite", database=str(tmp_path / "migrated.db")))
    (tmp_path / "empty.db").touch()
    for name in ("first.db", "second.db", "empty.db"):
        migrate_sqlite(tmp_path / name)
        assert is_current(tmp_path / name)
        assert _dump(tmp_path / name) == _dump(tmp_path / "migrated.db")


def test_a_copy_shares_nothing_with_the_others(tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.db" for number in range(3)]
    migrate_sqlite(paths[0])
    migrate_sqlite(paths[1])
    with contextlib.closing(sqlite3.connect(paths[1])) as connection:
        connection.execute("INSERT INTO sandbox_clock (id, offset_ms) VALUES (1, 7)")
        connection.commit()
    migrate_sqlite(paths[2])
    assert _dump(paths[2]) == _dump(paths[0]) != _dump(paths[1])


def test_a_file_with_something_in_it_is_migrated_where_it_is(tmp_path: Path) -> None:
    migrate_sqlite(tmp_path / "new.db")
    path = tmp_path / "used.db"
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE kept (value TEXT)")
    migrate_sqlite(path)
    assert is_current(path)
    assert any("kept" in line for line in _dump(path))
