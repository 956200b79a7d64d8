"""Finds out and writes down what became of an attempt, under the lease of the one who may conclude it."""

import asyncio
import logging
import time
from dataclasses import replace
from datetime import datetime, timedelta

from ..domain.attempts import MOVING, Attempt, AttemptKind, handle_of, poll_after, state_after
from ..domain.call import Call
from ..domain.leases import LEASE, LEAST_TIME, PROVIDER_TIMEOUT
from ..domain.operator_cases import CaseKind
from ..domain.outcomes import Failed, NotSent, Outcome, Pending, Succeeded, Unknown
from ..domain.parking import ASKED_EVERY, parks
from ..domain.times import milliseconds
from ..providers import departure
from ..providers.contract import Instruction
from ..services import Services
from ..storage import attempts, jobs, operator_cases
from ..storage.port import Transaction
from . import auditing, configurations, instructions
from .cases import open_case
from .recorder import Recorder, recorder
from .settlement.dispatch import settle
from .settlement.receipts import COUNTED, CountedError, count, counts_once, disputed
from .settlement.revision import contradict, revise
from .settlement.rows import lock_all
from .settlement.void import close

RETRY = 5.0
"""Seconds of business time until an attempt is looked at again that somebody else was busy with."""

WHILE_CHANGED = 3600.0
"""The same of what is being called off; the end of that plans an earlier look."""

logger = logging.getLogger("molam_gateway.inquiry")


async def transmit(services: Services, attempt: Attempt, patience: float, *, repeated: bool = False) -> Outcome:
    """Send an attempt's instruction and say what came of it, Unknown when patience runs out after something left.

    NotSent is said of this one try: whoever tried before must know what came of that. `repeated` says that an earlier
    try may have arrived.
    """
    with services.telemetry.provider_call(attempt.provider, "send", _seen(attempt)) as call:
        outcome = await _sent(services, attempt, patience, repeated=repeated)
        call.outcome = state_after(outcome)
    return outcome


async def _sent(services: Services, attempt: Attempt, patience: float, *, repeated: bool) -> Outcome:
    if patience < LEAST_TIME:
        return NotSent("no time was left to send it")
    provider = services.providers.get(attempt.provider)
    try:
        instruction = instructions.unseal(services.vault, attempt.id, attempt.instruction)
        configuration = await configurations.of_attempt(services, attempt)
    except Exception:
        logger.exception("what to send for %s cannot be read", attempt.provider_reference)
        return NotSent("what to send could not be read")
    with departure.watched() as parcel:
        try:
            async with asyncio.timeout(patience):
                return await provider.send(replace(instruction, repeated=repeated), configuration)
        except TimeoutError:
            late = "the provider did not answer in time"
            return NotSent("it could not be sent in time") if parcel.still_here else Unknown(late)
        except Exception:
            logger.exception("sending %s to %s failed", attempt.provider_reference, attempt.provider)
            return Unknown("the adapter failed")


async def take_lease(services: Services, attempt_id: str, token: str, until: datetime | None = None) -> bool:
    """Become the one who may conclude an open attempt, unless somebody else still is."""
    real_now = services.clock.real_now()
    held_until = until or real_now + timedelta(seconds=LEASE)
    async with services.store.transaction() as tx:
        return await attempts.take_lease(tx, attempt_id, token=token, until=held_until, real_now=real_now)


async def send_again(services: Services, attempt_id: str, token: str, until: datetime) -> Attempt | None:
    """Mark an attempt that never reached the provider as being sent, in a commit of its own; None for any other."""
    real_now = services.clock.real_now()
    async with services.store.transaction() as tx:
        if not await attempts.send_again(tx, attempt_id, token=token, until=until, real_now=real_now):
            return None
        await jobs.schedule(tx, attempts.RECONCILE, attempt_id, services.clock.now() + timedelta(seconds=LEASE))
        return await attempts.find(tx, attempt_id)


