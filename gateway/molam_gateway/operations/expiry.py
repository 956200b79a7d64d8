"""Cancels payment intents that nobody paid in time."""

from dataclasses import replace
from datetime import datetime, timedelta

from ..domain import payment_intents
from ..domain.attempts import AttemptKind, Slot
from ..domain.times import milliseconds, moment
from ..domain.transitions import terminal
from ..services import Services
from ..storage import attempts
from ..storage import charges as charge_rows
from ..storage.payment_intents import TABLE
from ..storage.port import Transaction
from . import charging
from .phases import Sending, send_unasked
from .recorder import recorder
from .settlement import rows

EXPIRE = "payment_intent.expire"
"""The job that looks at an intent when its time is over."""

_LATER = timedelta(hours=1)


async def expire(services: Services, intent_id: str) -> datetime | None:
    """Cancel an unpaid intent, calling off what the provider holds; when to look again if it is not over yet."""
    again: list[datetime] = []

    async def prepare(tx: Transaction) -> Sending | None:
        write = recorder(services, tx, None, action=EXPIRE)
        intent = await rows.locked(tx, TABLE, intent_id)
        if terminal(payment_intents.EDGES, intent.status):
            return None
        if intent.expires_at is not None and intent.expires_at > milliseconds(write.now):
            again.append(moment(intent.expires_at))
            return None
        if intent.status in {"requires_payment_method", "requires_confirmation"}:
            canceled = payment_intents.canceled(intent, None, "expired")
            await write.change(TABLE, payment_intents.view, intent, canceled, "payment_intent.canceled")
            return None
        again.append(write.now + _LATER)
        if intent.status == "processing":
            return None
        if AttemptKind.VOID not in services.providers.get(intent.provider).capabilities.kinds:
            return None
        charge = await rows.locked(tx, charge_rows.TABLE, intent.latest_charge)
        if await attempts.find_open(tx, charge.id, Slot.CHANGE):
            return None
        await write.change(TABLE, payment_intents.view, intent, replace(intent, cancellation_reason=None))
        return await charging.change(write, charge, AttemptKind.VOID, charge.amount)

    await send_unasked(services, prepare)
    return again[0] if again else None
