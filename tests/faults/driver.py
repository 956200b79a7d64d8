"""One set of calls for both clients, so that every promise is tested once per client."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol, Self

from molam_api.models import PaymentIntent
from molam_sdk import MolamAsyncClient, MolamClient, MolamError
from tests.faults.actions import Hold
from tests.faults.payloads import INTENT_ID, created
from tests.faults.server import FaultServer

Connect = Callable[..., "Driver"]


class Driver(Protocol):
    """A client whose calls return when they are done, whatever it is underneath."""

    @property
    def client(self) -> MolamClient | MolamAsyncClient: ...
    def create(self, **arguments: Any) -> PaymentIntent: ...
    def retrieve(self, payment_intent_id: str) -> PaymentIntent: ...
    def confirm(self, payment_intent_id: str, **arguments: Any) -> PaymentIntent: ...
    def list_all(self, **arguments: Any) -> list[PaymentIntent]: ...
    def together(self, orders: Sequence[str]) -> list[str]: ...
    def resolve(self, error: MolamError) -> PaymentIntent: ...
    def with_options(self, **options: Any) -> Self: ...
    def close(self) -> None: ...


def _payment(changes: dict[str, Any]) -> dict[str, Any]:
    return {"amount": 2500, "currency": "USD"} | changes


class SyncDriver:
    def __init__(self, client: MolamClient) -> None:
        self.client = client

    def create(self, **arguments: Any) -> PaymentIntent:
        return self.client.payment_intents.create(**_payment(arguments))

    def retrieve(self, payment_intent_id: str) -> PaymentIntent:
        return self.client.payment_intents.retrieve(payment_intent_id)

    def confirm(self, payment_intent_id: str, **arguments: Any) -> PaymentIntent:
        return self.client.payment_intents.confirm(payment_intent_id, **arguments)

    def list_all(self, **arguments: Any) -> list[PaymentIntent]:
        return list(self.client.payment_intents.list(**arguments))

    def together(self, orders: Sequence[str]) -> list[str]:
        """The ids of as many concurrent creates, in the order of the metadata given."""

        def create(order: str) -> str:
            return self.create(metadata={"order": order}).id

        with ThreadPoolExecutor(len(orders)) as pool:
            return list(pool.map(create, orders))

    def resolve(self, error: MolamError) -> PaymentIntent:
        found: PaymentIntent = self.client.resolve(error)
        return found

    def with_options(self, **options: Any) -> SyncDriver:
        return SyncDriver(self.client.with_options(**options))

    def close(self) -> None:
        self.client.close()


class AsyncDriver:
    """Runs every call on one event loop of its own."""

    def __init__(self, client: MolamAsyncClient, runner: asyncio.Runner | None = None) -> None:
        self.client = client
        self._owned = runner is None
        self._closed = False
        self.runner = runner or asyncio.Runner()

    def create(self, **arguments: Any) -> PaymentIntent:
        return self.runner.run(self.client.payment_intents.create(**_payment(arguments)))

    def retrieve(self, payment_intent_id: str) -> PaymentIntent:
        return self.runner.run(self.client.payment_intents.retrieve(payment_intent_id))

    def confirm(self, payment_intent_id: str, **arguments: Any) -> PaymentIntent:
        return self.runner.run(self.client.payment_intents.confirm(payment_intent_id, **arguments))

    def list_all(self, **arguments: Any) -> list[PaymentIntent]:
        async def collect() -> list[PaymentIntent]:
            return [intent async for intent in self.client.payment_intents.list(**arguments)]

        return self.runner.run(collect())

    def together(self, orders: Sequence[str]) -> list[str]:
        """The ids of as many concurrent creates, in the order of the metadata given."""

        async def create(order: str) -> str:
            metadata = {"order": order}
            created = await self.client.payment_intents.create(amount=2500, currency="USD", metadata=metadata)
            return created.id

        async def all_of_them() -> list[str]:
            return await asyncio.gather(*map(create, orders))

        return self.runner.run(all_of_them())

    def resolve(self, error: MolamError) -> PaymentIntent:
        found: PaymentIntent = self.runner.run(self.client.resolve(error))
        return found

    def with_options(self, **options: Any) -> AsyncDriver:
        return AsyncDriver(self.client.with_options(**options), self.runner)

    def close(self) -> None:
        if not self._closed:
            self.runner.run(self.client.aclose())
            if self._owned:
                self.runner.close()
        self._closed = True


def assert_every_slot_works(driver: Driver, server: FaultServer, slots: int) -> None:
    """A pool of `slots` connections still holds that many calls at once."""
    release = threading.Event()
    arrived: list[int] = []
    before = len(server.requests)
    server.then(*[Hold(release, created())] * slots)

    def release_when_all_are_there() -> None:
        try:
            arrived.extend(request.connection for request in server.wait_for_requests(before + slots, 5)[before:])
        finally:
            release.set()

    watcher = threading.Thread(target=release_when_all_are_there)
    watcher.start()
    try:
        assert driver.together(["x"] * slots) == [INTENT_ID] * slots
    finally:
        watcher.join()
    assert len(set(arrived)) == slots
