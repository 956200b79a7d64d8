"""The simulated Daraja: its parts put together."""

import time
from collections.abc import Callable
from pathlib import Path

from starlette.types import ASGIApp

from ..book import Book
from ..simulation import Simulation
from .b2c import B2c
from .behaviour import Behaviour
from .c2b import C2b
from .commands import Commands
from .controls import Controls
from .keys import Keys
from .merchant import Rules
from .oauth import OAuth
from .office import Office
from .reversal import Reversal
from .status import Status
from .stk import Stk


class MpesaSimulator:
    """`app` serves Daraja's API; `simulation` keeps its time (a source of work) and its book of movements.

    Without a path the book is forgotten at the end. `now` is in seconds of unix time.
    """

    def __init__(
        self, path: Path | None = None, now: Callable[[], float] = time.time, rules: Rules | None = None
    ) -> None:
        self.rules = rules or Rules()
        self.simulation = Simulation("mpesa", Book(path), now)
        self._office = Office(self.simulation, self.rules)
        self._keys = Keys(self.simulation.book)
        commands = Commands(self._office, self._keys)
        self._stk, self._c2b = Stk(self._office), C2b(self._office)
        parts = (
            OAuth(self._office),
            self._stk,
            self._c2b,
            B2c(self._office, commands),
            Reversal(self._office, commands),
            Status(self._office, commands),
        )
        routes = [route for part in parts for route in part.routes]
        self.app: ASGIApp = self.simulation.app(routes, Controls(self._office, self._stk, self._c2b).routes)

    @property
    def certificate(self) -> str:
        """The certificate (PEM) whose key opens security credentials."""
        return self._keys.certificate

    @property
    def tokens_issued(self) -> int:
        """How often a token was asked for with success."""
        return int((self.simulation.book.find("counter", "tokens") or {"last": 0})["last"])

    def tell(self, msisdn: str, behaviour: Behaviour, kind: str = "payment", times: int = 1) -> None:
        """Let the next payments (or reversals) of a number go this way."""
        self._office.tell(msisdn, behaviour, kind, times)

    async def decide(self, handle: str, *, approve: bool) -> None:
        """Let the customer answer the prompt of this CheckoutRequestID now."""
        await self._stk.decide(handle, approve=approve)

    def pay(self, shortcode: str, msisdn: str, amount: int, reference: str) -> None:
        """Let a customer pay of their own accord; amounts are shillings."""
        self._c2b.pay(shortcode, msisdn, amount, reference)

    def utility(self, shortcode: str) -> int:
        """The shillings in a merchant's utility account."""
        return self._office.utility(shortcode)

    async def close(self) -> None:
        """Close connections and the book."""
        await self.simulation.close()
