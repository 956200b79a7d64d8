"""Fetches and locks the rows that an attempt is about, always the intent before its charge."""

from typing import TypeVar

from ...domain.attempts import Attempt, AttemptKind, Slot
from ...domain.charges import Charge
from ...domain.payment_intents import PaymentIntent
from ...domain.payouts import Payout
from ...domain.refunds import Refund
from ...storage import attempts, charges, events, payment_intents, payouts, refunds
from ...storage.port import Transaction
from ...storage.tables import Record, Table

R = TypeVar("R", bound=Record)


async def locked(tx: Transaction, table: Table[R], id: str | None) -> R:
    """A row that is known to exist."""
    record = None if id is None else await table.lock(tx, id)
    if record is None:
        raise LookupError(f"{table.name} has no row {id}")
    return record


async def lock_root(tx: Transaction, attempt: Attempt) -> None:
    """Lock the intent or the payout of an attempt: whoever is to decide about one of its attempts does so first."""
    if attempt.payment_intent is None:
        await locked(tx, payouts.TABLE, attempt.subject)
    else:
        await locked(tx, payment_intents.TABLE, attempt.payment_intent)


async def lock_all(tx: Transaction, attempt: Attempt) -> Attempt | None:
    """Lock the root of an attempt and the charge that it is about; what is changing its subject meanwhile, if anything.

    It is all asked at once, with the number of the charge's next event.
    """
    root, id = (
        (payouts.TABLE, attempt.subject)
        if attempt.payment_intent is None
        else (payment_intents.TABLE, attempt.payment_intent)
    )
    charge = (
        [charges.TABLE.locking(tx, attempt.subject), events.numbering(attempt.subject)]
        if attempt.kind in {AttemptKind.CHARGE, AttemptKind.AUTHORIZE}
        else []
    )
    found, changing, *more = await tx.fetch_each(
        root.locking(tx, id), attempts.finding_open(attempt.subject, Slot.CHANGE), *charge
    )
    if root.locked(tx, found) is None:
        raise LookupError(f"{root.name} has no row {id}")
    if more:
        charges.TABLE.locked(tx, more[0])
        events.remember(tx, attempt.subject, more[1])
    return attempts.TABLE.read(changing[0]) if changing and attempt.slot == Slot.OUTCOME else None


async def payment(tx: Transaction, attempt: Attempt) -> tuple[PaymentIntent, Charge]:
    """The intent and the charge of an attempt whose subject is the charge."""
    intent = await locked(tx, payment_intents.TABLE, attempt.payment_intent)
    return intent, await locked(tx, charges.TABLE, attempt.subject)


async def refund(tx: Transaction, attempt: Attempt) -> tuple[PaymentIntent, Charge, Refund]:
    """The refund of an attempt with the charge and the intent that it belongs to."""
    intent = await locked(tx, payment_intents.TABLE, attempt.payment_intent)
    found = await locked(tx, refunds.TABLE, attempt.subject)
    return intent, await locked(tx, charges.TABLE, found.charge), found


async def payout(tx: Transaction, attempt: Attempt) -> Payout:
    """The payout of an attempt."""
    return await locked(tx, payouts.TABLE, attempt.subject)