async def ask(
    services: Services, attempt: Attempt, patience: float = PROVIDER_TIMEOUT, *, may_send: bool = True
) -> Outcome:
    """What became of an attempt whose answer nobody has; what the provider never saw is sent again if that is safe.

    Question and repetition share the one patience, which ends before the lease does. The answer is never NotSent:
    an earlier try may have arrived.
    """
    instruction = instructions.unseal(services.vault, attempt.id, attempt.instruction)
    give_up_at = time.monotonic() + patience
    outcome: Outcome | None = None
    if askable(services, attempt):
        try:
            async with asyncio.timeout(patience):
                outcome = await look(services, attempt)
        except TimeoutError:
            return Unknown("the provider did not answer the query in time")
        except Exception:
            logger.exception("asking %s for %s failed", attempt.provider, attempt.provider_reference)
            return Unknown("the adapter failed")
    if outcome is None:
        if not (may_send and _recognised(services, attempt, instruction) and await _same_account(services, attempt)):
            return Unknown("the provider does not know the attempt, or cannot be asked")
        outcome = await transmit(services, attempt, give_up_at - time.monotonic(), repeated=True)
    return Unknown(outcome.reason) if isinstance(outcome, NotSent) else outcome


def askable(services: Services, attempt: Attempt) -> bool:
    """Whether the provider can be asked about an attempt."""
    capabilities = services.providers.get(attempt.provider).capabilities
    return attempt.handle is not None or AttemptKind(attempt.kind) in capabilities.queries


def _recognised(services: Services, attempt: Attempt, instruction: Instruction) -> bool:
    """Whether the provider would still recognise a repetition at the end of a lease that begins now."""
    window = services.providers.get(attempt.provider).capabilities.resend_for.get(instruction.kind, 0.0)
    return _age(services, attempt) + LEASE < window


async def _same_account(services: Services, attempt: Attempt) -> bool:
    """Whether the credentials are those of the first try: with others the provider may not know what it carried out."""
    try:
        configuration = await configurations.of_attempt(services, attempt)
    except Exception:
        logger.exception("the configuration of %s cannot be read", attempt.provider_reference)
        return False
    return configuration.changed_at is None or configuration.changed_at < attempt.created_at


async def write_down(
    services: Services,
    tx: Transaction,
    attempt: Attempt,
    token: str,
    outcome: Outcome,
    call: Call | None,
    *,
    by_people: bool = False,
) -> Attempt | None:
    """Settle an outcome if the lease still holds; plan the next question if it is not final.

    The answer is the attempt as it was written, None if it was not this one's to conclude.

    While a void of the same thing is on its way, of everything else only money that moved counts, and ends the void: a
    refusal may be its echo. What nobody can find out goes to people, and is still asked about now and then; what was
    paid by a receipt that is counted elsewhere goes to them at once, and no answer without a receipt ends it.
    `by_people` says that they decided.
    """
    change = await lock_all(tx, attempt)
    now = services.clock.now()
    to_people = await disputed(recorder(services, tx, call), attempt, outcome, by_people=by_people)
    if to_people:
        outcome = Unknown("its receipt is counted already, and nothing else was told of its money")
    if change is not None and not (isinstance(outcome, Succeeded) and attempt.kind in MOVING):
        await _wait_for_change(tx, attempt, token, now)
        return None
    counted: CountedError | None = None
    try:
        concluded = await _counted(recorder(services, tx, call), attempt, token, outcome)
    except CountedError as error:
        if change is not None:
            await _wait_for_change(tx, attempt, token, now)
            return None
        counted, outcome = error, Unknown(str(error))
        concluded = await _concluded(tx, attempt, token, outcome, now)
    if concluded is None:
        await attempts.remember_handle(tx, attempt.id, handle_of(outcome))
        if attempt.kind == AttemptKind.VOID and isinstance(outcome, Succeeded):
            await revise(recorder(services, tx, call, action="attempt.revised"), attempt, outcome)
        return None
    if change is not None:
        await close(recorder(services, tx, call, action="attempt.reconciled"), change)
    action = "attempt.reconciled" if call is None else None
    write = recorder(services, tx, call, action=action, outcome=auditing.outcome_of(outcome))
    state = state_after(outcome)
    if state != attempt.state:
        services.telemetry.meter.attempt_concluded(attempt.provider, state)
        await write.note(attempts.TABLE, attempt, replace(attempt, state=state, sequence=attempt.sequence + 1))
    seconds = poll_after(outcome, attempt.polls)
    if not isinstance(outcome, NotSent):
        await settle(write, attempt, outcome)
    if counted is not None:
        await contradict(write, attempt, f"{COUNTED}{counted.receipt}", str(counted))
    if isinstance(outcome, Succeeded | Failed):
        await jobs.cancel(tx, attempts.RECONCILE, attempt.id)
        if attempt.polls:
            await operator_cases.close_parked(tx, attempt.id, state_after(outcome), milliseconds(now))
        return concluded
    if counted is not None or to_people:
        await _park(write, attempt, outcome)
        seconds = None
    elif isinstance(outcome, Unknown | Pending):
        can_ask = isinstance(outcome, Pending) or askable(services, attempt)
        if parks(AttemptKind(attempt.kind), _age(services, attempt), askable=can_ask):
            await _park(write, attempt, outcome)
            seconds = ASKED_EVERY if can_ask else None
    if seconds is None:
        await jobs.cancel(tx, attempts.RECONCILE, attempt.id)
    else:
        await jobs.schedule(tx, attempts.RECONCILE, attempt.id, now + timedelta(seconds=seconds))
    return concluded


