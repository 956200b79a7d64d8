"""Several processes that deliver from one database: each attempt is made by one of them, and none is lost."""

import asyncio
from collections import Counter
from collections.abc import Coroutine, Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import pytest

from molam_gateway import failpoints
from molam_gateway.delivery.dispatcher import Dispatcher
from molam_gateway.delivery.sender import Sender
from molam_gateway.operations.payment_intents import create_payment_intent
from molam_gateway.operations.webhook_deliveries import (
    list_webhook_deliveries,
    redrive_webhook_deliveries,
    redrive_webhook_delivery,
)
from molam_gateway.operations.webhook_endpoints import create_webhook_endpoint, update_webhook_endpoint
from molam_gateway.realtime.sequencer import Sequencer
from molam_gateway.settings import Settings
from tests.gateway_fixtures import Receiver

from .bench import Bench

pytestmark = pytest.mark.anyio

INTENT = {"amount": 2500, "currency": "USD"}
LONG_ENOUGH = 60.0


class Killed(BaseException):
    """The process ends here."""


def _die() -> None:
    raise Killed


class Process:
    """A gateway's sequencer and dispatcher with their own connections to the bench's database."""

    def __init__(self, bench: Bench, stack: AsyncExitStack, sender: Sender, settings: Settings) -> None:
        store = bench.database.store()
        stack.push_async_callback(store.close)
        self.sequencer = Sequencer(store, lambda position: None)
        self.dispatcher = Dispatcher(replace(bench.services, store=store), settings, sender)

    async def claim(self) -> list[Coroutine[None, None, None]]:
        """Number what is new and take the lease on what is due, as the worker does."""
        await self.sequencer.claim()
        return await self.dispatcher.claim()

    async def work(self) -> int:
        """Do what is due until nothing is."""
        done = 0
        while attempts := await self.claim():
            await asyncio.gather(*attempts)
            done += len(attempts)
        return done


async def processes(bench: Bench, stack: AsyncExitStack, count: int) -> list[Process]:
    settings = Settings(endpoint_concurrency=8)
    sender = await stack.enter_async_context(Sender(connect_timeout=8, total_timeout=10, sandbox=True))
    return [Process(bench, stack, sender, settings) for _ in range(count)]


async def endpoint(bench: Bench, url: str, **members: object) -> str:
    made = await bench.call(create_webhook_endpoint, {"url": url, "enabled_events": ["*"], **members})
    return str(made.json["id"])


async def deliveries(bench: Bench, **filters: object) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await bench.call(list_webhook_deliveries, query=filters)).json["data"]
    return found


def ids(receiver: Receiver) -> Mapping[str, int]:
    """How often each event arrived."""
    return Counter(delivery.headers["webhook-id"] for delivery in receiver.deliveries)


async def test_each_event_is_delivered_by_one_of_them(bench: Bench) -> None:
    async with AsyncExitStack() as stack:
        receivers = [stack.enter_context(Receiver()) for _ in range(3)]
        for receiver in receivers:
            await endpoint(bench, receiver.url)
        for _ in range(20):
            await bench.call(create_payment_intent, INTENT)
        crew = await processes(bench, stack, 3)
        done = await asyncio.gather(*(process.work() for process in crew))
        assert sum(done) == 60
        for receiver in receivers:
            assert len(ids(receiver)) == 20
            assert set(ids(receiver).values()) == {1}
    assert {each["status"] for each in await deliveries(bench, limit=100)} == {"delivered"}


async def test_what_a_process_took_with_it_is_delivered_by_another(bench: Bench) -> None:
    """Killed before the post, and between the post and its settling: at least once, under one id."""
    async with AsyncExitStack() as stack:
        receiver = stack.enter_context(Receiver())
        await endpoint(bench, receiver.url)
        await bench.call(create_payment_intent, INTENT)
        dying, heir, third = await processes(bench, stack, 3)
        (attempt,) = await dying.claim()
        attempt.close()
        assert await heir.work() == 0
        bench.clock.pass_real_time(LONG_ENOUGH)
        (attempt,) = await heir.claim()
        with failpoints.armed("after_delivery", _die), pytest.raises(Killed):
            await attempt
        assert list(ids(receiver).values()) == [1]
        assert await third.work() == 0
        bench.clock.pass_real_time(LONG_ENOUGH)
        assert await third.work() == 1
        assert list(ids(receiver).values()) == [2]
    (delivery,) = await deliveries(bench)
    assert (delivery["status"], delivery["attempt_count"]) == ("delivered", 1)


