"""The column types and the MetaData that the durable tables share, portable over the three databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, LargeBinary, MetaData, String, Text, TypeDecorator
from sqlalchemy.dialects import mysql, postgresql

if TYPE_CHECKING:
    from sqlalchemy import Dialect
    from sqlalchemy.types import TypeEngine

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)
"""The durable tables; give it to Alembic's `target_metadata` beside your own, so that autogenerate knows them."""

TABLE_OPTIONS: dict[str, Any] = {
    f"{dialect}_{name}": setting
    for dialect in ("mysql", "mariadb")
    for name, setting in {"engine": "InnoDB", "charset": "utf8mb4", "collate": "utf8mb4_bin"}.items()
}


class Instant(TypeDecorator[datetime]):
    """An aware datetime, kept as microseconds since 1970 in UTC: the same number in every database and time zone."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else (value - _EPOCH) // timedelta(microseconds=1)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else _EPOCH + timedelta(microseconds=value)


class Ascii(TypeDecorator[str]):
    """A string of ASCII characters that is compared byte by byte, so that keys differ by case everywhere.

    MySQL counts four bytes for each character of utf8mb4 towards the length of an index; of ASCII it is one.
    """

    impl = String
    cache_ok = True

    def __init__(self, length: int) -> None:
        super().__init__(length)
        self._length = length

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        if dialect.name in ("mysql", "mariadb"):
            return dialect.type_descriptor(mysql.VARCHAR(self._length, charset="ascii", collation="ascii_bin"))
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.VARCHAR(self._length, collation="C"))
        return dialect.type_descriptor(String(self._length))

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is not None and (len(value) > self._length or not value.isascii() or value.endswith(" ")):
            # MySQL would cut it off, if not strict, and takes no notice of spaces at the end when it compares
            raise ValueError(f"at most {self._length} ASCII characters fit, the last one no space")
        return value


def long_text() -> TypeEngine[str]:
    """Text of any length; up to 16 MiB on MySQL."""
    return Text().with_variant(mysql.MEDIUMTEXT(collation="utf8mb4_bin"), "mysql", "mariadb")


class Blob(TypeDecorator[bytes]):
    """Bytes; up to 16 MiB on MySQL, whose BLOB ends at 64 KiB. Read back, they have no repr: see `Quiet`."""

    impl = LargeBinary
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[bytes]:
        return dialect.type_descriptor(mysql.MEDIUMBLOB() if dialect.name in ("mysql", "mariadb") else LargeBinary())

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        return None if value is None else Quiet(value)


class Quiet(bytes):
    """Bytes that SQLAlchemy does not show when it logs the rows that it reads (`echo="debug"`)."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{len(self)} bytes>"


def blob() -> Blob:
    """Bytes that may be customer data."""
    return Blob()
