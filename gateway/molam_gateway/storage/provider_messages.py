"""The provider_messages table: the inbox of what providers tell by themselves, each fact once."""

from datetime import datetime

from ..domain.provider_messages import ProviderMessage
from ..domain.times import milliseconds
from .port import Reader, Transaction, Value
from .tables import Table

TABLE = Table("provider_messages", ProviderMessage)
PROCESS = "provider.message"
"""The job that acts on a message."""

INSERT_NEW = TABLE.insert_sql + " ON CONFLICT (configuration, key) DO NOTHING"
KNOWN = "SELECT * FROM provider_messages WHERE configuration = :configuration AND key = :key"
MOVE = """
UPDATE provider_messages
SET state = :state, tries = tries + 1, updated_at = :now, sequence = sequence + 1
WHERE id = :id AND state <> 'done'
"""
DELETE_OLD = """
DELETE FROM provider_messages WHERE id IN (
    SELECT m.id FROM provider_messages m
    WHERE m.state <> 'received' AND m.updated_at < :before
        AND NOT EXISTS (SELECT 1 FROM operator_cases c WHERE c.subject = m.id AND c.status = 'open')
    ORDER BY m.updated_at LIMIT :limit
)
"""
COUNT_FORGED = """
INSERT INTO provider_forgeries (provider, day, messages, last_hash, last_at)
VALUES (:provider, :day, :count, :hash, :now)
ON CONFLICT (provider, day) DO UPDATE
SET messages = provider_forgeries.messages + excluded.messages, last_hash = excluded.last_hash,
    last_at = excluded.last_at
"""
_DAY = 86_400_000


async def insert_new(tx: Transaction, message: ProviderMessage) -> bool:
    """Keep a message; False if the fact is known already."""
    return bool(await tx.execute(INSERT_NEW, TABLE.write(message)))


async def find(reader: Reader, id: str) -> ProviderMessage | None:
    """The message of this id."""
    row = await reader.fetch_one(TABLE.select_sql, {"id": id})
    return None if row is None else TABLE.read(row)


async def find_known(reader: Reader, configuration: str, key: str) -> ProviderMessage | None:
    """The message that told this fact first."""
    row = await reader.fetch_one(KNOWN, {"configuration": configuration, "key": key})
    return None if row is None else TABLE.read(row)


async def move(tx: Transaction, id: str, state: str, now: datetime) -> bool:
    """Say what came of one more try; False if the message was done with before."""
    return bool(await tx.execute(MOVE, {"id": id, "state": state, "now": milliseconds(now)}))


async def delete_old(tx: Transaction, *, before: int, limit: int) -> int:
    """Delete messages that were done with earlier, except those that people still have to decide about."""
    return await tx.execute(DELETE_OLD, {"before": before, "limit": limit})


async def count_forged(tx: Transaction, provider: str, count: int, body_hash: str, now: datetime) -> None:
    """Count messages that were not the provider's; nothing is kept of them but the newest one's hash."""
    at = milliseconds(now)
    values: dict[str, Value] = {"provider": provider, "day": at // _DAY, "count": count, "hash": body_hash, "now": at}
    await tx.execute(COUNT_FORGED, values)
