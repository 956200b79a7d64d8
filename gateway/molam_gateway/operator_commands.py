"""`molam-gateway cases` and `rotate-credentials`: what operators do to a database beside its gateways."""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from . import environment
from .clock import Clock
from .domain.ids import IdGenerator
from .domain.operator_cases import view
from .domain.problems import ProblemError
from .operations.case_resolution import resolve_case
from .sandbox_providers import sandbox_providers
from .sandbox_simulators import Simulators
from .services import Services
from .settings import Settings
from .storage import operator_cases
from .storage.port import Store, StoreError
from .storage.postgres_url import is_postgres, parse
from .storage.sealed_columns import SEALED, reseal
from .storage.sqlite import SqliteStore
from .vault import Vault, VaultError, key_path

_SQLITE = "sqlite:///"
_REFUSED = 2


class OperatorCommandError(Exception):
    """It cannot be done like this; the message says what to change."""


def list_cases(options: argparse.Namespace) -> int:
    """Print cases, newest first, one line of JSON for each."""
    return _run(_list(options.database, None if options.all else "open", options.limit))


def resolve(options: argparse.Namespace) -> int:
    """Resolve a case and print it."""
    return _run(_resolve(options.database, options.case, options.resolution, options.evidence, options.operator))


def rotate_credentials(options: argparse.Namespace) -> int:
    """Encrypt everything under the first key and print how many rows that were."""
    return _run(_rotate(options.database))


def _run(work: Coroutine[Any, Any, None]) -> int:
    try:
        asyncio.run(work)
    except (OperatorCommandError, ProblemError, VaultError, StoreError, OSError) as error:
        sys.stderr.write(f"molam-gateway: {error}\n")
        return _REFUSED
    return 0


async def _list(url: str, status: str | None, limit: int) -> None:
    store, _ = _opened(url)
    try:
        async with store.reading() as reader:
            for case in await operator_cases.newest(reader, status, limit):
                sys.stdout.write(json.dumps(view(case)) + "\n")
    finally:
        await store.close()


async def _resolve(url: str, case_id: str, resolution: str, evidence: str, operator: str) -> None:
    store, vault = _opened(url)
    try:
        clock = await Clock.restore(store)
        ids = IdGenerator()
        simulators = Simulators(None, clock.now, "", vault.derive)
        providers = sandbox_providers(store, clock.now, ids, lambda: "", simulators)
        services = Services(store, clock, providers, Settings(), vault, lambda: None, ids)
        case = await resolve_case(services, case_id, resolution, evidence, operator)
        sys.stdout.write(json.dumps(view(case)) + "\n")
    finally:
        await store.close()


async def _rotate(url: str) -> None:
    store, vault = _opened(url)
    try:
        counts = {f"{each.table}.{each.column}": await reseal(store, each, vault.reseal) for each in SEALED}
        sys.stdout.write(json.dumps(counts) + "\n")
    finally:
        await store.close()


def _opened(url: str) -> tuple[Store, Vault]:
    keys = environment.encryption_keys(os.environ)
    if is_postgres(url):
        if not keys:
            raise OperatorCommandError(f"set {environment.KEY} to the keys that the gateway runs with")
        from .storage.postgres import PostgresStore  # psycopg is an extra

        return PostgresStore(parse(url), connections=2), Vault(keys)
    path = Path(url.removeprefix(_SQLITE))
    if not url.startswith(_SQLITE) or not path.is_file():
        raise OperatorCommandError("--database: name an existing database: sqlite:///FILE or postgresql://...")
    return SqliteStore(path), Vault(keys or (key_path(path).read_text("latin-1").strip(),))
