"""What waits to be done, over all accounts: a few index reads, for those who watch over the gateway."""

from dataclasses import dataclass

from .port import Reader

OPEN_ATTEMPTS = """
SELECT state, COUNT(*) AS number, MIN(created_at) AS oldest FROM attempts
WHERE state IN ('sending', 'unsent', 'pending', 'unknown') GROUP BY state
"""
DUE_JOBS = """
SELECT kind, COUNT(*) AS number, MIN(due_at) AS oldest FROM jobs
WHERE due_at <= :now AND lease_until <= :real_now GROUP BY kind
"""
OUTBOX = "SELECT COUNT(*) AS number, MIN(created_at) AS oldest FROM events WHERE NOT fanned_out"
DUE_DELIVERIES = """
SELECT COUNT(*) AS number, MIN(next_attempt_at) AS oldest FROM webhook_deliveries
WHERE status IN ('pending', 'retrying') AND next_attempt_at <= :now
"""
DEAD_LETTERS = "SELECT COUNT(*) AS number FROM webhook_deliveries WHERE status = 'dead_letter'"
OPEN_CASES = """
SELECT kind, COUNT(*) AS number, MIN(created_at) AS oldest FROM operator_cases WHERE status = 'open' GROUP BY kind
"""
UNSEALED = "SELECT COUNT(*) AS number FROM audit_unsealed"


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many there are; `oldest` is in milliseconds of unix time, None if there are none."""

    name: str
    number: int
    oldest: int | None


@dataclass(frozen=True, slots=True)
class Backlog:
    """All that waits, by state or kind where there are several."""

    open_attempts: list[Waiting]
    due_jobs: list[Waiting]
    outbox: Waiting
    due_deliveries: Waiting
    dead_letters: int
    open_cases: list[Waiting]
    unsealed: int


async def read(reader: Reader, *, now: int, real_now: int) -> Backlog:
    """What waits now; `now` is on the business clock."""
    return Backlog(
        await _by(reader, OPEN_ATTEMPTS, "state", {}),
        await _by(reader, DUE_JOBS, "kind", {"now": now, "real_now": real_now}),
        await _one(reader, OUTBOX, {}),
        await _one(reader, DUE_DELIVERIES, {"now": now}),
        await _count(reader, DEAD_LETTERS),
        await _by(reader, OPEN_CASES, "kind", {}),
        await _count(reader, UNSEALED),
    )


async def _by(reader: Reader, sql: str, column: str, parameters: dict[str, int]) -> list[Waiting]:
    rows = await reader.fetch_all(sql, parameters)
    return [Waiting(row[column], row["number"], row["oldest"]) for row in rows]


async def _one(reader: Reader, sql: str, parameters: dict[str, int]) -> Waiting:
    row = await reader.fetch_one(sql, parameters)
    return Waiting("", 0, None) if row is None else Waiting("", row["number"], row["oldest"])


async def _count(reader: Reader, sql: str) -> int:
    row = await reader.fetch_one(sql, {})
    return 0 if row is None else int(row["number"])
