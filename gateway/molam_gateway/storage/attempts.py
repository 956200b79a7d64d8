"""The attempts table: what was sent to a provider, guarded by leases with fencing tokens."""

from datetime import datetime

from ..domain.attempts import Attempt
from ..domain.times import milliseconds
from .port import Parameters, Question, Reader, Transaction
from .tables import Table

TABLE = Table("attempts", Attempt)
RECONCILE = "attempt.reconcile"
"""The job that asks a provider what became of an attempt."""

SELECT_OPEN = """
SELECT * FROM attempts
WHERE subject = :subject AND slot = :slot AND state IN ('sending', 'unsent', 'pending', 'unknown')
"""
SELECT_OPEN_OF_INTENT = """
SELECT id FROM attempts
WHERE payment_intent = :payment_intent AND state IN ('sending', 'pending', 'unknown')
ORDER BY id
"""
SELECT_VOID = """
SELECT id FROM attempts
WHERE subject = :subject AND kind = 'void' AND state <> 'failed' AND state <> 'canceled'
"""
SELECT_BY_REFERENCE = "SELECT * FROM attempts WHERE provider_reference = :provider_reference"
SELECT_BY_HANDLE = """
SELECT * FROM attempts WHERE handle = :handle AND provider = :provider ORDER BY created_at DESC, id DESC
"""
SELECT_BY_ACCOUNT_REFERENCE = "SELECT * FROM attempts WHERE account_reference = :account_reference"
SELECT_WITHOUT_RECEIPT = """
SELECT * FROM attempts
WHERE account_id = :account_id AND livemode = :livemode AND provider = :provider
    AND amount = :amount AND currency = :currency AND kind IN ('charge', 'capture')
    AND created_at BETWEEN :since AND :until
    AND (state IN ('sending', 'pending', 'unknown')
        OR (state = 'succeeded' AND transaction_id IN (handle, provider_reference)))
ORDER BY id LIMIT 5
"""
TAKE_LEASE = """
UPDATE attempts SET lease_token = :lease_token, lease_until = :lease_until
WHERE id = :id AND lease_until <= :real_now AND state IN ('sending', 'pending', 'unknown')
"""
SEND_AGAIN = """
UPDATE attempts
SET state = 'sending', lease_token = :lease_token, lease_until = :lease_until, sequence = sequence + 1
WHERE id = :id AND lease_until <= :real_now AND state = 'unsent'
"""
NOT_SENT = """
UPDATE attempts
SET state = 'unsent', lease_token = NULL, lease_until = 0, sequence = sequence + 1, updated_at = :now
WHERE id = :id AND lease_token = :lease_token AND state = 'sending'
RETURNING *
"""
CONCLUDE = """
UPDATE attempts
SET state = :state, lease_token = NULL, lease_until = 0, polls = polls + 1, sequence = sequence + 1,
    updated_at = :now, handle = COALESCE(:handle, handle), failure_code = :failure_code,
    transaction_id = COALESCE(:transaction_id, transaction_id)
WHERE id = :id AND lease_token = :lease_token AND state IN ('sending', 'unsent', 'pending', 'unknown')
RETURNING *
"""
REMEMBER_HANDLE = "UPDATE attempts SET handle = :handle WHERE id = :id AND handle IS NULL"
REVISE = """
UPDATE attempts
SET state = :state, transaction_id = :transaction_id, failure_code = :failure_code, sequence = sequence + 1,
    updated_at = :now
WHERE id = :id AND state = :was
"""
CLOSE_VOID = """
UPDATE attempts
SET state = 'failed', failure_code = :failure_code, lease_token = NULL, lease_until = 0, sequence = sequence + 1,
    updated_at = :now
WHERE id = :id AND kind = 'void' AND state IN ('sending', 'unsent', 'pending', 'unknown')
RETURNING *
"""
RELEASE = "UPDATE attempts SET lease_token = NULL, lease_until = 0 WHERE id = :id AND lease_token = :lease_token"
WITHDRAW = """
UPDATE attempts
SET state = 'canceled', lease_token = NULL, lease_until = 0, sequence = sequence + 1, updated_at = :now
WHERE subject = :subject AND slot = :slot AND state IN ('sending', 'unsent', 'pending', 'unknown')
"""


async def find(reader: Reader, id: str) -> Attempt:
    """The attempt of this id, which is known to exist."""
    row = await reader.fetch_one(TABLE.select_sql, {"id": id})
    if row is None:
        raise LookupError(f"there is no attempt {id}")
    return TABLE.read(row)


async def find_or_none(reader: Reader, id: str) -> Attempt | None:
    """The attempt of this id, if there is one."""
    row = await reader.fetch_one(TABLE.select_sql, {"id": id})
    return None if row is None else TABLE.read(row)


async def find_open(reader: Reader, subject: str, slot: str) -> Attempt | None:
    """The attempt whose outcome is still to come."""
    row = await reader.fetch_one(*finding_open(subject, slot))
    return None if row is None else TABLE.read(row)


def finding_open(subject: str, slot: str) -> Question:
    """What `find_open` asks, to be asked together with other questions."""
    return SELECT_OPEN, {"subject": subject, "slot": slot}


