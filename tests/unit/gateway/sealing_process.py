"""Runs a sealer in a process of its own until it is killed: python -m tests.unit.gateway.sealing_process URL KEY."""

import asyncio
import sys

from molam_gateway import failpoints
from molam_gateway.domain.audit.keyring import keyring
from molam_gateway.sealing import Sealer
from molam_gateway.storage.postgres import PostgresStore
from molam_gateway.storage.postgres_url import parse
from molam_gateway.vault import Vault


async def _main(url: str, key: str) -> None:
    sealer = Sealer(PostgresStore(parse(url)), keyring(Vault([key]).derivations("audit")), interval=0.01)
    sealer.start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    failpoints.arm_from_environment()
    asyncio.run(_main(sys.argv[1], sys.argv[2]))
