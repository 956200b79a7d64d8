"""Opens a gateway's database for a command, with the keys that the gateway runs with."""

import contextlib
import os
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

from .. import environment
from ..access import signing_keys
from ..clock import Clock
from ..domain.ids import IdGenerator
from ..storage.migrate import is_current
from ..storage.port import Store
from ..storage.postgres_url import PostgresUrl, is_postgres, parse
from ..storage.sqlite import SqliteStore
from ..vault import Vault, VaultError, key_path

_SQLITE = "sqlite:///"
_CONNECTIONS = 2


class OpeningError(Exception):
    """The database cannot be opened like this; the message says what to change."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A database with its vault, and what every change of it needs."""

    store: Store
    vault: Vault
    clock: Clock
    ids: IdGenerator


@contextlib.asynccontextmanager
async def opened(url: str) -> AsyncGenerator[Opened]:
    """The database of a `sqlite:///FILE` or `postgresql://` URL, beside a gateway that runs on it or not.

    Raises OpeningError, VaultError, StoreError or OSError.
    """
    database = _existing(url)
    vault = Vault(_keys(database))
    if not is_current(database):
        raise OpeningError("--database: its tables are not those of this version: run molam-gateway migrate first")
    async with contextlib.AsyncExitStack() as stack:
        store = _store(database)
        stack.push_async_callback(store.close)
        yield Opened(store, vault, await Clock.restore(store), IdGenerator())


@contextlib.asynccontextmanager
async def opened_for_change(url: str) -> AsyncGenerator[Opened]:
    """The same, once the encryption key has proven to be the gateway's: what another one writes, nobody could read."""
    async with opened(url) as database:
        try:
            await signing_keys.load(database.store, database.vault)
        except VaultError:
            raise VaultError(
                f"{environment.KEY}: the database was written under another encryption key: give that one"
            ) from None
        yield database


def _existing(url: str) -> Path | PostgresUrl:
    if is_postgres(url):
        return parse(url)
    path = Path(url.removeprefix(_SQLITE))
    if not url.startswith(_SQLITE) or not path.is_file():
        raise OpeningError(
            f"--database, or {environment.DATABASE}: name an existing database: sqlite:///FILE or postgresql://..."
        )
    return path


def _keys(database: Path | PostgresUrl) -> tuple[str, ...]:
    keys = environment.encryption_keys(os.environ)
    if keys:
        return keys
    if isinstance(database, PostgresUrl) or not key_path(database).is_file():
        raise OpeningError(f"{environment.KEY}: set it to the keys that the gateway runs with")
    return (key_path(database).read_text("latin-1").strip(),)


def _store(database: Path | PostgresUrl) -> Store:
    if isinstance(database, Path):
        return SqliteStore(database)
    from ..storage.postgres import PostgresStore  # psycopg is an extra

    return PostgresStore(database, connections=_CONNECTIONS)
