"""Makes the fact happen that causes an event."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias, cast

from ..domain.call import Answer, Call
from ..domain.problems import ProblemError
from ..services import Services
from ..storage.events import latest
from ..storage.port import Transaction
from .execution import Claim, in_steps
from .triggers import endpoints, onboardings, payments, payouts, refunds, unmatched
from .triggers.steps import Steps

Trigger: TypeAlias = Callable[[Steps], Awaitable[str]]
"""Brings the fact about and returns the id of the object that the event is about."""

TRIGGERS: Mapping[str, Trigger] = {
    "payment_intent.created": payments.created,
    "payment_intent.requires_action": payments.requires_action,
    "payment_intent.processing": payments.processing,
    "payment_intent.amount_capturable_updated": payments.amount_capturable_updated,
    "payment_intent.succeeded": payments.succeeded,
    "payment_intent.failed": payments.failed,
    "payment_intent.canceled": payments.canceled,
    "payment_intent.anomaly": payments.anomaly,
    "charge.succeeded": payments.charge_succeeded,
    "charge.failed": payments.charge_failed,
    "refund.created": refunds.created,
    "refund.updated": refunds.updated,
    "refund.processed": refunds.processed,
    "refund.failed": refunds.failed,
    "payout.created": payouts.created,
    "payout.processing": payouts.processing,
    "payout.succeeded": payouts.succeeded,
    "payout.failed": payouts.failed,
    "payout.reversed": payouts.reversed_,
    "payout.canceled": payouts.canceled,
    "merchant_onboarding.updated": onboardings.updated,
    "merchant_onboarding.approved": onboardings.approved,
    "merchant_onboarding.rejected": onboardings.rejected,
    "payment.unmatched_received": unmatched.received,
    "webhook_endpoint.disabled": endpoints.disabled,
    "ping": endpoints.ping,
}

_NONE = "none"
"""The recovery point of a trigger before which there was no such event; else it is the last one's id."""


async def trigger_event(services: Services, call: Call) -> Answer:
    """Take the legal steps that lead to an event and answer it; 409 invalid_state where there are none.

    Repeated after a crash, it goes on where it was: an event that is newer than the first try is the answer.
    """
    event_type = str((call.body or {})["type"])
    trigger = TRIGGERS.get(event_type)
    if trigger is None:
        raise ProblemError("parameter_invalid", f"There is no event type {event_type}.", param="type")

    named = cast(str | None, (call.body or {}).get("object_id"))

    async def begin(tx: Transaction, claim: Claim) -> str:
        before = None if named is None else await latest(tx, object_id=named, type=event_type)
        return _NONE if before is None else str(before["id"])

    async def proceed(claim: Claim, point: str) -> Answer:
        steps = Steps(services, call)
        try:
            subjects = [await trigger(steps)]
        except ProblemError as error:
            if claim.point is None or error.code != "invalid_state":
                raise
            subjects, refusal = [named] if named else sorted(steps.seen), error
        else:
            refusal = ProblemError("invalid_state", f"{subjects[0]} did not come to {event_type}.")
        async with services.store.reading() as reader:
            for subject in subjects:
                event = await latest(reader, object_id=subject, type=event_type)
                if event is not None and event["id"] != point:
                    return Answer(200, event)
        raise refusal

    return await in_steps(services, call, begin, proceed)
