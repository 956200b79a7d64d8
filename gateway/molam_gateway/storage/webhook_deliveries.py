"""The webhook_deliveries table as the dispatcher sees it: what is due, who holds it and where it stands."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from .port import Reader, Row, Transaction

INSERT = """
INSERT INTO webhook_deliveries (id, account_id, livemode, event_id, event_type, endpoint_id, status, attempts,
    redriven_after, next_attempt_at, lease_until, created_at, updated_at, sequence)
VALUES (:id, :account_id, :livemode, :event_id, :event_type, :endpoint_id, :status, 0, 0, :next_attempt_at, 0, :now,
    :now, 1)
ON CONFLICT (event_id, endpoint_id) DO NOTHING
"""
SELECT_WAITING = """
WITH RECURSIVE waiting (endpoint_id) AS (
    SELECT MIN(d.endpoint_id) FROM webhook_deliveries d WHERE d.status IN ('pending', 'retrying')
    UNION ALL
    SELECT (
        SELECT MIN(d.endpoint_id) FROM webhook_deliveries d
        WHERE d.status IN ('pending', 'retrying') AND d.endpoint_id > waiting.endpoint_id
    )
    FROM waiting WHERE waiting.endpoint_id IS NOT NULL
)
SELECT w.id AS endpoint_id, w.max_concurrency, (
    SELECT d.next_attempt_at FROM webhook_deliveries d
    WHERE d.endpoint_id = w.id AND d.status IN ('pending', 'retrying') AND d.lease_until <= :real_now
    ORDER BY d.next_attempt_at, d.id LIMIT 1
) AS due
FROM waiting JOIN webhook_endpoints w ON w.id = waiting.endpoint_id
"""
SELECT_DUE = """
SELECT id FROM webhook_deliveries
WHERE endpoint_id = :endpoint_id AND status IN ('pending', 'retrying') AND next_attempt_at <= :now
    AND lease_until <= :real_now
ORDER BY next_attempt_at, id LIMIT :limit
"""
LEASE = """
UPDATE webhook_deliveries SET lease_token = :token, lease_until = :lease_until
WHERE id = :id AND status IN ('pending', 'retrying') AND next_attempt_at <= :now AND lease_until <= :real_now
"""
SELECT_CLAIMED = """
SELECT d.id, d.event_id, d.endpoint_id, d.attempts, d.redriven_after, e.created_at AS happened_at, e.document, w.url,
    w.retry_schedule,
    w.status AS endpoint_status, w.status_reason AS endpoint_reason
FROM webhook_deliveries d
JOIN events e ON e.id = d.event_id
JOIN webhook_endpoints w ON w.id = d.endpoint_id
WHERE d.id = :id
"""
SELECT_HELD = """
SELECT 1 AS held FROM webhook_deliveries
WHERE status IN ('pending', 'retrying') AND next_attempt_at <= :now AND lease_until > :real_now LIMIT 1
"""
SETTLE = """
UPDATE webhook_deliveries
SET status = :status, attempts = :attempts, next_attempt_at = :next_attempt_at, lease_token = NULL, lease_until = 0,
    updated_at = :now, sequence = sequence + 1
