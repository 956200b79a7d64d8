"""A process of its own that charges through Daraja with the token that all processes share.

Arguments: Daraja's address, the database (a file or a URL), the key of the vault, its own number, how many charges.
"""

import asyncio
import sys
from pathlib import Path

from molam_gateway.clock import Clock
from molam_gateway.domain.attempts import AttemptKind, provider_reference
from molam_gateway.domain.outcomes import NotSent
from molam_gateway.provider_tokens import SharedTokens
from molam_gateway.providers.contract import Instruction
from molam_gateway.providers.mpesa import mpesa
from molam_gateway.providers.simulators.mpesa import Merchant
from molam_gateway.storage.port import Store
from molam_gateway.storage.postgres import PostgresStore
from molam_gateway.storage.postgres_url import parse
from molam_gateway.storage.sqlite import SqliteStore
from molam_gateway.vault import Vault
from tests.conformance.clock import HandClock
from tests.conformance.pairs.mpesa import configuration_of

_AT_ONCE = 5


def _charge(sender: int, number: int) -> Instruction:
    return Instruction(
        kind=AttemptKind.CHARGE,
        reference=provider_reference(f"{sender}-{number}"),
        account_id="acct_1",
        livemode=False,
        amount=1_000,
        currency="KES",
        customer={"phone": f"+2547{sender:02d}{number:03d}910"},
        callback_url="http://127.0.0.1:1/c",
    )


async def main(url: str, database: str, key: str, sender: int, charges: int) -> None:
    """Charge, and print what came of each."""
    store: Store = PostgresStore(parse(database)) if "://" in database else SqliteStore(Path(database), durable=False)
    tokens = SharedTokens(store, Vault([key]), Clock().real_now)
    adapter = mpesa(tokens=tokens, now=HandClock().now, sandbox_url=url)
    configuration = configuration_of(Merchant(), "", url, "http://127.0.0.1:1/c")
    pending = [_charge(sender, number) for number in range(charges)]
    while pending:
        now, pending = pending[:_AT_ONCE], pending[_AT_ONCE:]
        for outcome in await asyncio.gather(*(adapter.send(each, configuration) for each in now)):
            sys.stdout.write(f"{outcome if isinstance(outcome, NotSent) else type(outcome).__name__}\n")
    await adapter.close()
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5])))
