"""A merchant's program: pays for its open orders through durable calls; may die anywhere and is started again."""

import asyncio
import inspect
import os
import socket
import time
from collections.abc import Coroutine, Mapping
from typing import Any, TypeVar

from sqlalchemy import select, update

from molam_sdk import MolamAsyncClient, MolamClient, errors
from molam_sdk._shared import process
from molam_sdk._shared.breaker import FAILURES_TO_OPEN, Breaker
from molam_sdk.durable import AsyncJournal, Journal, metadata
from tests.crashes.databases import async_engine_of, engine_of, orders
from tests.crashes.planted import journal_with
from tests.crashes.points import Points

T = TypeVar("T")

_DEADLINE = 10.0


def live(specification: Mapping[str, Any]) -> None:
    """Recover, then pay for every order.

    Args:
        specification: database, url and api_key; lens, number and deed of the point to die at; `notes`, a file that
            takes what happened; asynchronous, variant and the name of a planted defect; whether there is a `breaker`,
            which one failure more opens where there is no network.
    """
    points = Points.of(specification)
    shop = _Shop(specification, points)
    if specification["offline"]:
        _cut_off(int(specification["url"].rpartition(":")[2]))
        _wear(process.breaker(specification["url"], mutating=True))
    if specification["asynchronous"]:
        asyncio.run(_asynchronous(shop, specification, points))
    else:
        _synchronous(shop, specification, points)
    points.note(f"passed {points.count}")


def _synchronous(shop: "_Shop", specification: Mapping[str, Any], points: Points) -> None:
    journal = journal_with(specification["planted"], Journal(shop.engine))
    with MolamClient(**_options(specification), journal=journal) as client:
        points.arm()
        _run(shop.pay_all(client))


async def _asynchronous(shop: "_Shop", specification: Mapping[str, Any], points: Points) -> None:
    engine = async_engine_of(specification["database"])
    points.watch(engine.sync_engine)
    async with MolamAsyncClient(**_options(specification), journal=AsyncJournal(engine)) as client:
        points.arm()
        await shop.pay_all(client)
    await engine.dispose()


def _options(specification: Mapping[str, Any]) -> Any:
    return {
        "api_key": specification["api_key"],
        "api_base": specification["url"],
        "deadline": _DEADLINE,
        "backoff_factor": 0.01,
        "circuit_breaker": specification["breaker"],
        "telemetry": False,
    }


class _Shop:
    """Knows its orders by their table only."""

    def __init__(self, specification: Mapping[str, Any], points: Points) -> None:
        self._mints = specification["variant"] == "minted keys"
        self._is_offline = specification["offline"]
        self._note = points.note
        self.engine = engine_of(specification["database"])
        points.watch(self.engine)

    async def pay_all(self, client: MolamClient | MolamAsyncClient) -> None:
        """Ask what became of the last life's calls, then go on; a minted key is only safe together with the journal."""
        for recovered in await _value(client.recover()):
            if recovered.ending == "succeeded":
                self._paid(recovered.object)
        if self._mints:
            await self._look_at_attempts(client)
        for order in self._with("open"):
            if self._mints:
                self._set(order.id, state="attempted")
            self._note(f"begins {order.id} {os.getpid()}")
            try:
                self._paid(await self._pay(client, order))
            except errors.NetworkError as error:
                if not self._is_offline:
                    raise
                self._note(f"hears {order.id} {os.getpid()} {error.outcome}")
        self.engine.dispose()

    async def _pay(self, client: MolamClient | MolamAsyncClient, order: Any) -> Any:
        return await _value(
            client.payment_intents.create(
                amount=order.amount,
                currency="USD",
                payment_method="pm_cpay_ok",
                confirm=True,
                metadata={"order": order.id},
                idempotency_key=None if self._mints else order.id,
            )
        )

    async def _look_at_attempts(self, client: MolamClient | MolamAsyncClient) -> None:
        """Settle orders whose key died with the process: what the journal does not know was never sent."""
        attempted = self._with("attempted")
        if not attempted:
            return
        calls = metadata.tables["molam_calls"]
        with self.engine.connect() as connection:
            made = connection.execute(select(calls.c.object_id).where(calls.c.state == "succeeded")).scalars().all()
        for object_id in made:
            self._paid(await _value(client.payment_intents.retrieve(object_id)))
        for order in self._with("attempted"):
            self._set(order.id, state="open")

    def _with(self, state: str) -> Any:
        with self.engine.connect() as connection:
            return connection.execute(select(orders).where(orders.c.state == state).order_by(orders.c.id)).all()

    def _paid(self, intent: Any) -> None:
        self._set(intent.metadata["order"], state="paid", intent=intent.id)

    def _set(self, order: str, **values: str) -> None:
        with self.engine.begin() as connection:
            connection.execute(update(orders).where(orders.c.id == order).values(values))


def _cut_off(port: int) -> None:
    """Let nobody connect to the provider from this process."""
    connect: Any = socket.socket.connect

    def refused(own: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and address[1] == port:
            raise ConnectionRefusedError
        connect(own, address)

    socket.socket.connect = refused  # type: ignore[assignment,method-assign]


def _wear(breaker: Breaker) -> None:
    """Let it have seen nearly as many failures as it takes to open."""
    for _ in range(FAILURES_TO_OPEN - 1):
        breaker.failed(time.monotonic(), probe=0)


async def _value(given: Any) -> Any:
    return await given if inspect.isawaitable(given) else given


def _run(steps: Coroutine[Any, Any, T]) -> T:
    """Run what never waits."""
    try:
        steps.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    raise AssertionError("it waited for something")
