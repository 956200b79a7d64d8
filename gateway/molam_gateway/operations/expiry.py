"""Cancels payment intents that nobody paid in time."""

from dataclasses import replace
from datetime import datetime, timedelta

from .. import failpoints
from ..domain import payment_intents
from ..domain.attempts import Attempt, AttemptKind, Slot
from ..domain.outcomes import Pending
from ..domain.times import milliseconds, moment
from ..domain.transitions import terminal
from ..services import Services
from ..storage import attempts
from ..storage import charges as charge_rows
from ..storage.payment_intents import TABLE
from ..storage.port import Transaction
from . import charging
from .inquiry import ask, askable, take_lease, write_down
from .phases import Sending, send_unasked
from .recorder import recorder
from .settlement import rows
from .settlement.void import give_up

EXPIRE = "payment_intent.expire"
"""The job that looks at an intent when its time is over."""

_LATER = timedelta(hours=1)


async def expire(services: Services, intent_id: str) -> datetime | None:
    """Cancel an unpaid intent, calling off what the provider holds; when to look again if it is not over yet.

    What cannot be called off is asked about once more, and given up if the provider says that nobody has paid.
    """
    again: list[datetime] = []
    unpaid: list[Attempt] = []

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
        if AttemptKind.VOID not in services.providers.get(intent.provider).capabilities.kinds:
            waiting = None if intent.latest_charge is None else await _waiting(tx, intent.latest_charge)
            unpaid.extend([] if waiting is None else [waiting])
            return None
        if intent.status == "processing":
            return None
        charge = await rows.locked(tx, charge_rows.TABLE, intent.latest_charge)
        if await attempts.find_open(tx, charge.id, Slot.CHANGE):
            return None
        await write.change(TABLE, payment_intents.view, intent, replace(intent, cancellation_reason=None))
        return await charging.change(write, charge, AttemptKind.VOID, charge.amount)

    await send_unasked(services, prepare)
    if unpaid and await _gave_up(services, unpaid[0]):
        return None
    return again[0] if again else None


async def _waiting(tx: Transaction, charge_id: str) -> Attempt | None:
    """The attempt that its provider is working on, if it is one."""
    attempt = await attempts.find_open(tx, charge_id, Slot.OUTCOME)
    return attempt if attempt is not None and attempt.state in {"pending", "unknown"} else None


async def _gave_up(services: Services, attempt: Attempt) -> bool:
    """Ask about an attempt under its lease, and cancel its intent if nobody has paid; any other answer is settled."""
    token = services.ids.new("lease", services.clock.real_now())
    if not askable(services, attempt) or not await take_lease(services, attempt.id, token):
        return False
    outcome = await ask(services, attempt, may_send=False)
    failpoints.reach("before_giving_up")
    async with services.store.transaction() as tx:
        if not (isinstance(outcome, Pending) and outcome.unpaid):
            await write_down(services, tx, attempt, token, outcome, None)
            return False
        return await give_up(recorder(services, tx, None, action=EXPIRE), attempt, token)
