"""`molam-gateway rotate-credentials`: encrypts everything that is secret in a database under the first key."""

import argparse
import asyncio
from collections.abc import AsyncIterator, Mapping

from ..storage.sealed_columns import SEALED, reseal
from .opening import Opened
from .reports import printed


def run(options: argparse.Namespace) -> int:
    """Encrypt and print how many rows that were; returns the exit status."""
    return asyncio.run(printed(options, _rotate))


async def _rotate(_: argparse.Namespace, database: Opened) -> AsyncIterator[Mapping[str, object]]:
    yield {f"{each.table}.{each.column}": await reseal(database.store, each, database.vault.reseal) for each in SEALED}
