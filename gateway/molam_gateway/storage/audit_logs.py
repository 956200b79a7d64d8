"""The audit_logs table, and the queue of entries that a sealer has still to link into their chains."""

from collections.abc import Sequence
from dataclasses import replace

from ..domain.audit.chain import content_hash
from ..domain.audit.entry import AuditLog
from ..domain.audit.keyring import Keyring
from . import audit_seals
from .audit_seals import Unsealed
from .port import Reader, Transaction
from .tables import Table

TABLE = Table("audit_logs", AuditLog, json=("before", "after"), filters=("resource_id", "action", "actor_id"))

SELECT_OF_OBJECTS = """
SELECT * FROM audit_logs
WHERE account_id = :account_id AND livemode = :livemode AND resource_id = :resource_id ORDER BY id
"""
SELECT_BETWEEN = """
SELECT a.* FROM audit_seals s JOIN audit_logs a ON a.id = s.audit_log_id
WHERE s.account_id = :account_id AND s.livemode = :livemode AND s.sequence > :after AND s.sequence <= :until
"""
SELECT_UNSEALED = """
SELECT a.* FROM audit_logs a LEFT JOIN audit_seals s ON s.audit_log_id = a.id
WHERE a.account_id = :account_id AND a.livemode = :livemode AND a.id > :after AND s.audit_log_id IS NULL
ORDER BY a.id LIMIT :limit
"""
SELECT_CHAINS = """
SELECT DISTINCT account_id, livemode FROM audit_logs
UNION
SELECT DISTINCT account_id, livemode FROM audit_seals
UNION
SELECT account_id, livemode FROM audit_heads WHERE ordinal > 0
"""
SELECT_WAITING = """
SELECT a.id, a.account_id, a.livemode, a.content_hash
FROM audit_unsealed u JOIN audit_logs a ON a.id = u.audit_log_id
ORDER BY a.id LIMIT :limit
"""
IS_WAITING = "SELECT audit_log_id FROM audit_unsealed LIMIT 1"
DEQUEUE = """
DELETE FROM audit_unsealed
WHERE EXISTS (SELECT 1 FROM audit_seals s WHERE s.audit_log_id = audit_unsealed.audit_log_id)
"""


async def append(tx: Transaction, ring: Keyring, entry: AuditLog) -> None:
    """Add an entry, hashed; where transactions have the database to themselves, it is sealed at once."""
    entry = replace(entry, key_id=ring.current.id)
    entry = replace(entry, content_hash=content_hash(ring.current, entry))
    await TABLE.insert(tx, entry)
    if not tx.for_update:
        await audit_seals.seal(tx, ring, [Unsealed(entry.id, entry.account_id, entry.livemode, entry.content_hash)])


async def of_objects(reader: Reader, account_id: str, livemode: bool, object_ids: Sequence[str]) -> list[AuditLog]:
    """Everything about these objects, the oldest first."""
    found: list[AuditLog] = []
    for object_id in dict.fromkeys(object_ids):
        rows = await reader.fetch_all(
            SELECT_OF_OBJECTS, {"account_id": account_id, "livemode": livemode, "resource_id": object_id}
        )
        found += [TABLE.read(row) for row in rows]
    return sorted(found, key=lambda entry: entry.id)


async def between(reader: Reader, account_id: str, livemode: bool, after: int, until: int) -> dict[str, AuditLog]:
    """The entries that are sealed under numbers from `after` (without) to `until`, by id."""
    rows = await reader.fetch_all(
        SELECT_BETWEEN, {"account_id": account_id, "livemode": livemode, "after": after, "until": until}
    )
    return {row["id"]: TABLE.read(row) for row in rows}


async def unsealed(reader: Reader, account_id: str, livemode: bool, after: str, limit: int) -> list[AuditLog]:
    """The account's entries without a seal, in the order of their ids."""
    rows = await reader.fetch_all(
        SELECT_UNSEALED, {"account_id": account_id, "livemode": livemode, "after": after, "limit": limit}
    )
    return [TABLE.read(row) for row in rows]


async def chains(reader: Reader) -> list[tuple[str, bool]]:
    """Every account and mode with entries, seals or a head."""
    rows = await reader.fetch_all(SELECT_CHAINS, {})
    return sorted((row["account_id"], bool(row["livemode"])) for row in rows)


async def is_waiting(reader: Reader) -> bool:
    """Whether there is an entry that nobody sealed yet."""
    return await reader.fetch_one(IS_WAITING, {}) is not None


async def waiting(tx: Transaction, limit: int) -> list[Unsealed]:
    """Entries that were committed and not sealed yet."""
    rows = await tx.fetch_all(SELECT_WAITING, {"limit": limit})
    return [Unsealed(row["id"], row["account_id"], bool(row["livemode"]), row["content_hash"]) for row in rows]


async def dequeue(tx: Transaction) -> None:
    """Take what is sealed from the queue."""
    await tx.write(DEQUEUE, {})
