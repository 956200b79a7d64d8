"""The webhook_deliveries and webhook_attempts tables: what must reach whom, and what became of each try."""

from dataclasses import dataclass

from .port import Reader, Transaction

SELECT_OUTBOX = """
SELECT id, account_id, livemode, type, created_at FROM events
WHERE NOT fanned_out ORDER BY id LIMIT :limit
"""
MARK_FANNED_OUT = "UPDATE events SET fanned_out = TRUE WHERE id = :event_id"
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
WHERE place <= :per_endpoint ORDER BY next_attempt_at, id LIMIT :limit
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
SELECT MIN(next_attempt_at) AS due FROM webhook_deliveries
WHERE status IN ('pending', 'retrying') AND lease_until <= :real_now
"""
SETTLE = """
UPDATE webhook_deliveries
SET status = :status, attempts = :attempts, next_attempt_at = :next_attempt_at, lease_token = NULL, lease_until = 0,
    updated_at = :now
WHERE id = :id AND lease_token = :token
"""
INSERT_ATTEMPT = """
INSERT INTO webhook_attempts (delivery_id, number, started_at, duration_ms, status_code, error, excerpt)
VALUES (:delivery_id, :number, :started_at, :duration_ms, :status_code, :error, :excerpt)
"""
CANCEL = """
UPDATE webhook_deliveries SET status = 'canceled', next_attempt_at = NULL, updated_at = :now
WHERE endpoint_id = :endpoint_id AND status IN ('pending', 'retrying')
"""


@dataclass(frozen=True, slots=True)
class OutboxEvent:
    """An event that was not yet turned into deliveries."""

    id: str
    account_id: str
    livemode: bool
    type: str
    created_at: int


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


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """One try; `started_at` is real time."""

    delivery_id: str
    number: int
    started_at: int
    duration_ms: int
    status_code: int | None
    error: str | None
    excerpt: str


async def outbox(reader: Reader, limit: int) -> list[OutboxEvent]:
    """The oldest events without deliveries."""
    rows = await reader.fetch_all(SELECT_OUTBOX, {"limit": limit})
    return [
        OutboxEvent(row["id"], row["account_id"], bool(row["livemode"]), row["type"], row["created_at"]) for row in rows
    ]


async def mark_fanned_out(tx: Transaction, event_id: str) -> None:
    """Take an event out of the outbox."""
    await tx.execute(MARK_FANNED_OUT, {"event_id": event_id})


async def insert(tx: Transaction, *, id: str, event_id: str, endpoint_id: str, now: int) -> None:
    """Add a delivery that is due at once; an event goes to an endpoint once, however often it is fanned out."""
    await tx.execute(INSERT, {"id": id, "event_id": event_id, "endpoint_id": endpoint_id, "now": now})


async def due(reader: Reader, *, now: int, real_now: int, per_endpoint: int, limit: int) -> list[DueDelivery]:
    """Deliveries to attempt now, at most `per_endpoint` of each endpoint; leases are in real time."""
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


async def next_due(reader: Reader, real_now: int) -> int | None:
    """When the next attempt that nobody is making is due, on the business clock."""
    row = await reader.fetch_one(SELECT_NEXT_DUE, {"real_now": real_now})
    return None if row is None or row["due"] is None else int(row["due"])


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
    """Write down where a delivery stands and give up its lease; False if the lease was lost."""
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


async def record_attempt(tx: Transaction, attempt: AttemptRow) -> None:
    """Add a try to the log."""
    await tx.execute(
        INSERT_ATTEMPT,
        {
            "delivery_id": attempt.delivery_id,
            "number": attempt.number,
            "started_at": attempt.started_at,
            "duration_ms": attempt.duration_ms,
            "status_code": attempt.status_code,
            "error": attempt.error,
            "excerpt": attempt.excerpt,
        },
    )


async def cancel(tx: Transaction, endpoint_id: str, now: int) -> None:
    """Give up what has not reached an endpoint that is gone."""
    await tx.execute(CANCEL, {"endpoint_id": endpoint_id, "now": now})
