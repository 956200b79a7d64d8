"""The idempotency_keys table: who runs a key, how far it came and what was answered."""

from .port import Parameters, Reader, Row, Transaction

INSERT = """
INSERT INTO idempotency_keys (account_id, livemode, key, fingerprint, fingerprint_version, operation_id, request_id,
    lease_token, lease_until, created_at)
VALUES (:account_id, :livemode, :key, :fingerprint, :fingerprint_version, :operation_id, :request_id,
    :lease_token, :lease_until, :created_at)
ON CONFLICT (account_id, livemode, key) DO NOTHING
RETURNING key
"""
"""Answers a row if the key is new."""

SELECT = """
SELECT fingerprint, fingerprint_version, request_id, recovery_point, lease_token, lease_until, status, headers, body,
    encrypted, expires_at
FROM idempotency_keys
WHERE account_id = :account_id AND livemode = :livemode AND key = :key
"""
DELETE_EXPIRED = """
DELETE FROM idempotency_keys
WHERE account_id = :account_id AND livemode = :livemode AND key = :key AND expires_at <= :now
"""
EXPIRED = """
SELECT account_id, livemode, key FROM idempotency_keys WHERE expires_at <= :now ORDER BY expires_at LIMIT :limit
"""
UNFINISHED = """
SELECT k.account_id, k.livemode, k.key, k.fingerprint, k.operation_id, k.request_id, k.lease_token, k.recovery_point
FROM idempotency_keys k JOIN attempts a ON a.id = k.recovery_point
WHERE k.status IS NULL AND k.lease_until <= :real_now AND a.state NOT IN ('sending', 'unsent', 'pending', 'unknown')
ORDER BY k.lease_until LIMIT :limit OFFSET :skipped
"""
ABANDONED = """
SELECT k.account_id, k.livemode, k.key, k.lease_token FROM idempotency_keys k
WHERE k.status IS NULL AND k.lease_until <= :real_now AND k.created_at <= :before
    AND NOT EXISTS (SELECT 1 FROM attempts a WHERE a.id = k.recovery_point)
ORDER BY k.lease_until LIMIT :limit
"""
DELETE_ABANDONED = """
DELETE FROM idempotency_keys
WHERE account_id = :account_id AND livemode = :livemode AND key = :key AND status IS NULL AND lease_token = :lease_token
    AND lease_until <= :real_now
"""
TAKE_OVER = """
UPDATE idempotency_keys SET lease_token = :new_token, lease_until = :lease_until
WHERE account_id = :account_id AND livemode = :livemode AND key = :key AND status IS NULL AND lease_token = :lease_token
"""
REACH = """
UPDATE idempotency_keys SET recovery_point = :recovery_point
WHERE account_id = :account_id AND livemode = :livemode AND key = :key AND lease_token = :lease_token
"""
RELEASE = """
UPDATE idempotency_keys SET lease_until = 0
WHERE account_id = :account_id AND livemode = :livemode AND key = :key AND status IS NULL AND lease_token = :lease_token
"""
FINISH = """
UPDATE idempotency_keys
SET status = :status, headers = :headers, body = :body, encrypted = :encrypted, expires_at = :expires_at
WHERE account_id = :account_id AND livemode = :livemode AND key = :key AND status IS NULL AND lease_token = :lease_token
"""


async def purge(tx: Transaction, *, now: int, limit: int) -> int:
    """Delete what has expired, the oldest first; returns how many. What is still running has no expiry and stays."""
    expired = await tx.fetch_all(EXPIRED + tx.skip_locked, {"now": now, "limit": limit})
    for row in expired:
        await tx.execute(DELETE_EXPIRED, {**row, "now": now})
    return len(expired)


async def unfinished(reader: Reader, *, real_now: int, limit: int, skipped: int) -> list[Row]:
    """The keys that nobody runs and whose attempt has its outcome, but for the first `skipped`."""
    return await reader.fetch_all(UNFINISHED, {"real_now": real_now, "limit": limit, "skipped": skipped})


async def abandon(tx: Transaction, *, real_now: int, before: int, limit: int) -> int:
    """Delete keys that nobody runs, that sent nothing and that are this old; returns how many."""
    rows = await tx.fetch_all(ABANDONED, {"real_now": real_now, "before": before, "limit": limit})
    for row in rows:
        await tx.execute(DELETE_ABANDONED, {**row, "real_now": real_now})
    return len(rows)


async def select(tx: Transaction, key: Parameters) -> Row | None:
    """The row of an account's key, locked."""
    return await tx.fetch_one(SELECT + tx.for_update, key)
