"""Paystack."""

import contextlib
from collections.abc import AsyncGenerator
from dataclasses import replace

import aiohttp

from molam_gateway.domain.attempts import AttemptKind
from molam_gateway.domain.outcomes import Pending
from molam_gateway.providers.configuration import Configuration
from molam_gateway.providers.paystack.adapter import Paystack
from molam_gateway.providers.simulators.book import Book, Movement
from molam_gateway.providers.simulators.paystack.simulator import INTEGRATION, PaystackSimulator
from molam_gateway.providers.simulators.simulation import Simulation

from ..pair import Pair, Wish, Wishes
from ..served import serve
from ..world import World

SECRET_KEY = "sk_test_5d41402abc4b2a76b9719d91"


def _charge(method: str) -> dict[str, object]:
    return {"payment_method": method, "customer": {"email": "awa@example.com"}}


def _account(last4: str) -> dict[str, object]:
    return {
        "beneficiary": {
            "type": "bank_account",
            "account_number": f"000123{last4}",
            "account_holder": "Awa Diop",
            "bank_code": "058",
        }
    }


_WISHES: Wishes = {
    (AttemptKind.CHARGE, Wish.OK): _charge("pm_AUTH_k2j3h4"),
    (AttemptKind.CHARGE, Wish.DECLINED): _charge("pm_AUTH_insufficient_funds"),
    (AttemptKind.CHARGE, Wish.LATER_OK): _charge("pm_AUTH_later_ok"),
    (AttemptKind.CHARGE, Wish.LATER_FAILED): _charge("pm_AUTH_later_failed"),
    (AttemptKind.CHARGE, Wish.ACTION): _charge("pm_paystack_checkout"),
    (AttemptKind.REFUND, Wish.OK): {},
    (AttemptKind.REFUND, Wish.LATER_FAILED): {"parent": _charge("pm_AUTH_refund_fails")},
    (AttemptKind.REFUND, Wish.REVISED): {"parent": _charge("pm_AUTH_refund_fails_later")},
    (AttemptKind.PAYOUT, Wish.OK): _account("0000"),
    (AttemptKind.PAYOUT, Wish.DECLINED): _account("0009"),
    (AttemptKind.PAYOUT, Wish.LATER_OK): _account("7777"),
    (AttemptKind.PAYOUT, Wish.LATER_FAILED): _account("0001"),
    (AttemptKind.PAYOUT, Wish.REVISED): _account("0003"),
}


@contextlib.asynccontextmanager
async def open_paystack(world: World) -> AsyncGenerator[Pair]:
    frame = Simulation("paystack", Book(), world.clock.seconds)
    simulator = PaystackSimulator(frame, secret_key=SECRET_KEY, webhook_url=world.mailbox.webhook_url)

    async def movements() -> list[Movement]:
        return frame.book.movements()

    async def decide(pending: Pending, approve: bool) -> None:
        assert pending.next_action is not None
        page = str(pending.next_action["redirect_url"])
        async with aiohttp.ClientSession() as browser:
            async with browser.get(page) as shown:
                assert "Pay" in await shown.text()
            async with browser.post(page, params={"decision": "pay" if approve else "refuse"}) as decided:
                assert decided.status == 200

    async with serve(simulator.app()) as served:
        secrets = {"secret_key": SECRET_KEY}
        configuration = Configuration(
            "pc_paystack", "acct_1", False, served.url, settings={"integration": INTEGRATION}, secrets=secrets
        )
        pair = Pair(
            name="paystack",
            simulation=frame,
            served=served,
            mailbox=world.mailbox,
            clock=world.clock,
            configuration=configuration,
            invalid=replace(configuration, secrets={"secret_key": "sk_test_of_nobody_at_all"}),
            make=lambda http: Paystack(http, world.clock.seconds),
            movements=movements,
            amount=250000,
            currency="NGN",
            wishes=_WISHES,
            moving={
                AttemptKind.CHARGE: "/transaction/charge_authorization$",
                AttemptKind.REFUND: "/refund$",
                AttemptKind.PAYOUT: "/transfer$",
            },
            decide=decide,
            signature="x-paystack-signature",
        )
        yield pair
        await pair.provider.close()
        await frame.close()
