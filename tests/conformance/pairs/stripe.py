"""Stripe's adapter and the simulated account."""

import contextlib
from collections.abc import AsyncGenerator
from dataclasses import replace

from molam_gateway.domain.attempts import AttemptKind
from molam_gateway.domain.outcomes import Pending
from molam_gateway.providers.configuration import Configuration
from molam_gateway.providers.simulators.book import Book, Movement
from molam_gateway.providers.simulators.stripe import ACCOUNT, SECRET_KEY, StripeSimulator
from molam_gateway.providers.stripe import Stripe

from ..pair import Pair, Wish, Wishes
from ..served import serve
from ..world import World

_WEBHOOK_SECRET = "whsec_1a2b3c4d5e6f"


def _card(name: str) -> dict[str, object]:
    return {"payment_method": f"pm_card_{name}"}


_PAYMENTS = {
    Wish.OK: _card("visa"),
    Wish.DECLINED: _card("chargeDeclinedInsufficientFunds"),
    Wish.LATER_OK: _card("simulatedProcessing"),
    Wish.LATER_FAILED: _card("simulatedProcessingDeclined"),
    Wish.ACTION: {**_card("authenticationRequired"), "return_url": "https://shop.example/back"},
}
_WISHES: Wishes = {
    **{(kind, wish): _PAYMENTS[wish] for kind in (AttemptKind.CHARGE, AttemptKind.AUTHORIZE) for wish in _PAYMENTS},
    (AttemptKind.CAPTURE, Wish.OK): {},
    (AttemptKind.VOID, Wish.OK): {},
    (AttemptKind.REFUND, Wish.OK): {},
    (AttemptKind.REFUND, Wish.LATER_OK): {"parent": _card("pendingRefund")},
    (AttemptKind.REFUND, Wish.REVISED): {"parent": _card("refundFail")},
}
_MOVING = {
    AttemptKind.CHARGE: "/v1/payment_intents",
    AttemptKind.AUTHORIZE: "/v1/payment_intents",
    AttemptKind.CAPTURE: "/capture",
    AttemptKind.VOID: "/cancel",
    AttemptKind.REFUND: "/v1/refunds",
}


@contextlib.asynccontextmanager
async def open_stripe(world: World) -> AsyncGenerator[Pair]:
    simulator = StripeSimulator(Book(), now=world.clock.seconds)
    simulator.notify(world.mailbox.webhook_url, _WEBHOOK_SECRET)

    async def movements() -> list[Movement]:
        return list(simulator.movements)

    async def decide(pending: Pending, approve: bool) -> None:
        assert pending.next_action is not None
        intent = str(pending.next_action["redirect_url"]).rpartition("/")[2]
        simulator.authenticate(intent, approve=approve)

    async with serve(simulator.app) as served:
        secrets = {"secret_key": SECRET_KEY, "webhook_secrets": _WEBHOOK_SECRET}
        configuration = Configuration("pc_stripe", "acct_1", False, served.url, {"account": ACCOUNT}, secrets)
        pair = Pair(
            name="stripe",
            simulation=simulator.simulation,
            served=served,
            mailbox=world.mailbox,
            clock=world.clock,
            configuration=configuration,
            invalid=replace(configuration, secrets={**secrets, "secret_key": "sk_test_ofnobody"}),
            make=lambda http: Stripe(world.clock.now, real_now=world.clock.seconds, http=http),
            movements=movements,
            amount=2500,
            currency="USD",
            wishes=_WISHES,
            moving=_MOVING,
            decide=decide,
            signature="stripe-signature",
        )
        yield pair
        await pair.provider.close()
        await simulator.close()
