"""Sends an instruction to a provider in phases, so that a crash at any point neither repeats nor loses it.

A and B, in one transaction of the caller: the key, the objects and the attempt, already marked as being sent and
leased. C, outside of any transaction: the provider's call, bounded by the caller's deadline. D, in one transaction:
the outcome under the same lease, the journal, the events and the stored answer.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from .. import failpoints
from ..domain.attempts import Attempt, handle_of, slot_of
from ..domain.call import Answer, Call
from ..domain.leases import LEASE, PROVIDER_TIMEOUT, WRITING_RESERVE, provider_timeout, too_late
from ..domain.outcomes import Outcome
from ..domain.problems import ProblemError
from ..domain.times import milliseconds, moment
from ..providers.contract import Instruction
from ..services import Services
from ..storage import attempts
from ..storage.port import BusyError, StoreError, Transaction, UncertainCommitError
from . import instructions
from .execution import AnsweredError, Claim, in_flight, in_steps, refusal
from .inquiry import ask, send_again, take_lease, transmit, write_down
from .recorder import Recorder, recorder

_FIRST_PAUSE = 0.02
_LONGEST_PAUSE = 1.0
_TRY_AGAIN = 5.0

_T = TypeVar("_T")

logger = logging.getLogger("molam_gateway.phases")


@dataclass(frozen=True, slots=True)
class Sending:
    """What phase A hands to the provider: an instruction about `subject` under the id of its attempt.

    `configuration` is the id of the account at the provider, None where the provider needs none.
    """

    attempt_id: str
    subject: str
    provider: str
    instruction: Instruction
    configuration: str | None = None


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
    opened: Attempt | None = None

    async def begin(tx: Transaction, claim: Claim) -> Answer | str:
        nonlocal opened
        prepared = await prepare(tx)
        if isinstance(prepared, Answer):
            return prepared
        opened = await _open(recorder(services, tx, call), prepared, lease, claim.lease_until)
        if too_late(call.deadline, time.monotonic()):
            raise ProblemError("overloaded", "Too little of the caller's time was left to begin; nothing was done.")
        return prepared.attempt_id

    async def proceed(claim: Claim, attempt_id: str) -> Answer:
        token = lease if claim.point is None else claim.token
        try:
            if opened is not None:
                outcome = await _send(services, claim, opened)
                return await _conclude(services, claim, opened, token, outcome, answer)
            attempt, found = await _resume(services, claim, attempt_id, token)
            return await _conclude(services, claim, attempt, token, found, answer)
        except Exception:
            await _let_go(services, attempt_id, token)
            raise

    return await in_steps(services, call, begin, proceed)


async def _send(services: Services, claim: Claim, attempt: Attempt) -> Outcome:
    """Phase C of a call that was never made before; nothing but the provider is asked between the commit and it."""
    failpoints.reach("before_provider")
    outcome = await transmit(services, attempt, _patience(services, claim))
    failpoints.reach("after_provider")
    return outcome


async def _resume(services: Services, claim: Claim, attempt_id: str, token: str) -> tuple[Attempt, Outcome | None]:
    """Phase C of a call that was begun before: what never left is sent, everything else is asked about.

    Raises overloaded, with nothing done, if the caller is about to give up.
    """
    call, until = claim.call, moment(claim.lease_until)
    if too_late(call.deadline, time.monotonic()):
        raise ProblemError("overloaded", "Too little of the caller's time was left to go on; nothing was done.")
    if marked := await send_again(services, attempt_id, token, until):
        failpoints.reach("before_sending_again")
        outcome = await transmit(services, marked, _patience(services, claim))
        failpoints.reach("after_sending_again")
        return marked, outcome
    taken = await take_lease(services, attempt_id, token, until)
    attempt = await _found(services, attempt_id)
    return attempt, await ask(services, attempt, _patience(services, claim)) if taken else None


def _patience(services: Services, claim: Claim) -> float:
    left = (moment(claim.lease_until) - services.clock.real_now()).total_seconds()
    return provider_timeout(claim.call.deadline, time.monotonic(), left)


async def _conclude(
    services: Services,
    claim: Claim,
    attempt: Attempt,
    token: str,
    outcome: Outcome | None,
    answer: Callable[[Transaction, Attempt], Awaitable[Answer]],
) -> Answer:
    """Phase D. Raises idempotency_in_flight, storing nothing, while somebody else may conclude the attempt."""
    call = claim.call
    store = claim.finish

    async def write(tx: Transaction) -> Answer | ProblemError:
        current: Attempt | None = None
        if outcome is not None:
            current = await write_down(services, tx, attempt, token, outcome, call)
        current = current or await attempts.find(tx, attempt.id)
        if current.state == "unsent":
            return _unavailable(attempt)
        if current.state == "sending" or (current.open and outcome is None):
            raise in_flight()
        try:
            answered = await answer(tx, current)
        except ProblemError as error:
            answered = refusal(services, call, error)
        finished = await store(tx, answered)
        failpoints.reach("before_commit")
        return finished

    try:
        finished = await _written(services, attempt, outcome, write)
    except AnsweredError:
        store = claim.finish_or_find
        finished = await _written(services, attempt, outcome, write)
    failpoints.reach("after_commit")
    if isinstance(finished, ProblemError):
        raise finished
    return finished


async def _found(services: Services, attempt_id: str) -> Attempt:
    async with services.store.reading() as reader:
        return await attempts.find(reader, attempt_id)


def _unavailable(attempt: Attempt) -> ProblemError:
    return ProblemError(
        "provider_unavailable",
        f"{attempt.provider} cannot be reached, and nothing was sent: the same call with the same Idempotency-Key "
        "sends it.",
        provider=attempt.provider,
        retry_after=_TRY_AGAIN,
    )


async def _let_go(services: Services, attempt_id: str, token: str) -> None:
    """Let the next call ask for the outcome at once; a database that fails leaves that to the lease's end."""
    with contextlib.suppress(StoreError):
        async with services.store.transaction() as tx:
            await attempts.release(tx, attempt_id, token=token)


