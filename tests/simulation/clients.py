"""The same worlds with the real clients in them: journal, `recover` and `resolve` included, only the wire is simulated.

One order is served after the other, since a client of the synchronous kind cannot wait for two things.
"""

# The clients are given another clock and another wire.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from functools import partial
from typing import Any
from unittest import mock

from molam_sdk import MolamAsyncClient, MolamClient, _async_client, _client, errors
from molam_sdk._shared import process
from tests.simulation.client_world import AsyncWire, ClientWorld, Killed, Shop, Wire
from tests.simulation.merchant import PATIENCE
from tests.simulation.pages import AsyncPages, Pages
from tests.simulation.play import check
from tests.simulation.schedule import Schedule
from tests.simulation.state import PERSON, Call
from tests.simulation.world import CONNECT_TIMEOUT, READ_TIMEOUT, REGIONS, START

_FINAL = frozenset({"card_declined", "balance_insufficient", "resource_missing", "parameter_invalid"})


class Merchant:
    """Serves the orders of a schedule with clients of one kind."""

    def __init__(self, schedule: Schedule, kind: str, runner: asyncio.Runner) -> None:
        self.world = ClientWorld(schedule)
        self._kind = kind
        self._runner = runner

    def serve(self) -> ClientWorld:
        """Serve every order; return the world that is left."""
        for number, order in enumerate(self.world.schedule.orders, 1):
            shop = Shop(number, order)
            self._serve(shop, Pages(self.world, shop))
            self.world.run()
            check(self.world, shop)
        return self.world

    def _serve(self, shop: Shop, pages: Pages) -> None:
        died = False
        self.world.skew = shop.order.skew
        while True:
            if not shop.order.tenant or shop.number == 1:
                process.reset()
            client = self._client(shop, pages)
            try:
                if died and shop.order.journal and self._recovered(client, shop, pages):
                    return
                self._get_paid(client, shop, pages, doubtful=died and not shop.order.journal)
            except Killed:
                died = True
                self.world.skew = 0.0
                self.world.sleep(shop.order.back_after)
                continue
            return

    def _get_paid(self, client: Any, shop: Shop, pages: Pages, *, doubtful: bool) -> None:
        order, nap = shop.order, shop.order.nap
        trusts = order.user == "trusts"
        is_remembered = order.journal or self.world.schedule.regions > 1
        error: errors.MolamError | None = None
        for patience in range(PATIENCE):
            resolving = error is not None and order.user == "resolves"
            shop.asked_again, shop.sent, shop.same_key = resolving, [], doubtful and error is not None
            pause = 0.5 + patience
            try:
                found = self._do(partial(client.resolve, error)) if resolving else self._create(client, shop)
            except errors.MolamError as raised:
                last = raised
            else:
                self._note(shop, "succeeded", found.id, None)
                shop.beliefs = [found.id]
                return
            if last.code == "not_resolvable":
                shop.beliefs = [PERSON]
                return
            self._note(shop, last.outcome, "", last.code)
            if last.outcome == "unknown":
                if (last.code == "parameter_invalid" and (resolving or is_remembered)) or pages.is_stale(last):
                    shop.beliefs = [PERSON]
                    return
                if last.code == "idempotency_key_expired":
                    charged = [region.charged(shop.last_key, shop.order.tenant) for region in self.world.regions]
                    shop.beliefs = ["".join(charged)]
                    return
                doubtful, error = True, last
                self.world.sleep(nap)
                nap = 0.0
            elif doubtful and not resolving and last.code not in _FINAL and not trusts:
                pass  # this call says nothing of the one before
            elif last.code in _FINAL:
                if not order.insists or shop.tries:
                    shop.beliefs = [""]
                    return
                shop.tries += 1
                doubtful, error = False, None
            else:
                shop.renewed += trusts
                doubtful, error = False, None
            self.world.sleep(pause if trusts else max(last.retry_after or 0.0, pause))
        self.world.fail("never ends: the user gives up")

    def _create(self, client: Any, shop: Shop) -> Any:
        key = None if shop.order.minted else shop.key()
        if shop.order.minted and shop.same_key:
            key = shop.last_key
        shop.given_key = key
        about = f"{shop.number}-{shop.tries}"
        if shop.order.confirms:
            return self._do(
                lambda: client.payment_intents.confirm(
                    shop.intent(), return_url=f"https://shop.example/{about}", idempotency_key=key
                )
            )
        return self._do(
            lambda: client.payment_intents.create(
                amount=1000,
                currency="USD",
                payment_method="pm_cpay_ok",
                confirm=True,
                description=about,
                idempotency_key=key,
            )
        )

    def _recovered(self, client: Any, shop: Shop, pages: Pages) -> bool:
        """Settle what is open in the journal; whether it is known then what became of the order."""
        for patience in range(PATIENCE):
            if not any(row.is_open for row in pages.rows.values()):
                break
            shop.asked_again, shop.sent = True, []
            for found in self._do(client.recover):
                code = None if found.error is None else found.error.code
                if found.ending == "in_doubt" and code == "parameter_invalid":
                    shop.beliefs = [PERSON]
                    return True
            self.world.sleep(20.0 + patience)
        else:
            self.world.fail("never ends: recovery gives up")
        ends = [row.ended for row in pages.rows.values() if row.ended is not None]
        if not ends:
            return False
        if ends[-1].ending == "stale":
            shop.beliefs = [PERSON]
            return True
        if ends[-1].ending == "succeeded":
            shop.beliefs = [ends[-1].object_id or "an object without an id"]
            return True
        if ends[-1].code in _FINAL and len(ends) > shop.tries:
            if not shop.order.insists or shop.tries:
                shop.beliefs = [""]
                return True
            shop.tries += 1
        if ends[-1].ending == "not_sent":
            shop.used.clear()  # nothing was done: the keys are as good as new
        return False

    def _note(self, shop: Shop, outcome: str, found: str, code: str | None) -> None:
        self.world.wire.append(f"{self.world.now:.6f} {outcome} {found} {code}")
        shop.calls.append(Call(outcome, found, shop.last_key, shop.sent, code))
        self._check_word(shop, outcome)
        if not shop.order.journal:
            shop.dies("answered", "finished")

    def _check_word(self, shop: Shop, outcome: str) -> None:
        """Who keeps a journal, or all that it did in memory, never says of a key that moved money that it did not."""
        key, tenant = shop.given_key, shop.order.tenant
        is_remembered = len(self.world.regions) > 1 and not shop.order.crash
        if outcome not in ("not_sent", "rejected") or key is None or not (shop.order.journal or is_remembered):
            return
        if any(region.charged(key, tenant) for region in self.world.regions):
            self.world.fail(f"wrong word: a call with {key} is {outcome}, and money has moved with it")

    def _do(self, call: Callable[[], Any]) -> Any:
        returned = call() if self._kind == "sync" else None
        if self._kind == "sync":
            return returned

        async def awaited() -> Any:
            found = call()
            return await found if inspect.isawaitable(found) else found

        return self._runner.run(awaited())

    def _client(self, shop: Shop, pages: Pages) -> Any:
        world, schedule = self.world, self.world.schedule
        for region in REGIONS[: schedule.regions]:
            for _ in range(schedule.worn):
                process.breaker(region, mutating=True).failed(START - 100.0, probe=0)
        options: dict[str, Any] = {
            "api_key": "sk_test_simulation",
            "account": shop.order.tenant or None,
            "regions": {"eu": REGIONS[0], "us": REGIONS[1]},
            "region": "eu",
            "fallback_regions": ("us",) if schedule.regions == 2 else (),
            "write_failover": schedule.failover,
            "timeout": (CONNECT_TIMEOUT, READ_TIMEOUT),
            "deadline": schedule.deadline,
            "max_retries": schedule.retries,
            "retry_budget": schedule.budget,
            "require_attempt_id": schedule.echo,
        }
        client: Any
        if self._kind == "sync":
            options["journal"] = pages if shop.order.journal else None
            with mock.patch.object(_client, "_open_wire", return_value=Wire(world, shop)):
                client = MolamClient(**options)
            client._sleep = world.sleep
        else:
            options["journal"] = AsyncPages(pages) if shop.order.journal else None
            with mock.patch.object(_async_client, "_open_wire", return_value=AsyncWire(world, shop)):
                client = MolamAsyncClient(**options)

            async def sleep(seconds: float) -> None:
                world.sleep(seconds)

            client._sleep = sleep
        client._now, client._wall, client._random = world.clock, world.wall, world.random
        return client
