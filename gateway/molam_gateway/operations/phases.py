"""Sends an instruction to a provider in phases, so that a crash at any point neither repeats nor loses it.

A and B, in one transaction of the caller: the key, the objects and the attempt, already marked as being sent and
leased. C, outside of any transaction: the provider's call, bounded by the caller's deadline. D, in one transaction:
the outcome under the same lease, the journal, the events and the stored answer.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from .. import failpoints
from ..domain.attempts import Attempt, Slot, poll_after, slot_of, state_after
from ..domain.call import Answer, Call
from ..domain.leases import LEASE, PROVIDER_TIMEOUT, provider_timeout, too_late
from ..domain.outcomes import Outcome, Unknown
from ..domain.problems import ProblemError
from ..domain.times import milliseconds
from ..providers.contract import Instruction
from ..services import Services
from ..storage import attempts, jobs
from ..storage.port import BusyError, Transaction
from . import instructions
from .execution import Claim, in_steps, refusal
from .recorder import recorder
from .settlement.dispatch import settle

RETRY = 5.0
"""Seconds of business time until an attempt is looked at again that somebody else was busy with."""

_WRITE_TRIES = 6
_FIRST_PAUSE = 0.02

logger = logging.getLogger("molam_gateway.phases")


@dataclass(frozen=True, slots=True)
class Sending:
    """What phase A hands to the provider: an instruction about `subject` under the id of its attempt."""

    attempt_id: str
    subject: str
    provider: str
    instruction: Instruction


async def send_once(
    services: Services,
    call: Call,
    prepare: Callable[[Transaction], Awaitable[Answer | Sending]],
    answer: Callable[[Transaction, Attempt], Awaitable[Answer]],
) -> Answer:
    """Run a mutation that needs a provider, once per idempotency key.

    `prepare` writes the objects down and says what to send, or answers without a provider. `answer` reads the
    objects after the outcome was settled; what it raises is stored as the answer. Raises overloaded, with nothing
    done, if the caller is about to give up.
    """
    lease = services.ids.new("lease", services.clock.real_now())

    async def begin(tx: Transaction) -> Answer | str:
        prepared = await prepare(tx)
        if isinstance(prepared, Answer):
            return prepared
        await _open(services, tx, prepared, lease)
        if too_late(call.deadline, time.monotonic()):
            raise ProblemError("overloaded", "Too little of the caller's time was left to begin; nothing was done.")
        return prepared.attempt_id

    async def proceed(claim: Claim, attempt_id: str) -> Answer:
        async with services.store.reading() as reader:
            attempt = await attempts.find(reader, attempt_id)
        outcome: Outcome | None = None
        if claim.point is None:
            failpoints.reach("before_provider")
            outcome = await _send(services, attempt, provider_timeout(call.deadline, time.monotonic()))
            failpoints.reach("after_provider")
            token = lease
        else:
            token = claim.token
            if await take_lease(services, attempt_id, token):
                outcome = await ask(services, attempt, provider_timeout(call.deadline, time.monotonic()))

        async def write(tx: Transaction) -> Answer:
            if outcome is not None:
                await write_down(services, tx, attempt, token, outcome, call)
            try:
                answered = await answer(tx, await attempts.find(tx, attempt_id))
            except ProblemError as error:
                answered = refusal(services, call, error)
            finished = await claim.finish(tx, answered)
            failpoints.reach("before_commit")
            return finished

        finished = await _written(services, write)
        failpoints.reach("after_commit")
        return finished

    return await in_steps(services, call, begin, proceed)


async def send_unasked(services: Services, prepare: Callable[[Transaction], Awaitable[Sending | None]]) -> None:
    """Send what no request asked for, say because a time limit ran out, in the same phases; None sends nothing."""
    lease = services.ids.new("lease", services.clock.real_now())
    async with services.store.transaction() as tx:
        sending = await prepare(tx)
        if sending is None:
            return
        await _open(services, tx, sending, lease)
        attempt = await attempts.find(tx, sending.attempt_id)
    failpoints.reach("before_unasked")
    outcome = await _send(services, attempt, PROVIDER_TIMEOUT)
    failpoints.reach("after_unasked")
    async with services.store.transaction() as tx:
        await write_down(services, tx, attempt, lease, outcome, None)


async def take_lease(services: Services, attempt_id: str, token: str) -> bool:
    """Become the one who may conclude an open attempt, unless somebody else still is."""
    real_now = services.clock.real_now()
    async with services.store.transaction() as tx:
        return await attempts.take_lease(
            tx, attempt_id, token=token, until=real_now + timedelta(seconds=LEASE), real_now=real_now
        )


async def ask(services: Services, attempt: Attempt, patience: float = PROVIDER_TIMEOUT) -> Outcome:
    """What became of an attempt whose answer nobody has; what the provider never saw is sent again if that is safe."""
    provider = services.providers.get(attempt.provider)
    try:
        async with asyncio.timeout(patience):
            outcome = await provider.query(attempt.provider_reference)
    except TimeoutError:
        return Unknown("the provider did not answer the query in time")
    except Exception:
        logger.exception("asking %s for %s failed", attempt.provider, attempt.provider_reference)
        return Unknown("the adapter failed")
    if outcome is not None:
        return outcome
    if not provider.capabilities.resend_is_safe:
        return Unknown("the provider does not know the attempt")
    return await _send(services, attempt, patience)


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
    if not await attempts.conclude(tx, attempt.id, token=token, state=state_after(outcome), now=now):
        return False
    await settle(recorder(services, tx, call), attempt, outcome)
    seconds = poll_after(outcome, attempt.polls)
    if seconds is None:
        await jobs.cancel(tx, attempts.RECONCILE, attempt.id)
    else:
        await jobs.schedule(tx, attempts.RECONCILE, attempt.id, now + timedelta(seconds=seconds))
    return True


async def _open(services: Services, tx: Transaction, sending: Sending, lease: str) -> None:
    now, real_now = services.clock.now(), services.clock.real_now()
    instruction = sending.instruction
    await attempts.TABLE.insert(
        tx,
        Attempt(
            id=sending.attempt_id,
            account_id=instruction.account_id,
            livemode=instruction.livemode,
            kind=instruction.kind,
            slot=slot_of(instruction.kind),
            subject=sending.subject,
            payment_intent=instruction.payment_intent,
            provider=sending.provider,
            provider_reference=instruction.reference,
            amount=instruction.amount,
            currency=instruction.currency,
            state="sending",
            instruction=instructions.seal(services.vault, sending.attempt_id, instruction),
            lease_token=lease,
            lease_until=milliseconds(real_now + timedelta(seconds=LEASE)),
            polls=0,
            sequence=1,
            created_at=milliseconds(now),
            updated_at=milliseconds(now),
        ),
    )
    await jobs.schedule(tx, attempts.RECONCILE, sending.attempt_id, now + timedelta(seconds=LEASE))


async def _send(services: Services, attempt: Attempt, patience: float) -> Outcome:
    provider = services.providers.get(attempt.provider)
    instruction = instructions.unseal(services.vault, attempt.id, attempt.instruction)
    try:
        async with asyncio.timeout(patience):
            return await provider.send(instruction)
    except TimeoutError:
        return Unknown("the provider did not answer in time")
    except Exception:
        logger.exception("sending %s to %s failed", attempt.provider_reference, attempt.provider)
        return Unknown("the adapter failed")


async def _written(services: Services, write: Callable[[Transaction], Awaitable[Answer]]) -> Answer:
    """Repeat a transaction that other writers got in the way of; only this one, never the provider's call."""
    for attempt in range(_WRITE_TRIES):
        try:
            async with services.store.transaction() as tx:
                return await write(tx)
        except BusyError:
            if attempt == _WRITE_TRIES - 1:
                raise
            await asyncio.sleep(_FIRST_PAUSE * 2**attempt)
    raise AssertionError("unreachable: the last try returns or raises")
