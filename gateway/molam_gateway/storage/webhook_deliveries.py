"""The webhook_deliveries table: which event must reach which endpoint, and where that stands."""

from dataclasses import dataclass

from .port import Reader, Transaction

INSERT = """
INSERT INTO webhook_deliveries (id, event_id, endpoint_id, status, attempts, next_attempt_at, lease_until, created_at,
    updated_at)
VALUES (:id, :event_id, :endpoint_id, 'pending', 0, :now, 0, :now, :now)
ON CONFLICT (event_id, endpoint_id) DO NOTHING
"""
SELECT_DUE = """
SELECT id, endpoint_id FROM (
    SELECT id, endpoint_id, next_attempt_at,
        ROW_NUMBER() OVER (PARTITION BY endpoint_id ORDER BY next_attempt_at, id) AS place
    FROM webhook_deliveries
    WHERE status IN ('pending', 'retrying') AND next_attempt_at <= :now AND lease_until <= :real_now
) AS ranked
WHERE place <= :per_endpoint ORDER BY place, next_attempt_at, id LIMIT :limit
"""
LEASE = """
UPDATE webhook_deliveries SET lease_token = :token, lease_until = :lease_until
WHERE id = :id AND status IN ('pending', 'retrying') AND lease_until <= :real_now
"""
SELECT_CLAIMED = """
SELECT d.id, d.event_id, d.endpoint_id, d.attempts, e.document, w.url, w.status AS endpoint_status
FROM webhook_deliveries d
JOIN events e ON e.id = d.event_id
JOIN webhook_endpoints w ON w.id = d.endpoint_id
WHERE d.id = :id
"""
SELECT_NEXT_DUE = """
SELECT endpoint_id, MIN(next_attempt_at) AS due FROM webhook_deliveries
WHERE status IN ('pending', 'retrying') AND lease_until <= :real_now
GROUP BY endpoint_id
"""
SETTLE = """
UPDATE webhook_deliveries
SET status = :status, attempts = :attempts, next_attempt_at = :next_attempt_at, lease_token = NULL, lease_until = 0,
    updated_at = :now
WHERE id = :id AND lease_token = :token AND status IN ('pending', 'retrying')
"""
CANCEL = """
UPDATE webhook_deliveries
SET status = 'canceled', next_attempt_at = NULL, lease_token = NULL, lease_until = 0, updated_at = :now
WHERE endpoint_id = :endpoint_id AND status IN ('pending', 'retrying')
"""


@dataclass(frozen=True, slots=True)
class DueDelivery:
    """A delivery whose time has come."""

    id: str
    endpoint_id: str


@dataclass(frozen=True, slots=True)
class ClaimedDelivery:
    """A delivery held under a lease with everything its attempt needs; `attempts` counts those made before."""

    id: str
    event_id: str
    endpoint_id: str
    attempts: int
    document: str
    url: str
    endpoint_status: str


async def insert(tx: Transaction, *, id: str, event_id: str, endpoint_id: str, now: int) -> None:
    """Add a delivery that is due at once; an event goes to an endpoint once, however often it is fanned out."""
    await tx.execute(INSERT, {"id": id, "event_id": event_id, "endpoint_id": endpoint_id, "now": now})


async def due(reader: Reader, *, now: int, real_now: int, per_endpoint: int, limit: int) -> list[DueDelivery]:
    """Deliveries to attempt now, at most `per_endpoint` of each endpoint and the first of each before any second.

    Leases are in real time.
    """
    rows = await reader.fetch_all(
        SELECT_DUE, {"now": now, "real_now": real_now, "per_endpoint": per_endpoint, "limit": limit}
    )
    return [DueDelivery(**row) for row in rows]


async def claim(
    tx: Transaction, delivery_id: str, *, token: str, real_now: int, lease_until: int
) -> ClaimedDelivery | None:
    """Take the lease on a delivery; None if someone else has it."""
    leased = await tx.execute(
        LEASE, {"id": delivery_id, "token": token, "real_now": real_now, "lease_until": lease_until}
    )
    row = await tx.fetch_one(SELECT_CLAIMED, {"id": delivery_id}) if leased else None
    return None if row is None else ClaimedDelivery(**row)


async def next_due(reader: Reader, real_now: int) -> dict[str, int]:
    """For each endpoint, when its next attempt that nobody is making is due, on the business clock."""
    rows = await reader.fetch_all(SELECT_NEXT_DUE, {"real_now": real_now})
    return {row["endpoint_id"]: int(row["due"]) for row in rows}


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
    """Write down where a delivery stands and give up its lease; False if the lease was lost or it was canceled."""
    return bool(
        await tx.execute(
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
    )


async def cancel(tx: Transaction, endpoint_id: str, now: int) -> None:
    """Give up what has not reached an endpoint that is gone."""
    await tx.execute(CANCEL, {"endpoint_id": endpoint_id, "now": now})