async def open_of_intent(reader: Reader, payment_intent: str) -> list[str]:
    """The attempts about a payment intent, refunds included, whose outcome is still to come, oldest first."""
    rows = await reader.fetch_all(SELECT_OPEN_OF_INTENT, {"payment_intent": payment_intent})
    return [row["id"] for row in rows]


async def called_off(reader: Reader, subject: str) -> bool:
    """Whether a void of this subject was carried out, or still may be."""
    return await reader.fetch_one(SELECT_VOID, {"subject": subject}) is not None


async def find_by_reference(reader: Reader, provider_reference: str) -> Attempt | None:
    """The attempt that the provider knows by this reference."""
    row = await reader.fetch_one(SELECT_BY_REFERENCE, {"provider_reference": provider_reference})
    return None if row is None else TABLE.read(row)


async def find_by_handle(reader: Reader, provider: str, handle: str) -> list[Attempt]:
    """The attempts that a provider calls by this name of its own, newest first."""
    return [
        TABLE.read(row) for row in await reader.fetch_all(SELECT_BY_HANDLE, {"provider": provider, "handle": handle})
    ]


async def find_by_account_reference(reader: Reader, account_reference: str) -> Attempt | None:
    """The attempt that a customer names so, typed as it was given out."""
    row = await reader.fetch_one(SELECT_BY_ACCOUNT_REFERENCE, {"account_reference": account_reference})
    return None if row is None else TABLE.read(row)


async def without_receipt(
    reader: Reader, at: tuple[str, bool, str], money: tuple[int, str], since: int, until: int
) -> list[Attempt]:
    """Some payments of an account and mode at a provider (`at`) of this amount and currency that no receipt stands for.

    They are paid or may be paid yet, and began between the two moments.
    """
    (account_id, livemode, provider), (amount, currency) = at, money
    values: Parameters = {
        "account_id": account_id,
        "livemode": livemode,
        "provider": provider,
        "amount": amount,
        "currency": currency,
        "since": since,
        "until": until,
    }
    return [TABLE.read(row) for row in await reader.fetch_all(SELECT_WITHOUT_RECEIPT, values)]


async def take_lease(tx: Transaction, id: str, *, token: str, until: datetime, real_now: datetime) -> bool:
    """Become the one who may conclude an open attempt, unless somebody else still is."""
    taken = await tx.execute(
        TAKE_LEASE,
        {
            "id": id,
            "lease_token": token,
            "lease_until": milliseconds(until),
            "real_now": milliseconds(real_now),
        },
    )
    return bool(taken)


async def send_again(tx: Transaction, id: str, *, token: str, until: datetime, real_now: datetime) -> bool:
    """Mark what never reached the provider as being sent, under a lease; False if it is not such an attempt."""
    marked = await tx.execute(
        SEND_AGAIN,
        {
            "id": id,
            "lease_token": token,
            "lease_until": milliseconds(until),
            "real_now": milliseconds(real_now),
        },
    )
    return bool(marked)


async def not_sent(tx: Transaction, id: str, *, token: str, now: datetime) -> Attempt | None:
    """Write down that nothing reached the provider and give the lease back; None if the lease was lost."""
    row = await tx.fetch_one(NOT_SENT, {"id": id, "lease_token": token, "now": milliseconds(now)})
    return None if row is None else TABLE.read(row)


async def conclude(
    tx: Transaction,
    id: str,
    *,
    token: str,
    state: str,
    now: datetime,
    handle: str | None = None,
    failure_code: str | None = None,
    transaction_id: str | None = None,
) -> Attempt | None:
    """Write an outcome down and give the lease back; None if the lease was lost in the meantime."""
    row = await tx.fetch_one(
        CONCLUDE,
        {
            "id": id,
            "lease_token": token,
            "state": state,
            "now": milliseconds(now),
            "handle": handle,
            "failure_code": failure_code,
            "transaction_id": transaction_id,
        },
    )
    return None if row is None else TABLE.read(row)


async def remember_handle(tx: Transaction, id: str, handle: str | None) -> None:
    """Keep what the provider calls an attempt, which may be told only once, even where the lease was lost meanwhile."""
    if handle is not None:
        await tx.write(REMEMBER_HANDLE, {"id": id, "handle": handle})


async def revise(tx: Transaction, before: Attempt, after: Attempt, now: datetime) -> bool:
    """Write what became of a final attempt afterwards; False if its state is another one by now."""
    values: Parameters = {
        "id": before.id,
        "was": before.state,
        "state": after.state,
        "transaction_id": after.transaction_id,
        "failure_code": after.failure_code,
        "now": milliseconds(now),
    }
    return bool(await tx.execute(REVISE, values))


async def close_void(tx: Transaction, id: str, failure_code: str, now: datetime) -> Attempt | None:
    """Fail a void whose outcome no longer matters, whoever holds its lease; None if it has one."""
    row = await tx.fetch_one(CLOSE_VOID, {"id": id, "failure_code": failure_code, "now": milliseconds(now)})
    return None if row is None else TABLE.read(row)


async def release(tx: Transaction, id: str, *, token: str) -> None:
    """Give a lease back without an outcome."""
    await tx.write(RELEASE, {"id": id, "lease_token": token})


async def withdraw(tx: Transaction, subject: str, slot: str, *, now: datetime) -> None:
    """Close what was open because a void took it back."""
    await tx.write(WITHDRAW, {"subject": subject, "slot": slot, "now": milliseconds(now)})
