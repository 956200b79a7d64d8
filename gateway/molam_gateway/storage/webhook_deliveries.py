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
SELECT_DUE = """
SELECT id, endpoint_id, max_concurrency FROM (
    SELECT d.id, d.endpoint_id, d.next_attempt_at, w.max_concurrency,
        ROW_NUMBER() OVER (PARTITION BY d.endpoint_id ORDER BY d.next_attempt_at, d.id) AS place
    FROM webhook_deliveries d
    JOIN webhook_endpoints w ON w.id = d.endpoint_id
    WHERE d.status IN ('pending', 'retrying') AND d.next_attempt_at <= :now AND d.lease_until <= :real_now
) AS ranked
WHERE place <= COALESCE(max_concurrency, :per_endpoint) ORDER BY place, next_attempt_at, id LIMIT :limit
"""
LEASE = """
UPDATE webhook_deliveries SET lease_token = :token, lease_until = :lease_until
WHERE id = :id AND status IN ('pending', 'retrying') AND next_attempt_at <= :now AND lease_until <= :real_now
"""
SELECT_CLAIMED = """
SELECT d.id, d.event_id, d.endpoint_id, d.attempts, d.redriven_after, e.document, w.url, w.retry_schedule,
    w.status AS endpoint_status, w.status_reason AS endpoint_reason
FROM webhook_deliveries d
JOIN events e ON e.id = d.event_id
JOIN webhook_endpoints w ON w.id = d.endpoint_id
WHERE d.id = :id
"""
SELECT_NEXT_DUE = """
SELECT d.endpoint_id, MAX(w.max_concurrency) AS max_concurrency, MIN(d.next_attempt_at) AS due
FROM webhook_deliveries d
JOIN webhook_endpoints w ON w.id = d.endpoint_id
WHERE d.status IN ('pending', 'retrying') AND d.lease_until <= :real_now
GROUP BY d.endpoint_id
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
class DueDelivery:
    """A delivery whose time has come; `max_concurrency` is its endpoint's own, if it has one."""

    id: str
    endpoint_id: str
    max_concurrency: int | None


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
    document: str
    url: str
    retry_schedule: Sequence[int] | None
    endpoint_status: str
    endpoint_reason: str | None


@dataclass(frozen=True, slots=True)
class NextDue:
    """When an endpoint's next attempt is due, on the business clock."""

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
    await tx.execute(
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


async def due(reader: Reader, *, now: int, real_now: int, per_endpoint: int, limit: int) -> list[DueDelivery]:
    """Deliveries to attempt now, no more of an endpoint than it may have, and the first of each before any second.

    `per_endpoint` is for endpoints that do not say. Leases are in real time.
    """
    rows = await reader.fetch_all(
        SELECT_DUE, {"now": now, "real_now": real_now, "per_endpoint": per_endpoint, "limit": limit}
    )
    return [DueDelivery(**row) for row in rows]


async def claim(
    tx: Transaction, delivery_id: str, *, token: str, now: int, real_now: int, lease_until: int
) -> ClaimedDelivery | None:
    """Take the lease on a delivery that is due; None if someone else has it."""
    leased = await tx.execute(
        LEASE, {"id": delivery_id, "token": token, "now": now, "real_now": real_now, "lease_until": lease_until}
    )
    row = await tx.fetch_one(SELECT_CLAIMED, {"id": delivery_id}) if leased else None
    return None if row is None else _claimed(row)


async def next_due(reader: Reader, real_now: int) -> list[NextDue]:
    """For each endpoint, when its next attempt that nobody is making is due."""
    rows = await reader.fetch_all(SELECT_NEXT_DUE, {"real_now": real_now})
    return [NextDue(**row) for row in rows]


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
