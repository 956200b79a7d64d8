"""A Stripe account that is simulated: its API, what happens in its own time, and its ledger."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from ..book import Book, Movement
from ..simulation import Happening, Simulation
from . import charges, customer_page, disputes, payment_intents, refunds, webhooks
from .api import Api
from .errors import StripeError
from .knobs import Knobs
from .world import Document, World, shown

ACCOUNT = "acct_simulated"
SECRET_KEY = "sk_test_simulated"  # noqa: S105 - opens the simulator only
API_VERSION = "2025-09-30.clover"


class StripeSimulator:
    """`app` serves the API; `simulation` is a source of work for whatever loop keeps its time.

    `keys` are the account's secret keys, each with whether it may do anything. Money is moved by captures (`charge`),
    refunds and failed refunds (`refund_reversal`); a movement's reference is the idempotency key of the request that
    caused it. `now` is in seconds of unix time.
    """

    def __init__(
        self,
        book: Book | None = None,
        *,
        now: Callable[[], float] = time.time,
        knobs: Knobs | None = None,
        account: str = ACCOUNT,
        keys: Mapping[str, bool] | None = None,
        livemode: bool = False,
        seed: int = 0,
    ) -> None:
        self.knobs = knobs or Knobs()
        self.simulation = Simulation("stripe", book or Book(), now)
        self._webhooks = webhooks.Webhooks(self.simulation, self.knobs, API_VERSION, livemode=livemode, seed=seed)
        self._world = World(self.simulation, self.knobs, livemode, self._webhooks.emit)
        self._plan_happenings()
        self.keys = dict(keys or {SECRET_KEY: True})
        api = Api(self._world, self._webhooks, account, self.keys)
        pages = customer_page.routes(self._payment, lambda it, approve: self.authenticate(it, approve=approve))
        self.app: ASGIApp = self.simulation.app([*api.routes(), *pages], self._controls())

    @property
    def movements(self) -> Sequence[Movement]:
        """The ledger, oldest first."""
        return self.simulation.book.movements()

    def notify(self, url: str, secret: str, events: Sequence[str] = ("*",)) -> None:
        """Tell this address of what happens, signed with this secret."""
        self._webhooks.register(self._world, url, secret, events)

    def roll_secret(self, url: str, secret: str, overlap: float) -> None:
        """Sign for this address with another secret; with the old one too for `overlap` seconds."""
        self._webhooks.roll(self._world, url, secret, overlap)

    def authenticate(self, id: str, *, approve: bool) -> Document:
        """Let the customer of a payment that requires it authenticate, or fail to."""
        with self.simulation.book.transaction():
            return payment_intents.authenticated(self._world, id, approve=approve)

    def dispute(self, charge: str) -> None:
        """Let a cardholder's bank take a charge back."""
        with self.simulation.book.transaction():
            disputes.opened(self._world, charge)

    def close_dispute(self, id: str, status: str) -> None:
        """Decide a dispute: `won` or `lost`."""
        with self.simulation.book.transaction():
            disputes.closed(self._world, id, status)

    async def close(self) -> None:
        """Close connections and the book."""
        await self.simulation.close()

    def _plan_happenings(self) -> None:
        world, on = self._world, self.simulation.on
        on(payment_intents.EXPIRES, self._within(lambda it: payment_intents.expired(world, it["id"])))
        on(payment_intents.SETTLES, self._within(lambda it: payment_intents.settled(world, it["id"])))
        on(refunds.ENDS, self._within(lambda it: refunds.ended(world, it["id"])))
        on(charges.DISPUTES, self._within(lambda it: disputes.opened(world, it["charge"])))
        on(disputes.CLOSES, self._within(lambda it: disputes.closed(world, it["id"], it["status"])))
        on(webhooks.DELIVERY, self._webhooks.deliver)

    def _within(self, change: Callable[[Mapping[str, Any]], None]) -> Happening:
        async def happen(document: Mapping[str, Any]) -> None:
            with self.simulation.book.transaction():
                change(document)

        return happen

    def _payment(self, id: str) -> Document | None:
        intent = self.simulation.book.find("payment_intent", id)
        return intent if intent and intent["next_action"] and "_return_url" in intent else None

    def _controls(self) -> list[Route]:
        async def authenticate(request: Request) -> JSONResponse:
            wish = await request.json()
            try:
                intent = self.authenticate(wish["payment_intent"], approve=bool(wish["approve"]))
            except StripeError as error:
                return JSONResponse(error.document(), error.status)
            return JSONResponse(shown(intent))

        async def repeat(request: Request) -> JSONResponse:
            wish = await request.json()
            self.knobs.webhook_copies, self.knobs.webhook_spread = int(wish["copies"]), float(wish["spread"])
            return JSONResponse({"done": True})

        return [
            Route("/_control/authenticate", authenticate, methods=["POST"]),
            Route("/_control/webhooks", repeat, methods=["POST"]),
        ]
