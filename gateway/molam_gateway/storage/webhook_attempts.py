"""The webhook_attempts table: what became of each try to deliver."""

from dataclasses import dataclass

from .port import Reader, Transaction

INSERT = """
INSERT INTO webhook_attempts (delivery_id, number, started_at, duration_ms, status_code, error, excerpt)
VALUES (:delivery_id, :number, :started_at, :duration_ms, :status_code, :error, :excerpt)
"""
SELECT = """
SELECT delivery_id, number, started_at, duration_ms, status_code, error, excerpt FROM webhook_attempts
WHERE delivery_id = :delivery_id ORDER BY number DESC LIMIT :limit
"""


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


async def insert(tx: Transaction, attempt: AttemptRow) -> None:
    """Add a try to the log."""
    await tx.write(
        INSERT,
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


async def latest(reader: Reader, delivery_id: str, limit: int) -> list[AttemptRow]:
    """The last tries of a delivery, oldest first."""
    rows = await reader.fetch_all(SELECT, {"delivery_id": delivery_id, "limit": limit})
    return [AttemptRow(**row) for row in reversed(rows)]
