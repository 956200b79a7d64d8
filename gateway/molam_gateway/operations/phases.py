"""Sends an instruction to a provider in phases, so that a crash at any point neither repeats nor loses it.

A and B, in one transaction of the caller: the key, the objects and the attempt, already marked as being sent and
leased. C, outside of any transaction: the provider's call, bounded by the caller's deadline. D, in one transaction:
the outcome under the same lease, the journal, the events and the stored answer.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from .. import failpoints
from ..domain.attempts import Attempt, slot_of
from ..domain.call import Answer, Call
from ..domain.leases import LEASE, PROVIDER_TIMEOUT, provider_timeout, too_late
from ..domain.outcomes import Outcome
from ..domain.problems import ProblemError
from ..domain.times import milliseconds, moment
from ..providers.contract import Instruction
from ..services import Services
from ..storage import attempts
from ..storage.port import BusyError, StoreError, Transaction, UncertainCommitError
from . import instructions
from .execution import Claim, in_flight, in_steps, refusal
from .inquiry import ask, send_again, take_lease, transmit, write_down
from .recorder import Recorder, recorder

_WRITE_TRIES = 6
_FIRST_PAUSE = 0.02
_TRY_AGAIN = 5.0

_T = TypeVar("_T")


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
            return await _conclude(services, claim, opened or await _found(services, attempt_id), token, answer)
        except Exception:
            await _let_go(services, attempt_id, token)
            raise

    return await in_steps(services, call, begin, proceed)


async def _conclude(
    services: Services,
    claim: Claim,
    attempt: Attempt,
    token: str,
    answer: Callable[[Transaction, Attempt], Awaitable[Answer]],
) -> Answer:
    """Phases C and D. Raises idempotency_in_flight, storing nothing, while somebody else may conclude the attempt."""
    call, attempt_id = claim.call, attempt.id
    outcome: Outcome | None = None
    if claim.point is None:
        failpoints.reach("before_provider")
        outcome = await transmit(services, attempt, provider_timeout(call.deadline, time.monotonic()))
        failpoints.reach("after_provider")
    elif marked := await send_again(services, attempt_id, token, moment(claim.lease_until)):
        failpoints.reach("before_sending_again")
        outcome = await transmit(services, marked, provider_timeout(call.deadline, time.monotonic()))
        failpoints.reach("after_sending_again")
    elif await take_lease(services, attempt_id, token, moment(claim.lease_until)):
        attempt = await _found(services, attempt_id)
        outcome = await ask(services, attempt, provider_timeout(call.deadline, time.monotonic()))

    async def write(tx: Transaction) -> Answer | ProblemError:
        current: Attempt | None = None
        if outcome is not None:
            current = await write_down(services, tx, attempt, token, outcome, call)
        current = current or await attempts.find(tx, attempt_id)
        if current.state == "unsent":
            return _unavailable(attempt)
        if current.state == "sending" or (current.open and outcome is None):
            raise in_flight()
        try:
            answered = await answer(tx, current)
        except ProblemError as error:
            answered = refusal(services, call, error)
        finished = await claim.finish(tx, answered)
        failpoints.reach("before_commit")
        return finished

    finished = await _written(services, write)
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

    await _written(services, write)


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
    )
    await attempts.TABLE.insert(write.tx, attempt)
    await write.note(attempts.TABLE, None, attempt)
    await write.schedule(attempts.RECONCILE, sending.attempt_id, write.now + timedelta(seconds=LEASE))
    return attempt


async def _written(services: Services, write: Callable[[Transaction], Awaitable[_T]]) -> _T:
    """Repeat a transaction that other writers got in the way of; only this one, never the provider's call.

    One that may have been committed is repeated too: under a lease that it gave back it changes nothing, and the key
    has its answer.
    """
    for attempt in range(_WRITE_TRIES):
        try:
            async with services.store.transaction() as tx:
                return await write(tx)
        except (BusyError, UncertainCommitError):
            if attempt == _WRITE_TRIES - 1:
                raise
            await asyncio.sleep(_FIRST_PAUSE * 2**attempt)
    raise AssertionError("unreachable: the last try returns or raises")