async def send_unasked(services: Services, prepare: Callable[[Transaction], Awaitable[Sending | None]]) -> None:
    """Send what no request asked for, say because a time limit ran out, in the same phases; None sends nothing."""
    lease = services.ids.new("lease", services.clock.real_now())
    async with services.store.transaction() as tx:
        sending = await prepare(tx)
        if sending is None:
            return
        until = milliseconds(services.clock.real_now() + timedelta(seconds=LEASE))
        attempt = await _open(recorder(services, tx, None, action="attempt.sent"), sending, lease, until)
    failpoints.reach("before_unasked")
    outcome = await transmit(services, attempt, PROVIDER_TIMEOUT)
    failpoints.reach("after_unasked")

    async def write(tx: Transaction) -> None:
        await write_down(services, tx, attempt, lease, outcome, None)

    await _written(services, attempt, outcome, write)


async def _open(write: Recorder, sending: Sending, lease: str, until: int) -> Attempt:
    """Write the attempt down as being sent, and plan the question that is due should the lease end without outcome."""
    instruction = sending.instruction
    attempt = Attempt(
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
        instruction=instructions.seal(write.services.vault, sending.attempt_id, instruction),
        lease_token=lease,
        lease_until=until,
        polls=0,
        sequence=1,
        created_at=milliseconds(write.now),
        updated_at=milliseconds(write.now),
        configuration=sending.configuration,
        account_reference=instruction.account_reference,
    )
    await attempts.TABLE.insert(write.tx, attempt)
    await write.note(attempts.TABLE, None, attempt)
    await write.schedule(attempts.RECONCILE, sending.attempt_id, write.now + timedelta(seconds=LEASE))
    return attempt


async def _written(
    services: Services, attempt: Attempt, outcome: Outcome | None, write: Callable[[Transaction], Awaitable[_T]]
) -> _T:
    """Repeat a transaction that other writers got in the way of; only this one, never the provider's call.

    One that may have been committed is repeated too: under a lease that it gave back it changes nothing, and the key
    has its answer. What the provider said is kept in the log if it cannot be written down before the lease ends.
    """
    give_up_at, pause = time.monotonic() + WRITING_RESERVE, _FIRST_PAUSE
    while True:
        try:
            async with services.store.transaction() as tx:
                return await write(tx)
        except (BusyError, UncertainCommitError):
            if time.monotonic() + pause >= give_up_at:
                _log_unwritten(attempt, outcome)
                raise
            await asyncio.sleep(pause)
            pause = min(_LONGEST_PAUSE, 2 * pause)


def _log_unwritten(attempt: Attempt, outcome: Outcome | None) -> None:
    if outcome is not None:
        said = type(outcome).__name__
        logger.error("%s: %s of %s could not be written down", attempt.provider_reference, said, handle_of(outcome))