async def test_an_attempt_that_outlived_its_lease_writes_nothing(bench: Bench) -> None:
    async with AsyncExitStack() as stack:
        receiver = stack.enter_context(Receiver(200, 500))
        await endpoint(bench, receiver.url)
        await bench.call(create_payment_intent, INTENT)
        slow, other = await processes(bench, stack, 2)
        (late,) = await slow.claim()
        bench.clock.pass_real_time(LONG_ENOUGH)
        assert await other.work() == 1
        await late
    (delivery,) = await deliveries(bench)
    assert (delivery["status"], delivery["attempt_count"]) == ("delivered", 1)
    assert list(ids(receiver).values()) == [2]


async def test_what_is_not_due_is_not_taken_twice_in_a_row(bench: Bench) -> None:
    """Another process saw a delivery due, then lost the race: the retry that it finds is not due."""
    async with AsyncExitStack() as stack:
        receiver = stack.enter_context(Receiver(500))
        await endpoint(bench, receiver.url)
        await bench.call(create_payment_intent, INTENT)
        crew = await processes(bench, stack, 4)
        for _ in range(3):
            await asyncio.gather(*(process.work() for process in crew))
        assert len(receiver.deliveries) == 1


async def test_of_redrives_at_once_one_begins(bench: Bench) -> None:
    async with AsyncExitStack() as stack:
        receiver = stack.enter_context(Receiver(500, 500, 200))
        await endpoint(bench, receiver.url, retry_schedule=[1])
        await bench.call(create_payment_intent, INTENT)
        crew = await processes(bench, stack, 2)
        for _ in range(2):
            await crew[0].work()
            bench.clock.pass_real_time(LONG_ENOUGH)
        (dead,) = await deliveries(bench, status="dead_letter")
        one = (bench.call(redrive_webhook_delivery, webhook_delivery_id=dead["id"]) for _ in range(4))
        many = (bench.call(redrive_webhook_deliveries, {}) for _ in range(4))
        answers = await asyncio.gather(*one, *many)
        begun = [a for a in answers if a.json.get("status") == "pending" or a.json.get("redriven") == 1]
        assert len(begun) == 1
        await asyncio.gather(*(process.work() for process in crew))
        assert list(ids(receiver).values()) == [3]


async def test_gone_in_all_processes_at_once_disables_once(bench: Bench) -> None:
    """The settlements and the disabling touch the same rows; none of them may stand in another's way."""
    async with AsyncExitStack() as stack:
        receiver = stack.enter_context(Receiver(*[200] * 4, 410))
        gone = await endpoint(bench, receiver.url, max_concurrency=8)
        crew = await processes(bench, stack, 3)
        for _ in range(4):
            await bench.call(create_payment_intent, INTENT)
            await asyncio.gather(*(process.work() for process in crew))
        for _ in range(30):
            await bench.call(create_payment_intent, INTENT)
        await asyncio.gather(*(process.work() for process in crew))
        kept = await deliveries(bench, endpoint_id=gone, status="dead_letter", limit=100)
        assert len(kept) >= 30
        assert await deliveries(bench, endpoint_id=gone, status="pending") == []
        assert await deliveries(bench, endpoint_id=gone, status="retrying") == []
    with Receiver() as repaired:
        changes = {"url": repaired.url, "status": "enabled"}
        await bench.call(update_webhook_endpoint, changes, webhook_endpoint_id=gone)
        assert (await bench.call(redrive_webhook_deliveries, {"endpoint_id": gone})).json["redriven"] == len(kept)
        async with AsyncExitStack() as stack:
            crew = await processes(bench, stack, 3)
            await asyncio.gather(*(process.work() for process in crew))
        assert set(ids(repaired).values()) == {1}
        assert len(ids(repaired)) == len(kept)