WHERE id = :id AND lease_token = :token AND status IN ('pending', 'retrying')
"""
RELEASE = "UPDATE webhook_deliveries SET lease_token = NULL, lease_until = 0 WHERE id = :id AND lease_token = :token"
END = """
UPDATE webhook_deliveries SET status = :status, next_attempt_at = NULL, updated_at = :now, sequence = sequence + 1
WHERE endpoint_id = :endpoint_id AND status IN ('pending', 'retrying')
"""


@dataclass(frozen=True, slots=True)
class ClaimedDelivery:
    """A delivery held under a lease with everything its attempt needs.

    `attempts` counts those made before, `redriven_after` those of them that were made before the last redrive.
    """

    id: str
    event_id: str
    endpoint_id: str
    attempts: int
    redriven_after: int
    happened_at: int
    document: str
    url: str
    retry_schedule: Sequence[int] | None
    endpoint_status: str
    endpoint_reason: str | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """An endpoint with open deliveries; `due` is when the next that nobody holds is due, on the business clock."""

    endpoint_id: str
    max_concurrency: int | None
    due: int


async def insert(
    tx: Transaction,
    *,
    id: str,
    account_id: str,
    livemode: bool,
    event_id: str,
    event_type: str,
    endpoint_id: str,
    now: int,
    status: str = "pending",
) -> None:
    """Add a delivery that is due at once, or ends before it began if it is inserted as a dead letter.

    An event goes to an endpoint once, however often it is fanned out.
    """
    await tx.write(
        INSERT,
        {
            "id": id,
            "account_id": account_id,
            "livemode": livemode,
            "event_id": event_id,
            "event_type": event_type,
            "endpoint_id": endpoint_id,
            "status": status,
            "next_attempt_at": now if status == "pending" else None,
            "now": now,
        },
    )


async def waiting(reader: Reader, real_now: int) -> list[Waiting]:
    """The endpoints that are to get something, the longest overdue first. Leases are in real time.

    However much waits for an endpoint, it costs as much as one delivery.
    """
    rows = await reader.fetch_all(SELECT_WAITING, {"real_now": real_now})
    return sorted((Waiting(**row) for row in rows if row["due"] is not None), key=lambda each: each.due)


async def due(reader: Reader, endpoint_id: str, *, now: int, real_now: int, limit: int) -> list[str]:
    """The ids of the deliveries to attempt now at an endpoint, the longest overdue first."""
    rows = await reader.fetch_all(
        SELECT_DUE, {"endpoint_id": endpoint_id, "now": now, "real_now": real_now, "limit": limit}
    )
    return [row["id"] for row in rows]


async def claim(
    tx: Transaction, delivery_id: str, *, token: str, now: int, real_now: int, lease_until: int
) -> ClaimedDelivery | None:
    """Take the lease on a delivery that is due; None if someone else has it."""
    leased = await tx.execute(
        LEASE, {"id": delivery_id, "token": token, "now": now, "real_now": real_now, "lease_until": lease_until}
    )
    row = await tx.fetch_one(SELECT_CLAIMED, {"id": delivery_id}) if leased else None
    return None if row is None else _claimed(row)


async def held(reader: Reader, *, now: int, real_now: int) -> bool:
    """Whether somebody makes an attempt that was due."""
    return await reader.fetch_one(SELECT_HELD, {"now": now, "real_now": real_now}) is not None


async def settle(
    tx: Transaction,
    delivery_id: str,
    *,
    token: str,
    status: str,
    attempts: int,
    next_attempt_at: int | None,
    now: int,
) -> bool:
    """Write down where a delivery stands and give up its lease; False if the lease was lost or it was ended."""
    held = await tx.execute(
        SETTLE,
        {
            "id": delivery_id,
            "token": token,
            "status": status,
            "attempts": attempts,
            "next_attempt_at": next_attempt_at,
            "now": now,
        },
    )
    if not held:
        await tx.execute(RELEASE, {"id": delivery_id, "token": token})
    return bool(held)


async def release(tx: Transaction, delivery_id: str, token: str) -> None:
    """Give a lease back."""
    await tx.execute(RELEASE, {"id": delivery_id, "token": token})


async def end(tx: Transaction, endpoint_id: str, status: str, now: int) -> None:
    """Give up what has not reached an endpoint: as dead letters, or canceled where nobody will ask for it again.

    What is under way keeps its lease, so that a redrive waits until it has ended.
    """
    await tx.execute(END, {"endpoint_id": endpoint_id, "status": status, "now": now})


def _claimed(row: Row) -> ClaimedDelivery:
    values = dict(row)
    if row["retry_schedule"] is not None:
        values["retry_schedule"] = json.loads(row["retry_schedule"])
    return ClaimedDelivery(**values)
