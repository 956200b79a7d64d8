"""Carries parameters and columns between Python and PostgreSQL as SQLite's driver does."""

import re
from collections.abc import Sequence
from functools import lru_cache

import psycopg
from psycopg.adapt import AdaptersMap, Buffer, Dumper, Loader

from .port import Parameters, Value

_PARAMETER = re.compile(r"(?<![:\w]):(\w+)")


class _Number(Dumper):
    """A number whose type PostgreSQL infers from the statement, so that one statement is prepared once."""

    def dump(self, obj: float) -> bytes:
        return str(obj).encode()


class _Flag(Dumper):
    def dump(self, obj: bool) -> bytes:
        return b"t" if obj else b"f"


class _Sum(Loader):
    """Sums of BIGINT are NUMERIC; they have no fraction."""

    def load(self, data: Buffer) -> int | float:
        text = bytes(data).decode()
        return int(text) if text.lstrip("-").isdecimal() else float(text)


def adapters() -> AdaptersMap:
    """What a connection converts with."""
    own = AdaptersMap(psycopg.adapters)
    own.register_dumper(int, _Number)
    own.register_dumper(float, _Number)
    own.register_dumper(bool, _Flag)
    own.register_loader("numeric", _Sum)
    return own


@lru_cache(maxsize=1024)
def translated(sql: str) -> tuple[bytes, Sequence[str]]:
    """The statement with `$1` for its first `:name`, and the names in order."""
    numbers: dict[str, int] = {}
    numbered = _PARAMETER.sub(lambda match: f"${numbers.setdefault(match[1], len(numbers) + 1)}", sql)
    return numbered.encode(), tuple(numbers)


def arguments(names: Sequence[str], parameters: Parameters) -> list[Value]:
    """The values of a statement's names, in order."""
    return [parameters[name] for name in names]
