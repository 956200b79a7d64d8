"""The order of events: a position among all and a number (seq) within their account, given after their commit.

Both are given under the lock on one row that is held until the commit, so that whoever has read a position has read, or
can read, everything below it: an event that is committed late gets a later number.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .port import Parameters, Reader, Row, Transaction

LOCK = "SELECT position FROM feed_position WHERE id = 1"
BEGIN = "INSERT INTO feed_position (id, position) VALUES (1, 0) ON CONFLICT (id) DO NOTHING"
ASSIGN = """
UPDATE events SET position = numbered.position, seq = numbered.seq FROM (
    SELECT placed.id, :base + placed.place AS position, COALESCE(known.seq, 0) + placed.place_in_account AS seq FROM (
        SELECT id, account_id, livemode,
            ROW_NUMBER() OVER (ORDER BY turn, sequence, id) AS place,
            ROW_NUMBER() OVER (PARTITION BY account_id, livemode ORDER BY turn, sequence, id) AS place_in_account
        FROM (
            SELECT id, account_id, livemode, sequence,
                MAX(id) OVER (PARTITION BY object_id ORDER BY sequence, id) AS turn
            FROM (
                SELECT id, account_id, livemode, object_id, sequence FROM events
                WHERE position IS NULL ORDER BY id LIMIT :limit
            ) AS waiting
        ) AS turned
    ) AS placed
    LEFT JOIN feed_accounts known ON known.account_id = placed.account_id AND known.livemode = placed.livemode
) AS numbered WHERE events.id = numbered.id
"""
"""An object's events stay in the order of their sequence, whatever the clocks of the processes that made their ids."""

COUNT_ACCOUNTS = """
INSERT INTO feed_accounts (account_id, livemode, seq, forgotten)
SELECT account_id, livemode, MAX(seq), 0 FROM events WHERE position IS NOT NULL AND position > :base
GROUP BY account_id, livemode
ON CONFLICT (account_id, livemode) DO UPDATE SET seq = excluded.seq
"""
MOVE = "UPDATE feed_position SET position = :position WHERE id = 1"
FORGET = """
UPDATE feed_accounts SET forgotten = :seq
WHERE account_id = :account_id AND livemode = :livemode AND forgotten < :seq
"""
WAITING = "SELECT id FROM events WHERE position IS NULL LIMIT 1"
SELECT_SINCE = """
SELECT id, account_id, livemode, type, transaction_id, customer_id, position, seq, document FROM events
WHERE position IS NOT NULL AND position > :position ORDER BY position LIMIT :limit
"""
ACCOUNT = "SELECT seq, forgotten FROM feed_accounts WHERE account_id = :account_id AND livemode = :livemode"
OF_ACCOUNT = """
SELECT id, account_id, livemode, type, transaction_id, customer_id, position, seq, document FROM events
WHERE position IS NOT NULL AND account_id = :account_id AND livemode = :livemode AND seq > :after
ORDER BY seq LIMIT :limit
"""
OF_TRANSACTION = """
SELECT id, account_id, livemode, type, transaction_id, customer_id, position, seq, document FROM events
WHERE position IS NOT NULL AND transaction_id = :subject AND account_id = :account_id AND livemode = :livemode
    AND seq > :after
ORDER BY seq LIMIT :limit
"""
OF_CUSTOMER = """
SELECT id, account_id, livemode, type, transaction_id, customer_id, position, seq, document FROM events
WHERE position IS NOT NULL AND account_id = :account_id AND livemode = :livemode AND customer_id = :subject
    AND seq > :after
ORDER BY seq LIMIT :limit
"""
_STATEMENTS = {"events": OF_ACCOUNT, "transaction": OF_TRANSACTION, "user": OF_CUSTOMER}


@dataclass(frozen=True, slots=True)
class FeedEvent:
    """An event in the order; `document` is its API form."""

    id: str
    account_id: str
    livemode: bool
    type: str
    transaction_id: str | None
    customer_id: str | None
    position: int
    seq: int
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Numbers:
    """The last number that was given in an account, and the last of those whose events are not kept any more."""

    seq: int = 0
    forgotten: int = 0


async def is_waiting(reader: Reader) -> bool:
    """Whether an event has no number yet."""
    return await reader.fetch_one(WAITING, {}) is not None


async def assign(tx: Transaction, limit: int) -> tuple[int, int] | None:
    """Number events that wait; the last position and how many, None if none waits, or another process is at it."""
    row = await tx.fetch_one(LOCK + tx.skip_locked, {})
    if row is None and not await tx.execute(BEGIN, {}):
        return None
    base = 0 if row is None else int(row["position"])
    count = await tx.execute(ASSIGN, {"base": base, "limit": limit})
    if not count:
        return None
    await tx.execute(COUNT_ACCOUNTS, {"base": base})
    await tx.execute(MOVE, {"position": base + count})
    return base + count, count


async def settle(tx: Transaction) -> int:
    """Wait until no other process is numbering; the last position that was given."""
    row = await tx.fetch_one(LOCK + tx.for_update, {})
    return 0 if row is None else int(row["position"])


async def position(reader: Reader) -> int:
    """The last position that was given."""
    row = await reader.fetch_one(LOCK, {})
    return 0 if row is None else int(row["position"])


async def numbers(reader: Reader, *, account_id: str, livemode: bool) -> Numbers:
    """How far an account's events are numbered."""
    row = await reader.fetch_one(ACCOUNT, {"account_id": account_id, "livemode": livemode})
    return Numbers() if row is None else Numbers(row["seq"], row["forgotten"])


async def since(reader: Reader, position: int, limit: int) -> list[FeedEvent]:
    """The events after a position, in order."""
    return _read(await reader.fetch_all(SELECT_SINCE, {"position": position, "limit": limit}))


async def replay(
    reader: Reader, *, kind: str, subject: str, account_id: str, livemode: bool, after: int, limit: int
) -> list[FeedEvent]:
    """An account's events after a number, in order: all, or those about a transaction or of a user (by `kind`)."""
    parameters: Parameters = {"account_id": account_id, "livemode": livemode, "after": after, "limit": limit}
    if kind != "events":
        parameters = {**parameters, "subject": subject}
    return _read(await reader.fetch_all(_STATEMENTS[kind], parameters))


async def forget(tx: Transaction, *, account_id: str, livemode: bool, seq: int) -> None:
    """Remember that events up to this number cannot be replayed any more."""
    await tx.execute(FORGET, {"account_id": account_id, "livemode": livemode, "seq": seq})


def _read(rows: list[Row]) -> list[FeedEvent]:
    return [
        FeedEvent(
            id=row["id"],
            account_id=row["account_id"],
            livemode=bool(row["livemode"]),
            type=row["type"],
            transaction_id=row["transaction_id"],
            customer_id=row["customer_id"],
            position=row["position"],
            seq=row["seq"],
            document=json.loads(row["document"]),
        )
        for row in rows
    ]
