"""The webhook_deliveries table as a list that people read, and what redriving writes to it."""

from dataclasses import dataclass

from .port import Reader, Transaction, Value
from .tables import Table

REDRIVE = """
UPDATE webhook_deliveries
SET status = 'pending', redriven_after = attempts, next_attempt_at = :now, updated_at = :now, sequence = sequence + 1
WHERE id = :id AND status IN ('dead_letter', 'canceled')
"""
REDRIVE_DEAD_LETTERS = """
UPDATE webhook_deliveries
SET status = 'pending', redriven_after = attempts, next_attempt_at = :now, updated_at = :now, sequence = sequence + 1
WHERE status = 'dead_letter' AND id IN (
    SELECT d.id FROM webhook_deliveries d
    JOIN webhook_endpoints w ON w.id = d.endpoint_id
    WHERE d.account_id = :account_id AND d.livemode = :livemode AND d.status = 'dead_letter' AND w.status = 'enabled'
        AND (CAST(:endpoint_id AS TEXT) IS NULL OR d.endpoint_id = :endpoint_id)
        AND (CAST(:event_type AS TEXT) IS NULL OR d.event_type = :event_type)
        AND d.created_at >= :created_from AND d.created_at <= :created_to
    ORDER BY d.id LIMIT :limit
)
"""
SELECT_DEAD_LETTER = """
SELECT d.id FROM webhook_deliveries d
JOIN webhook_endpoints w ON w.id = d.endpoint_id
WHERE d.account_id = :account_id AND d.livemode = :livemode AND d.status = 'dead_letter' AND w.status = 'enabled'
    AND (CAST(:endpoint_id AS TEXT) IS NULL OR d.endpoint_id = :endpoint_id)
    AND (CAST(:event_type AS TEXT) IS NULL OR d.event_type = :event_type)
    AND d.created_at >= :created_from AND d.created_at <= :created_to
LIMIT 1
"""
_FOREVER = 2**63 - 1


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """A delivery as the API shows it; `attempts` counts them."""

    id: str
    account_id: str
    livemode: bool
    event_id: str
    event_type: str
    endpoint_id: str
    status: str
    attempts: int
    next_attempt_at: int | None
    created_at: int
    updated_at: int
    sequence: int


TABLE = Table("webhook_deliveries", DeliveryRow, filters=("endpoint_id", "event_id", "status"))


@dataclass(frozen=True, slots=True)
class DeadLetters:
    """Which dead letters of an account; None and the defaults exclude none. Times are those of the deliveries."""

    account_id: str
    livemode: bool
    endpoint_id: str | None = None
    event_type: str | None = None
    created_from: int = 0
    created_to: int = _FOREVER

    @property
    def parameters(self) -> dict[str, Value]:
        """The values of the statements' parameters."""
        return {
            "account_id": self.account_id,
            "livemode": self.livemode,
            "endpoint_id": self.endpoint_id,
            "event_type": self.event_type,
            "created_from": self.created_from,
            "created_to": self.created_to,
        }


async def redrive(tx: Transaction, delivery_id: str, now: int) -> bool:
    """Let an ended delivery begin anew, due at once; False if it has not ended without success.

    A lease that its last attempt still holds stays: the new attempt waits for it.
    """
    return bool(await tx.execute(REDRIVE, {"id": delivery_id, "now": now}))


async def redrive_dead_letters(tx: Transaction, chosen: DeadLetters, *, limit: int, now: int) -> int:
    """Let the oldest of the chosen dead letters begin anew, those to enabled endpoints only; returns how many."""
    return await tx.execute(REDRIVE_DEAD_LETTERS, {**chosen.parameters, "limit": limit, "now": now})


async def any_dead_letter(reader: Reader, chosen: DeadLetters) -> bool:
    """Whether there is a chosen dead letter to an enabled endpoint."""
    return await reader.fetch_one(SELECT_DEAD_LETTER, chosen.parameters) is not None
