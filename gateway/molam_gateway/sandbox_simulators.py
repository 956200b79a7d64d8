"""Opens the simulators of real providers when somebody needs them, and keeps their time."""

import functools
import hashlib
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

from starlette.types import ASGIApp

from .operations.callback_addresses import WEBHOOKS
from .providers.simulators.simulation import Simulation

PREFIX = "/sandbox/simulators"


@dataclass(frozen=True, slots=True)
class Premises:
    """What a simulator is built with: its book's file, its clock, where its client hears, a secret to sign with."""

    book: Path | None
    now: Callable[[], float]
    webhook_url: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class OpenSimulator:
    """A simulator that works, and what a client of it configures."""

    simulation: Simulation
    app: ASGIApp
    settings: Mapping[str, str]
    secrets: Mapping[str, str] = field(repr=False)


Opener: TypeAlias = Callable[[Premises], OpenSimulator]


def _stripe(premises: Premises) -> OpenSimulator:
    from .providers.simulators.book import Book
    from .providers.simulators.stripe import ACCOUNT, SECRET_KEY, StripeSimulator

    signing = f"whsec_{premises.secret}"
    simulator = StripeSimulator(Book(premises.book), now=premises.now)
    simulator.notify(premises.webhook_url, signing)
    secrets = {"secret_key": SECRET_KEY, "webhook_secrets": signing}
    return OpenSimulator(simulator.simulation, simulator.app, {"account": ACCOUNT}, secrets)


def _mpesa(premises: Premises) -> OpenSimulator:
    from .providers.simulators.mpesa import MpesaSimulator

    simulator = MpesaSimulator(premises.book, premises.now)
    merchant = simulator.rules.merchants[0]
    secrets = {
        "consumer_key": merchant.consumer_key,
        "consumer_secret": merchant.consumer_secret,
        "passkey": merchant.passkey,
        "initiator_password": merchant.initiator_password,
        "certificate": simulator.certificate,
    }
    settings = {"shortcode": merchant.shortcode, "initiator_name": merchant.initiator_name}
    return OpenSimulator(simulator.simulation, simulator.app, settings, secrets)


def _paystack(premises: Premises) -> OpenSimulator:
    from .providers.simulators.book import Book
    from .providers.simulators.paystack.simulator import INTEGRATION, PaystackSimulator

    secret_key = f"sk_test_{premises.secret}"
    frame = Simulation("paystack", Book(premises.book), premises.now)
    simulator = PaystackSimulator(frame, secret_key=secret_key, webhook_url=premises.webhook_url)
    return OpenSimulator(frame, simulator.app(), {"integration": INTEGRATION}, {"secret_key": secret_key})


def well_known(name: str) -> bytes:
    """A secret that simulators in a process of their own share with every gateway: it guards nothing."""
    return hashlib.sha256(name.encode()).digest()


OPENERS: Mapping[str, Opener] = {"mpesa": _mpesa, "paystack": _paystack, "stripe": _stripe}


class Simulators:
    """The simulators by name, each opened when it is first needed; a source of work for what happens in them.

    Their books are files beside `database`, or forgotten at the end without one.
    """

    def __init__(
        self, database: Path | None, now: Callable[[], datetime], public_url: str, secret: Callable[[str], bytes]
    ) -> None:
        self._database = database
        self._now = now
        self._public_url = public_url
        self._secret = secret
        self._open: dict[str, OpenSimulator] = {}
        self.running = 0
        """How much of what was claimed is not over yet."""
        for name in OPENERS:
            book = self._book(name)
            if book is not None and book.exists():
                self.open(name)

    def open(self, name: str) -> OpenSimulator:
        """The simulator of this name. Raises KeyError if there is none."""
        if name not in self._open:
            self._open[name] = OPENERS[name](
                Premises(
                    book=self._book(name),
                    now=lambda: self._now().timestamp(),
                    webhook_url=f"{self._public_url}{WEBHOOKS}/{name}",
                    secret=self._secret(f"simulator {name}").hex(),
                )
            )
        return self._open[name]

    def app(self, name: str) -> ASGIApp | None:
        """The application of a simulator, None if there is none of this name."""
        return self.open(name).app if name in OPENERS else None

    def credentials(self, name: str) -> Callable[[], tuple[Mapping[str, str], Mapping[str, str]]]:
        """What gives the settings and the secrets that a simulator knows its client by."""
        return functools.partial(self._credentials, name)

    async def claim(self) -> Sequence[Coroutine[Any, Any, None]]:
        """What is due in any of them."""
        found = [work for each in self._open.values() for work in await each.simulation.claim()]
        self.running += len(found)
        return [self._counted(work) for work in found]

    async def is_due(self, now: datetime) -> bool:
        """Whether there is something that should have happened by then."""
        due = await self.next_due()
        return due is not None and due <= now

    async def next_due(self) -> datetime | None:
        """When the next thing happens in one of them."""
        due = [at for each in self._open.values() if (at := await each.simulation.next_due()) is not None]
        return min(due, default=None)

    async def busy_elsewhere(self) -> bool:
        """Never: they are in this process."""
        return False

    async def close(self) -> None:
        """Close them all."""
        for each in self._open.values():
            await each.simulation.close()

    async def _counted(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        finally:
            self.running -= 1

    def _credentials(self, name: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
        opened = self.open(name)
        return opened.settings, opened.secrets

    def _book(self, name: str) -> Path | None:
        return None if self._database is None else self._database.with_name(f"{self._database.name}-{name}.book")
