"""The webhook_attempts table: what became of each try to deliver."""

from dataclasses import dataclass

from .port import Transaction

INSERT = """
INSERT INTO webhook_attempts (delivery_id, number, started_at, duration_ms, status_code, error, excerpt)
VALUES (:delivery_id, :number, :started_at, :duration_ms, :status_code, :error, :excerpt)
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
    await tx.execute(
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
