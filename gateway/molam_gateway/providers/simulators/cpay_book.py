"""CPay's own book: what it was told and which money it moved, in tables that the gateway never writes."""

from dataclasses import asdict, dataclass, fields
from typing import Any

from ...domain.times import rfc3339
from ...storage.port import Reader, Row, Transaction

SELECT_DUE = """
SELECT * FROM cpay_operations
WHERE account_id = :account_id AND livemode = :livemode AND (settles_at <= :now OR revises_at <= :now)
ORDER BY created_at, reference
"""
SELECT_OPERATION = "SELECT * FROM cpay_operations WHERE reference = :reference"
SELECT_BY_ACTION = "SELECT * FROM cpay_operations WHERE action_token = :action_token"
INSERT_OPERATION = """
INSERT INTO cpay_operations (reference, account_id, livemode, kind, amount, currency, parent_reference, behaviour,
    status, transaction_id, decline_code, begins_at, settles_at, settles_to, revises_at, action_token,
    payment_intent, charge, refund, payout, created_at)
VALUES (:reference, :account_id, :livemode, :kind, :amount, :currency, :parent_reference, :behaviour,
    :status, :transaction_id, :decline_code, :begins_at, :settles_at, :settles_to, :revises_at, :action_token,
    :payment_intent, :charge, :refund, :payout, :created_at)
"""
UPDATE_OPERATION = """
UPDATE cpay_operations
SET status = :status, behaviour = :behaviour, decline_code = :decline_code, begins_at = :begins_at,
    settles_at = :settles_at, settles_to = :settles_to,
    revises_at = :revises_at
WHERE reference = :reference
"""
INSERT_MOVEMENT = """
INSERT INTO cpay_movements (id, account_id, livemode, kind, amount, currency, payment_intent, charge, refund, payout,
    provider_reference, created_at)
VALUES (:id, :account_id, :livemode, :kind, :amount, :currency, :payment_intent, :charge, :refund, :payout,
    :provider_reference, :created_at)
"""
SELECT_MOVEMENTS = """
SELECT * FROM cpay_movements
WHERE account_id = :account_id AND livemode = :livemode
    AND (CAST(:payment_intent AS TEXT) IS NULL OR payment_intent = :payment_intent)
ORDER BY created_at, id
"""


@dataclass(frozen=True, slots=True)
class Operation:
    """One instruction as CPay has it; moments are business time in milliseconds.

    `status` is one of pending, action, authorized, captured, succeeded, failed, canceled, reversed.
    """

    reference: str
    account_id: str
    livemode: bool
    kind: str
    amount: int
    currency: str
    parent_reference: str | None
    behaviour: str
    status: str
    transaction_id: str
    decline_code: str | None
    begins_at: int | None
    settles_at: int | None
    settles_to: str | None
    revises_at: int | None
    action_token: str | None
    payment_intent: str | None
    charge: str | None
    refund: str | None
    payout: str | None
    created_at: int


@dataclass(frozen=True, slots=True)
class Movement:
    """Money that moved."""

    id: str
    account_id: str
    livemode: bool
    kind: str
    amount: int
    currency: str
    payment_intent: str | None
    charge: str | None
    refund: str | None
    payout: str | None
    provider_reference: str
    created_at: int


def movement_of(operation: Operation, id: str, kind: str, at: int) -> Movement:
    """The movement that an operation causes."""
    return Movement(
        id=id,
        account_id=operation.account_id,
        livemode=operation.livemode,
        kind=kind,
        amount=operation.amount,
        currency=operation.currency,
        payment_intent=operation.payment_intent,
        charge=operation.charge,
        refund=operation.refund,
        payout=operation.payout,
        provider_reference=operation.reference,
        created_at=at,
    )


def view(movement: Movement) -> dict[str, object]:
    """The API form."""
    return {
        "object": "ledger_movement",
        "id": movement.id,
        "kind": movement.kind,
        "amount": movement.amount,
        "currency": movement.currency,
        "payment_intent": movement.payment_intent,
        "charge": movement.charge,
        "refund": movement.refund,
        "payout": movement.payout,
        "provider_reference": movement.provider_reference,
        "livemode": movement.livemode,
        "created_at": rfc3339(movement.created_at),
    }


async def find(tx: Transaction, reference: str) -> Operation | None:
    """The operation of this reference, locked."""
    return _operation(await tx.fetch_one(SELECT_OPERATION + tx.for_update, {"reference": reference}))


async def find_action(tx: Transaction, action_token: str) -> Operation | None:
    """The operation that waits for the customer at this address, locked."""
    return _operation(await tx.fetch_one(SELECT_BY_ACTION + tx.for_update, {"action_token": action_token}))


async def due(tx: Transaction, account_id: str, livemode: bool, now: int) -> list[Operation]:
    """The operations whose time to settle or to be taken back has come, locked."""
    rows = await tx.fetch_all(SELECT_DUE + tx.for_update, {"account_id": account_id, "livemode": livemode, "now": now})
    return [operation for operation in map(_operation, rows) if operation is not None]


async def insert(tx: Transaction, operation: Operation) -> None:
    """Write an operation down."""
    await tx.write(INSERT_OPERATION, asdict(operation))


async def update(tx: Transaction, operation: Operation) -> None:
    """Write down what became of an operation."""
    await tx.write(
        UPDATE_OPERATION,
        {
            "reference": operation.reference,
            "status": operation.status,
            "behaviour": operation.behaviour,
            "decline_code": operation.decline_code,
            "begins_at": operation.begins_at,
            "settles_at": operation.settles_at,
            "settles_to": operation.settles_to,
            "revises_at": operation.revises_at,
        },
    )


async def move(tx: Transaction, movement: Movement) -> None:
    """Write a movement of money down."""
    await tx.write(INSERT_MOVEMENT, asdict(movement))


async def movements(reader: Reader, account_id: str, livemode: bool, payment_intent: str | None) -> list[Movement]:
    """The account's movements, oldest first."""
    rows = await reader.fetch_all(
        SELECT_MOVEMENTS, {"account_id": account_id, "livemode": livemode, "payment_intent": payment_intent}
    )
    return [Movement(**_values(Movement, row)) for row in rows]


def _operation(row: Row | None) -> Operation | None:
    return None if row is None else Operation(**_values(Operation, row))


def _values(record: type[Operation | Movement], row: Row) -> dict[str, Any]:
    return {f.name: bool(row[f.name]) if f.type is bool else row[f.name] for f in fields(record)}
