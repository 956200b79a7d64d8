"""Stores the answers to calls that were never repeated after a crash, once their attempts have their outcomes."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import TypeAlias

from ..domain.attempts import Attempt
from ..domain.call import Account, Answer, Call
from ..domain.problems import ProblemError
from ..domain.times import milliseconds
from ..services import Services
from ..storage import attempts
from ..storage import idempotency_keys as keys
from ..storage.port import Row, Transaction
from . import payment_intents, payouts, refunds
from .execution import refusal, take_over

_BATCH = 100

logger = logging.getLogger("molam_gateway.completion")

AnswerTo: TypeAlias = Callable[[Transaction, Attempt], Awaitable[Answer]]
"""Reads the objects after an attempt was settled; raises what is answered as a refusal."""

ANSWERS: Mapping[str, AnswerTo] = {
    "create_payment_intent": payment_intents.answer_creation,
    "confirm_payment_intent": payment_intents.answer_change,
    "capture_payment_intent": payment_intents.answer_change,
    "cancel_payment_intent": payment_intents.answer_cancellation,
    "create_refund": refunds.answer_creation,
    "create_payout": payouts.answer_creation,
    "cancel_payout": payouts.answer_cancellation,
    "initialize_payment": payment_intents.answer_creation,
    "refund_payment": refunds.answer_creation,
}
"""By operation; each of them sends one attempt."""


async def complete(services: Services) -> int:
    """Finish every key that nobody runs and whose attempt is over, so that it expires; returns how many.

    A key that cannot be finished keeps no other waiting.
    """
    done = await _finish_all(services)
    before = milliseconds(services.clock.now() - timedelta(seconds=services.settings.idempotency_retention))
    abandoned = _BATCH
    while abandoned == _BATCH:
        async with services.store.transaction() as tx:
            real_now = milliseconds(services.clock.real_now())
            abandoned = await keys.abandon(tx, real_now=real_now, before=before, limit=_BATCH)
    return done


async def _finish_all(services: Services) -> int:
    done = skipped = 0
    while True:
        real_now = milliseconds(services.clock.real_now())
        async with services.store.reading() as reader:
            batch = await keys.unfinished(reader, real_now=real_now, limit=_BATCH, skipped=skipped)
        for row in batch:
            try:
                async with services.store.transaction() as tx:
                    finished = await _finish(services, tx, row)
            except Exception:
                logger.exception("the key of request %s could not be finished", row["request_id"])
                finished = False
            done += finished
            skipped += not finished
        if len(batch) < _BATCH:
            return done


async def _finish(services: Services, tx: Transaction, row: Row) -> bool:
    call = Call(
        operation_id=row["operation_id"],
        account=Account(row["account_id"], bool(row["livemode"])),
        request_id=row["request_id"],
        idempotency_key=row["key"],
        fingerprint=bytes.fromhex(row["fingerprint"]),
    )
    claim = await take_over(tx, services, call, row["lease_token"])
    if claim is None:
        return False
    try:
        answer = await ANSWERS[call.operation_id](tx, await attempts.find(tx, row["recovery_point"]))
    except ProblemError as error:
        answer = refusal(services, call, error)
    await claim.finish_or_find(tx, answer)
    return True
