"""What a type checker knows of functions for events in web frameworks."""

# pyright: reportUnnecessaryTypeIgnoreComment=true

from __future__ import annotations

from typing import Any, assert_type

from molam_api.models import Charge, Event, PaymentIntent, Refund
from molam_sdk.contrib.starlette import Webhooks

webhooks = Webhooks("whsec_1")


@webhooks.on("payment_intent.succeeded", "payment_intent.failed")
async def settled(event: Event, intent: PaymentIntent) -> None:
    assert_type(intent.amount, int)


@webhooks.on("refund.*")
def refunded(event: Event, refund: Refund) -> str:
    return refund.id


@webhooks.on("dispute.created")
def of_a_later_version(event: Event, about: dict[str, Any]) -> None: ...


@webhooks.on("charge.failed")  # type: ignore[arg-type]
def of_another_object(event: Event, refund: Refund) -> None: ...


def registered(event: Event, charge: Charge, refund: Refund) -> None:
    webhooks.on("charge.*")(lambda event, charge: assert_type(charge, Charge))
    assert_type(refunded(event, refund), str)
