"""Reads the URL of a PostgreSQL database, and shows it without what is secret."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from .port import StoreError

_SCHEMES = ("postgresql://", "postgres://")
_DEFAULTS = {"connect_timeout": "5", "application_name": "molam-gateway"}


class DatabaseUrlError(StoreError):
    """The URL cannot be read; the message holds nothing of it that may be secret."""


@dataclass(frozen=True, slots=True)
class PostgresUrl:
    """How to connect, as libpq has it; only `shown` is for people."""

    conninfo: str = field(repr=False)
    shown: str


def is_postgres(url: str) -> bool:
    """Whether this is a PostgreSQL URL."""
    return url.startswith(_SCHEMES)


def parse(url: str) -> PostgresUrl:
    """The database of a `postgresql://user:password@host:port/name?option=value` URL. Raises DatabaseUrlError."""
    import psycopg
    from psycopg.conninfo import conninfo_to_dict, make_conninfo

    try:
        given = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        raise DatabaseUrlError("this is not a URL that PostgreSQL's client library reads") from None
    return PostgresUrl(
        make_conninfo(url, **{name: value for name, value in _DEFAULTS.items() if name not in given}), _shown(given)
    )


def _shown(given: Mapping[str, object]) -> str:
    """User, host, port and database: whatever else a URL can hold may be a secret."""
    user, host, port = given.get("user"), str(given.get("host") or ""), given.get("port")
    place = f"[{host}]" if ":" in host else quote(host, safe=",.-_~")
    return "postgresql://{}{}{}/{}".format(
        f"{quote(str(user), safe='')}@" if user else "", place, f":{port}" if port else "", given.get("dbname") or ""
    )
