"""The SQL files that make the durable tables, as they are shipped."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect

from ..errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable

_PACKAGE = "molam_sdk.durable"
DIALECTS = ("mysql", "postgresql", "sqlite")

_MADE = re.compile(r"CREATE (?:TABLE (?P<table>\w+)|INDEX (?P<index>\w+) ON (?P<of>\w+))").match
_COLUMNS = re.compile(r"^ +([a-z_]\w*) ", re.MULTILINE).findall


def script(dialect: str) -> str:
    """All migrations for a database, in their order; MariaDB takes those of MySQL."""
    name = "mysql" if dialect == "mariadb" else dialect
    found = files(_PACKAGE).joinpath("migrations", name)
    parts = sorted((each for each in found.iterdir() if each.name.endswith(".sql")), key=lambda each: each.name)
    return "\n".join(each.read_text(encoding="utf-8") for each in parts)


def statements(dialect: str, number: int) -> list[str]:
    """The statements of one migration.

    Raises:
        ConfigurationError: There is no such migration, or none for this database.
    """
    name = "mysql" if dialect == "mariadb" else dialect
    if name not in DIALECTS:
        raise ConfigurationError(f"there are no migrations for {dialect}; use SQLite, PostgreSQL, MySQL or MariaDB")
    found = files(_PACKAGE).joinpath("migrations", name)
    chosen = next((each for each in found.iterdir() if each.name.startswith(f"{number:04d}_")), None)
    if chosen is None:
        raise ConfigurationError(f"this version of the SDK has no migration {number}")
    lines = chosen.read_text(encoding="utf-8").splitlines()
    text = "\n".join(line for line in lines if not line.startswith("--"))
    return [each.strip() for each in text.split(";\n") if each.strip().strip(";")]


def missing(statements: Iterable[str], bind: object) -> list[str]:
    """The statements whose table or index is not there yet; all of them where there is no database to ask.

    A table that lacks a column is another one of that name: its statement is left for the database to refuse.
    """
    if not isinstance(bind, Connection):
        return list(statements)
    seen = inspect(bind)
    there = set(seen.get_table_names())
    left: list[str] = []
    for statement in statements:
        made = _MADE(statement)
        if made is not None and (table := made["table"] or made["of"]) in there:
            if made["table"] and set(_COLUMNS(statement)) <= {each["name"] for each in seen.get_columns(table)}:
                continue
            if made["index"] in {each["name"] for each in seen.get_indexes(table)}:
                continue
        left.append(statement)
    return left
