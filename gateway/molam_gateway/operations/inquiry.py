"""Finds out and writes down what became of an attempt, under the lease of the one who may conclude it."""

import asyncio
import logging
import time
from dataclasses import replace
from datetime import datetime, timedelta

from ..domain.attempts import Attempt, Slot, poll_after, state_after
from ..domain.call import Call
from ..domain.leases import LEASE, PROVIDER_TIMEOUT
from ..domain.outcomes import Outcome, Unknown
from ..domain.times import milliseconds
from ..providers.configuration import Configuration
from ..services import Services
from ..storage import attempts, jobs
from ..storage.port import Transaction
from . import auditing, instructions
from .recorder import recorder
from .settlement.dispatch import settle

RETRY = 5.0
"""Seconds of business time until an attempt is looked at again that somebody else was busy with."""

logger = logging.getLogger("molam_gateway.inquiry")


async def transmit(services: Services, attempt: Attempt, patience: float) -> Outcome:
    """Send an attempt's instruction and say what came of it, Unknown when patience runs out."""
    provider = services.providers.get(attempt.provider)
    instruction = instructions.unseal(services.vault, attempt.id, attempt.instruction)
    try:
        async with asyncio.timeout(patience):
            return await provider.send(instruction, _configuration(attempt))
    except TimeoutError:
        return Unknown("the provider did not answer in time")
    except Exception:
        logger.exception("sending %s to %s failed", attempt.provider_reference, attempt.provider)
        return Unknown("the adapter failed")


async def take_lease(services: Services, attempt_id: str, token: str, until: datetime | None = None) -> bool:
    """Become the one who may conclude an open attempt, unless somebody else still is."""
    real_now = services.clock.real_now()
    held_until = until or real_now + timedelta(seconds=LEASE)
    async with services.store.transaction() as tx:
        return await attempts.take_lease(tx, attempt_id, token=token, until=held_until, real_now=real_now)


async def ask(services: Services, attempt: Attempt, patience: float = PROVIDER_TIMEOUT) -> Outcome:
    """What became of an attempt whose answer nobody has; what the provider never saw is sent again if that is safe.

    Question and repetition share the one patience, which ends before the lease does.
    """
    provider = services.providers.get(attempt.provider)
    instruction = instructions.unseal(services.vault, attempt.id, attempt.instruction)
    give_up_at = time.monotonic() + patience
    try:
        async with asyncio.timeout(patience):
            outcome = await look(services, attempt)
    except TimeoutError:
        return Unknown("the provider did not answer the query in time")
    except Exception:
        logger.exception("asking %s for %s failed", attempt.provider, attempt.provider_reference)
        return Unknown("the adapter failed")
    if outcome is not None:
        return outcome
    age = (milliseconds(services.clock.now()) - attempt.created_at) / 1000
    if age >= provider.capabilities.resend_for.get(instruction.kind, 0.0):
        return Unknown("the provider does not know the attempt")
    return await transmit(services, attempt, give_up_at - time.monotonic())


async def write_down(
    services: Services, tx: Transaction, attempt: Attempt, token: str, outcome: Outcome, call: Call | None
) -> bool:
    """Settle an outcome if the lease still holds; plan the next question if it is not final.

    While a void of the same thing is on its way, only the void's outcome counts: a refusal may be its echo.
    """
    now = services.clock.now()
    if attempt.slot == Slot.OUTCOME and await attempts.find_open(tx, attempt.subject, Slot.CHANGE):
        await attempts.release(tx, attempt.id, token=token)
        await jobs.schedule(tx, attempts.RECONCILE, attempt.id, now + timedelta(seconds=RETRY))
        return False
    state = state_after(outcome)
    if not await attempts.conclude(tx, attempt.id, token=token, state=state, now=now):
        return False
    action = "attempt.reconciled" if call is None else None
    write = recorder(services, tx, call, action=action, outcome=auditing.outcome_of(outcome))
    if state != attempt.state:
        await write.note(attempts.TABLE, attempt, replace(attempt, state=state, sequence=attempt.sequence + 1))
    await settle(write, attempt, outcome)
    seconds = poll_after(outcome, attempt.polls)
    if seconds is None:
        await jobs.cancel(tx, attempts.RECONCILE, attempt.id)
    else:
        await jobs.schedule(tx, attempts.RECONCILE, attempt.id, now + timedelta(seconds=seconds))
    return True


async def look(services: Services, attempt: Attempt) -> Outcome | None:
    """What the provider says of an attempt now, whatever its state; None if it never saw it."""
    instruction = instructions.unseal(services.vault, attempt.id, attempt.instruction)
    return await services.providers.get(attempt.provider).query(instruction, None, _configuration(attempt))


def _configuration(attempt: Attempt) -> Configuration:
    return Configuration("", attempt.account_id, attempt.livemode, "")
