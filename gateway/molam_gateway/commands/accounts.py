"""`molam-gateway accounts`: makes and lists accounts."""

import argparse
import asyncio
from collections.abc import AsyncIterator, Mapping

from ..access.signing_keys import ensure
from ..domain.times import rfc3339
from ..operations.accounts import create_account
from ..storage import accounts
from ..storage.accounts import AccountRow
from .opening import Opened
from .reports import OPERATOR, printed


def run(options: argparse.Namespace) -> int:
    """Do what the options say; returns the exit status."""
    return asyncio.run(printed(options, {"create": _create, "list": _list}[options.action]))


async def _create(options: argparse.Namespace, database: Opened) -> AsyncIterator[Mapping[str, object]]:
    await ensure(database.store, database.vault, database.ids, database.clock.real_now())
    yield _shown(await create_account(database, OPERATOR, molam_id=options.molam_id, region=options.region))


async def _list(_: argparse.Namespace, database: Opened) -> AsyncIterator[Mapping[str, object]]:
    async with database.store.reading() as reader:
        rows = await accounts.every(reader)
    for row in rows:
        yield _shown(row)


def _shown(account: AccountRow) -> Mapping[str, object]:
    return {
        "id": account.id,
        "molam_id": account.molam_id,
        "home_region": account.home_region,
        "capabilities": list(account.capabilities),
        "created_at": rfc3339(account.created_at),
    }