async def look(services: Services, attempt: Attempt) -> Outcome | None:
    """What the provider says of an attempt now, whatever its state; None if it never saw it."""
    instruction = instructions.unseal(services.vault, attempt.id, attempt.instruction)
    configuration = await configurations.of_attempt(services, attempt)
    with services.telemetry.provider_call(attempt.provider, "query", _seen(attempt)) as call:
        outcome = await services.providers.get(attempt.provider).query(instruction, attempt.handle, configuration)
        call.outcome = "unseen" if outcome is None else state_after(outcome)
    return outcome


async def _counted(write: Recorder, attempt: Attempt, token: str, outcome: Outcome) -> Attempt | None:
    """Conclude an attempt and count the receipt of its money, both or neither. Raises CountedError."""
    if not (isinstance(outcome, Succeeded) and counts_once(write, attempt, outcome.transaction_id)):
        return await _concluded(write.tx, attempt, token, outcome, write.now)
    async with write.tx.savepoint():
        concluded = await _concluded(write.tx, attempt, token, outcome, write.now)
        if concluded is not None:
            await count(write, attempt, outcome.transaction_id)
        return concluded


async def _concluded(tx: Transaction, attempt: Attempt, token: str, outcome: Outcome, now: datetime) -> Attempt | None:
    if isinstance(outcome, NotSent):
        return await attempts.not_sent(tx, attempt.id, token=token, now=now)
    return await attempts.conclude(
        tx,
        attempt.id,
        token=token,
        state=state_after(outcome),
        now=now,
        handle=handle_of(outcome),
        failure_code=outcome.code if isinstance(outcome, Failed) else None,
        transaction_id=outcome.transaction_id if isinstance(outcome, Succeeded) else None,
    )


async def _wait_for_change(tx: Transaction, attempt: Attempt, token: str, now: datetime) -> None:
    await attempts.release(tx, attempt.id, token=token)
    await jobs.schedule(tx, attempts.RECONCILE, attempt.id, now + timedelta(seconds=WHILE_CHANGED))


async def _park(write: Recorder, attempt: Attempt, outcome: Outcome) -> None:
    reason = outcome.reason if isinstance(outcome, Unknown) else "the provider says that it is not over"
    await open_case(
        write,
        CaseKind.PARKED,
        attempt.id,
        account_id=attempt.account_id,
        livemode=attempt.livemode,
        provider=attempt.provider,
        payment_intent=attempt.payment_intent,
        attempt=attempt.id,
        detail=f"what became of {attempt.kind} {attempt.provider_reference} is not known: {reason}",
    )


def _age(services: Services, attempt: Attempt) -> float:
    return (milliseconds(services.clock.now()) - attempt.created_at) / 1000


def _seen(attempt: Attempt) -> dict[str, str | int]:
    """What a span may say of an attempt."""
    return {"molam.attempt": attempt.id, "molam.attempt.kind": attempt.kind, "molam.subject": attempt.subject}
