"""The jobs table: work that is due at a moment of business time, claimed with leases of real time."""

from datetime import datetime

from ..domain.times import milliseconds
from .port import Parameters, Reader, Row, Transaction

SCHEDULE = """
INSERT INTO jobs (kind, subject, due_at, lease_until, lease_token, attempts)
VALUES (:kind, :subject, :due_at, 0, NULL, 0)
ON CONFLICT (kind, subject) DO UPDATE SET due_at = excluded.due_at, lease_until = 0, lease_token = NULL, attempts = 0
"""
ENSURE = """
INSERT INTO jobs (kind, subject, due_at, lease_until, lease_token, attempts)
VALUES (:kind, :subject, :due_at, 0, NULL, 0)
ON CONFLICT (kind, subject) DO NOTHING
"""
DUE = """
SELECT kind, subject, attempts FROM jobs
WHERE due_at <= :now AND lease_until <= :real_now AND kind <> :except_kind
ORDER BY due_at, kind, subject LIMIT :limit
"""
CLAIM = """
UPDATE jobs SET lease_until = :lease_until, lease_token = :lease_token, attempts = attempts + 1
WHERE kind = :kind AND subject = :subject AND due_at <= :now AND lease_until <= :real_now
"""
DONE = "DELETE FROM jobs WHERE kind = :kind AND subject = :subject AND lease_token = :lease_token"
AGAIN = """
UPDATE jobs SET due_at = :due_at, lease_until = 0, lease_token = NULL
WHERE kind = :kind AND subject = :subject AND lease_token = :lease_token
"""
CANCEL = "DELETE FROM jobs WHERE kind = :kind AND subject = :subject"
HELD = "SELECT 1 AS held FROM jobs WHERE due_at <= :now AND lease_until > :real_now LIMIT 1"
NEXT_DUE = "SELECT MIN(due_at) AS due_at FROM jobs WHERE lease_until <= :real_now AND kind <> :except_kind"


async def schedule(tx: Transaction, kind: str, subject: str, due_at: datetime) -> None:
    """Plan one job per kind and subject; an earlier plan is replaced, even while it runs."""
    await tx.write(SCHEDULE, {"kind": kind, "subject": subject, "due_at": milliseconds(due_at)})


async def ensure(tx: Transaction, kind: str, subject: str, due_at: datetime) -> None:
    """Plan a job unless there is one."""
    await tx.write(ENSURE, {"kind": kind, "subject": subject, "due_at": milliseconds(due_at)})


async def cancel(tx: Transaction, kind: str, subject: str) -> None:
    """Forget a job."""
    await tx.write(CANCEL, {"kind": kind, "subject": subject})


async def claim(
    tx: Transaction,
    *,
    token: str,
    now: datetime,
    real_now: datetime,
    until: datetime,
    limit: int,
    except_kind: str | None = None,
) -> list[Row]:
    """Lease due jobs of all kinds but one, oldest first."""
    moments: Parameters = {"now": milliseconds(now), "real_now": milliseconds(real_now)}
    due = await tx.fetch_all(DUE + tx.skip_locked, {**moments, "limit": limit, "except_kind": except_kind or ""})
    lease: Parameters = {**moments, "lease_until": milliseconds(until), "lease_token": token}
    return [row for row in due if await tx.execute(CLAIM, {**lease, "kind": row["kind"], "subject": row["subject"]})]


async def done(tx: Transaction, kind: str, subject: str, token: str) -> None:
    """Forget a job that was carried out, unless it was planned anew meanwhile."""
    await tx.write(DONE, {"kind": kind, "subject": subject, "lease_token": token})


async def again(tx: Transaction, kind: str, subject: str, token: str, due_at: datetime) -> None:
    """Give a leased job back, to be run at `due_at`."""
    await tx.write(AGAIN, {"kind": kind, "subject": subject, "lease_token": token, "due_at": milliseconds(due_at)})


async def held(reader: Reader, *, now: datetime, real_now: datetime) -> bool:
    """Whether somebody runs a job that was due."""
    moments: Parameters = {"now": milliseconds(now), "real_now": milliseconds(real_now)}
    return await reader.fetch_one(HELD, moments) is not None


async def next_due(reader: Reader, real_now: datetime, except_kind: str | None = None) -> int | None:
    """When the next job that nobody holds becomes due, in stored business time; one kind can be left out."""
    row = await reader.fetch_one(NEXT_DUE, {"real_now": milliseconds(real_now), "except_kind": except_kind or ""})
    return None if row is None else row["due_at"]
