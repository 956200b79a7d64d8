"""The provider_configurations table: merchants' accounts at providers."""

from ..domain.provider_configurations import ProviderConfiguration
from .port import Parameters, Reader, Transaction
from .tables import Table

TABLE = Table("provider_configurations", ProviderConfiguration, json=("settings", "secrets"), filters=("provider",))
INSERT_NEW = TABLE.insert_sql + " ON CONFLICT DO NOTHING"
CURRENT = """
SELECT * FROM provider_configurations
WHERE account_id = :account_id AND livemode = :livemode AND provider = :provider AND superseded_at IS NULL
"""
SAME = """
SELECT * FROM provider_configurations
WHERE account_id = :account_id AND livemode = :livemode AND provider = :provider AND environment = :environment
    AND identity = :identity
"""
HEARING = """
SELECT * FROM provider_configurations
WHERE provider = :provider AND livemode = :livemode AND (enabled OR superseded_at IS NOT NULL)
ORDER BY updated_at DESC, id DESC LIMIT :limit
"""


async def find(reader: Reader, id: str) -> ProviderConfiguration | None:
    """The configuration of this id."""
    row = await reader.fetch_one(TABLE.select_sql, {"id": id})
    return None if row is None else TABLE.read(row)


async def current(
    reader: Reader, account_id: str, livemode: bool, provider: str, *, lock: str = ""
) -> ProviderConfiguration | None:
    """The account's present configuration of a provider; `lock` is the transaction's `for_update`."""
    key: Parameters = {"account_id": account_id, "livemode": livemode, "provider": provider}
    row = await reader.fetch_one(CURRENT + lock, key)
    return None if row is None else TABLE.read(row)


async def insert_new(tx: Transaction, row: ProviderConfiguration) -> bool:
    """Add a configuration unless the account has one of this provider."""
    return bool(await tx.execute(INSERT_NEW, TABLE.write(row)))


async def same(
    tx: Transaction, account_id: str, livemode: bool, provider: str, environment: str, identity: str
) -> ProviderConfiguration | None:
    """The account's configuration of this very account at the provider, present or superseded, locked."""
    row = await tx.fetch_one(
        SAME + tx.for_update,
        {
            "account_id": account_id,
            "livemode": livemode,
            "provider": provider,
            "environment": environment,
            "identity": identity,
        },
    )
    return None if row is None else TABLE.read(row)


async def hearing(reader: Reader, provider: str, livemode: bool, limit: int) -> list[ProviderConfiguration]:
    """The configurations whose provider may send messages, last changed first."""
    rows = await reader.fetch_all(HEARING, {"provider": provider, "livemode": livemode, "limit": limit})
    return [TABLE.read(row) for row in rows]
