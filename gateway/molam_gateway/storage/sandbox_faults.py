"""The sandbox_faults table: armed faults, consumed in the order they were armed."""

from dataclasses import dataclass

from .port import Reader, Row, Store, Transaction

INSERT = """
INSERT INTO sandbox_faults (id, account_id, kind, operation_id, times, remaining, delay_ms, created_at)
VALUES (:id, :account_id, :kind, :operation_id, :times, :times, :delay_ms, :created_at)
"""
SELECT_NEXT = """
SELECT id, kind, delay_ms FROM sandbox_faults
WHERE account_id = :account_id AND remaining > 0
    AND (operation_id = :operation_id OR (operation_id IS NULL AND :general = 1))
ORDER BY id LIMIT 1
"""
GLANCE = """
SELECT (SELECT offset_ms FROM sandbox_clock WHERE id = 1) AS offset_ms,
    EXISTS (SELECT 1 FROM sandbox_faults WHERE account_id = :account_id AND remaining > 0) AS armed
"""
CONSUME = "UPDATE sandbox_faults SET remaining = remaining - 1 WHERE id = :id AND remaining > 0"


@dataclass(frozen=True, slots=True)
class ArmedFault:
    """A fault that is to happen to one request."""

    kind: str
    delay_ms: int | None


async def arm(
    tx: Transaction,
    *,
    id: str,
    account_id: str,
    kind: str,
    operation_id: str | None,
    times: int,
    delay_ms: int | None,
    created_at: int,
) -> None:
    """Arm a fault for the next `times` requests."""
    await tx.execute(
        INSERT,
        {
            "id": id,
            "account_id": account_id,
            "kind": kind,
            "operation_id": operation_id,
            "times": times,
            "delay_ms": delay_ms,
            "created_at": created_at,
        },
    )


async def glance(reader: Reader, account_id: str) -> tuple[int, bool]:
    """How far the sandbox's clock was advanced, in milliseconds, and whether the account has faults armed."""
    row = await reader.fetch_one(GLANCE, {"account_id": account_id})
    return (0, False) if row is None else (int(row["offset_ms"] or 0), bool(row["armed"]))


async def take(store: Store, *, account_id: str, operation_id: str, general: bool) -> ArmedFault | None:
    """Consume the oldest fault armed for this operation; `general` includes those armed for any."""
    wanted: dict[str, str | int] = {"account_id": account_id, "operation_id": operation_id, "general": int(general)}
    async with store.transaction() as tx:
        while (row := await _next(tx, wanted)) is not None:
            if await tx.execute(CONSUME, {"id": row["id"]}):
                return ArmedFault(row["kind"], row["delay_ms"])
        return None


async def _next(reader: Reader, wanted: dict[str, str | int]) -> Row | None:
    return await reader.fetch_one(SELECT_NEXT, wanted)
