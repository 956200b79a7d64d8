"""CPay over HTTP."""

import contextlib
import shutil
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

from molam_gateway.domain.attempts import AttemptKind
from molam_gateway.domain.outcomes import Pending
from molam_gateway.providers.configuration import Configuration
from molam_gateway.providers.cpay_http import CPayHttp
from molam_gateway.providers.simulators.book import Book, Movement
from molam_gateway.providers.simulators.cpay_http import CPayHttpSimulator
from molam_gateway.providers.simulators.simulation import Simulation
from molam_gateway.storage.sqlite import SqliteStore

from ..pair import Pair, Wish, Wishes
from ..served import serve
from ..world import World

_SECRETS = {"api_key": "cpay_key_9f8e7d6c5b", "webhook_secret": "cpay_whsec_1a2b3c4d"}


def _method(name: str) -> dict[str, object]:
    return {"payment_method": f"pm_cpay_{name}"}


def _account(last4: str) -> dict[str, object]:
    number = f"00012345{last4}"
    return {"beneficiary": {"type": "bank_account", "account_number": number, "account_holder": "Awa Diop"}}


_PAYMENTS = {
    Wish.OK: _method("ok"),
    Wish.DECLINED: _method("insufficient_funds"),
    Wish.LATER_OK: _method("async_ok"),
    Wish.LATER_FAILED: _method("async_fail"),
    Wish.ACTION: _method("action"),
}
_WISHES: Wishes = {
    **{(kind, wish): _PAYMENTS[wish] for kind in (AttemptKind.CHARGE, AttemptKind.AUTHORIZE) for wish in _PAYMENTS},
    (AttemptKind.CAPTURE, Wish.OK): {},
    (AttemptKind.VOID, Wish.OK): {},
    (AttemptKind.REFUND, Wish.OK): {},
    (AttemptKind.REFUND, Wish.REVISED): {"parent": _method("refund_fails_later")},
    (AttemptKind.PAYOUT, Wish.OK): _account("0000"),
    (AttemptKind.PAYOUT, Wish.LATER_OK): _account("7777"),
    (AttemptKind.PAYOUT, Wish.LATER_FAILED): _account("0001"),
    (AttemptKind.PAYOUT, Wish.REVISED): _account("0003"),
}


@contextlib.asynccontextmanager
async def open_cpay(world: World) -> AsyncGenerator[Pair]:
    store = SqliteStore(Path(shutil.copy(world.template, world.directory / "cpay.db")), durable=False)
    frame = Simulation("cpay", Book(), world.clock.seconds)
    simulator = CPayHttpSimulator(store, frame, webhook_url=world.mailbox.webhook_url, **_SECRETS)

    async def movements() -> list[Movement]:
        rows = await simulator.simulator.movements("acct_1", False, None)
        return [
            Movement(
                str(row["kind"]), int(str(row["amount"])), str(row["currency"]), str(row["provider_reference"]), "", 0
            )
            for row in rows
        ]

    async def decide(pending: Pending, approve: bool) -> None:
        assert pending.next_action is not None
        token = str(pending.next_action["redirect_url"]).rpartition("/")[2]
        await simulator.simulator.act(token, approve=approve)

    async with serve(simulator.app()) as served:
        configuration = Configuration("pc_cpay", "acct_1", False, served.url, secrets=_SECRETS)
        pair = Pair(
            name="cpay",
            simulation=frame,
            served=served,
            mailbox=world.mailbox,
            clock=world.clock,
            configuration=configuration,
            invalid=replace(configuration, secrets={**_SECRETS, "api_key": "cpay_key_of_nobody"}),
            make=lambda http: CPayHttp(http, served.url, world.clock.seconds),
            movements=movements,
            amount=2500,
            currency="USD",
            wishes=_WISHES,
            moving=dict.fromkeys(AttemptKind, "/v1/operations$"),
            decide=decide,
            signature="molam-signature",
        )
        yield pair
        await pair.provider.close()
        await frame.close()
        await store.close()
