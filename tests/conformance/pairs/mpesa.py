"""M-Pesa on a simulated Daraja."""

import contextlib
import itertools
from collections.abc import AsyncGenerator, Iterator, Mapping
from dataclasses import replace
from typing import Any

from molam_gateway.domain.attempts import AttemptKind
from molam_gateway.domain.outcomes import Pending
from molam_gateway.providers.configuration import Configuration
from molam_gateway.providers.mpesa import mpesa
from molam_gateway.providers.simulators.book import Movement
from molam_gateway.providers.simulators.mpesa import Merchant, MpesaSimulator

from ..pair import Pair, Wish
from ..served import serve
from ..world import World

_SUFFIXES = {
    (AttemptKind.CHARGE, Wish.OK): "100",
    (AttemptKind.CHARGE, Wish.DECLINED): "001",
    (AttemptKind.CHARGE, Wish.LATER_OK): "100",
    (AttemptKind.CHARGE, Wish.LATER_FAILED): "032",
    (AttemptKind.CHARGE, Wish.ACTION): "921",
    (AttemptKind.REFUND, Wish.OK): "100",
    (AttemptKind.PAYOUT, Wish.OK): "100",
    (AttemptKind.PAYOUT, Wish.LATER_OK): "100",
    (AttemptKind.PAYOUT, Wish.LATER_FAILED): "040",
}


class _Wishes(Mapping[tuple[AttemptKind, Wish], Mapping[str, Any]]):
    """Another customer each time: M-Pesa lets nobody pay the same twice within two minutes."""

    def __init__(self) -> None:
        self._customers = itertools.count(10_000)

    def __getitem__(self, key: tuple[AttemptKind, Wish]) -> Mapping[str, Any]:
        phone = f"+2547{next(self._customers):05d}{_SUFFIXES[key]}"
        match key[0]:
            case AttemptKind.CHARGE:
                return {"customer": {"phone": phone}, "payment_method": "pm_mpesa"}
            case AttemptKind.PAYOUT:
                return {"beneficiary": {"type": "mobile_money", "phone": phone, "network": "mpesa"}}
            case _:
                return {}

    def __iter__(self) -> Iterator[tuple[AttemptKind, Wish]]:
        return iter(_SUFFIXES)

    def __len__(self) -> int:
        return len(_SUFFIXES)


def configuration(simulator: MpesaSimulator, base_url: str, callback_url: str, **settings: str) -> Configuration:
    """What the simulator's merchant would configure."""
    return configuration_of(simulator.rules.merchants[0], simulator.certificate, base_url, callback_url, **settings)


def configuration_of(
    merchant: Merchant, certificate: str, base_url: str, callback_url: str, **settings: str
) -> Configuration:
    """What a merchant would configure who got this certificate."""
    return Configuration(
        "pc_mpesa",
        "acct_1",
        False,
        base_url,
        settings={"shortcode": merchant.shortcode, "initiator_name": merchant.initiator_name, **settings},
        secrets={
            "consumer_key": merchant.consumer_key,
            "consumer_secret": merchant.consumer_secret,
            "passkey": merchant.passkey,
            "initiator_password": merchant.initiator_password,
            "certificate": certificate,
        },
        callback_url=callback_url,
    )


@contextlib.asynccontextmanager
async def open_mpesa(world: World) -> AsyncGenerator[Pair]:
    simulator = MpesaSimulator(now=world.clock.seconds)

    async def movements() -> list[Movement]:
        return simulator.simulation.book.movements()

    async def decide(pending: Pending, approve: bool) -> None:
        assert pending.handle is not None
        await simulator.decide(pending.handle, approve=approve)

    async with serve(simulator.app) as served:
        usual = configuration(simulator, served.url, world.mailbox.callback_url("c2b"))
        pair = Pair(
            name="mpesa",
            simulation=simulator.simulation,
            served=served,
            mailbox=world.mailbox,
            clock=world.clock,
            configuration=usual,
            invalid=replace(usual, secrets={**usual.secrets, "consumer_secret": "nobody's secret"}),
            make=lambda http: mpesa(now=world.clock.now, sandbox_url=served.url, http=http, pushes=http),
            movements=movements,
            amount=25_000,
            currency="KES",
            wishes=_Wishes(),
            moving={
                AttemptKind.CHARGE: "/mpesa/stkpush/",
                AttemptKind.PAYOUT: "/mpesa/b2c/",
                AttemptKind.REFUND: "/mpesa/reversal/",
            },
            decide=decide,
        )
        yield pair
        await pair.provider.close()
        await simulator.close()
