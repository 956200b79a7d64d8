"""Makes the fact happen that causes an event."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from ..domain.call import Answer, Call
from ..domain.problems import ProblemError
from ..services import Services
from ..storage.events import latest
from ..storage.port import Transaction
from .execution import Claim, in_steps
from .triggers import endpoints, onboardings, payments, payouts, refunds
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
    "webhook_endpoint.disabled": endpoints.disabled,
    "ping": endpoints.ping,
}

_TRIGGERING = "triggering"


async def trigger_event(services: Services, call: Call) -> Answer:
    """Take the legal steps that lead to an event and answer it; 409 invalid_state where there are none."""
    event_type = str((call.body or {})["type"])
    trigger = TRIGGERS.get(event_type)
    if trigger is None:
        raise ProblemError("parameter_invalid", f"There is no event type {event_type}.", param="type")

    async def begin(tx: Transaction) -> str:
        return _TRIGGERING

    async def proceed(claim: Claim, point: str) -> Answer:
        object_id = await trigger(Steps(services, call))
        async with services.store.reading() as reader:
            event = await latest(reader, object_id=object_id, type=event_type)
        if event is None:
            raise ProblemError("invalid_state", f"{object_id} did not come to {event_type}.")
        return Answer(200, event)

    return await in_steps(services, call, begin, proceed)
