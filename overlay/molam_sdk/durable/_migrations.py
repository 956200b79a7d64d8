"""The SQL files that make the durable tables, as they are shipped."""

from __future__ import annotations

from importlib.resources import files

from ..errors import ConfigurationError

_PACKAGE = "molam_sdk.durable"
DIALECTS = ("mysql", "postgresql", "sqlite")


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
