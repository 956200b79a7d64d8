"""Makes load in a process of its own: `python -m benchmarks.gateway.generator PLAN` prints what came of a JSON plan.

A closed loop has so many clients that each wait for their answer; an open loop begins at planned times whatever became
of what began before, and counts each latency from the planned time, so a server that stalls does not hide it.
"""

from __future__ import annotations

import asyncio
import collections
import gc
import json
import secrets
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.gateway.connection import Connection

Work = Callable[[Connection], Awaitable[bool]]
"""One piece of work on a connection; whether it went as it should."""


@dataclass(frozen=True)
class Plan:
    """What to do: `work` by so many clients for so long; with a `rate` it begins so often in a second instead."""

    url: str
    api_key: str
    work: str
    clients: int
    seconds: float
    rate: float | None = None
    warm_up: float = 0.0


@dataclass(frozen=True)
class Course:
    """What came of it: seconds from the first beginning to the last end, latencies in milliseconds."""

    done: int
    failed: int
    seconds: float
    latencies: list[float]

    @property
    def rate(self) -> float:
        """How many went well in a second."""
        return self.done / self.seconds if self.seconds else 0.0

    def quantile(self, share: float) -> float:
        """A latency in milliseconds."""
        found = sorted(self.latencies)
        return found[min(len(found) - 1, int(share * len(found)))] if found else float("nan")


def payment(**members: object) -> dict[str, Any]:
    """A payment of CPay's card that goes well."""
    return {"amount": 2500, "currency": "USD", "description": "an order", "metadata": {"order": "1"}, **members}


async def _pair(connection: Connection) -> bool:
    status, body = await connection.post("/v1/connect/payment_intents", payment(), secrets.token_hex(8))
    if status != 201:
        return False
    path = f"/v1/connect/payment_intents/{json.loads(body)['id']}/confirm"
    status, body = await connection.post(path, {"payment_method": "pm_cpay_ok"}, secrets.token_hex(8))
    return status == 200


async def _create(connection: Connection) -> bool:
    status, _ = await connection.post("/v1/connect/payment_intents", payment(), secrets.token_hex(8))
    return status == 201


async def _slow(connection: Connection) -> bool:
    members = payment(provider="stripe", payment_method="pm_card_visa", confirm=True)
    status, _ = await connection.post("/v1/connect/payment_intents", members, secrets.token_hex(8))
    return status in {201, 202}


async def _bare(connection: Connection) -> bool:
    status, _ = await connection.get("/")
    return status == 200


def _replays() -> Work:
    keys: dict[Connection, str] = {}

    async def replay(connection: Connection) -> bool:
        key = keys.setdefault(connection, secrets.token_hex(8))
        status, _ = await connection.post("/v1/connect/payment_intents", payment(), key)
        return status == 201

    return replay


WORK: dict[str, Callable[[], Work]] = {
    "pair": lambda: _pair,
    "create": lambda: _create,
    "replay": _replays,
    "slow": lambda: _slow,
    "bare": lambda: _bare,
}


async def closed(plan: Plan, work: Work) -> Course:
    """Each client begins again as soon as it has its answer; what begins while it warms up is not counted."""
    counted_from = time.perf_counter() + plan.warm_up
    over_at = counted_from + plan.seconds
    latencies: list[float] = []
    failed = 0
    last = counted_from

    async def client() -> None:
        nonlocal failed, last
        connection = Connection(plan.url, plan.api_key)
        while (begun := time.perf_counter()) < over_at:
            well = await _tried(work, connection)
            ended = time.perf_counter()
            if not well:
                failed += 1
                await asyncio.sleep(0.05)
            elif begun >= counted_from:
                latencies.append((ended - begun) * 1000)
                last = max(last, ended)
        connection.close()

    await asyncio.gather(*(client() for _ in range(plan.clients)))
    return Course(len(latencies), failed, last - counted_from, latencies)


async def at_a_pace(plan: Plan, work: Work, rate: float) -> Course:
    """Begin at planned times, on as many connections as that takes."""
    free: collections.deque[Connection] = collections.deque()
    running: set[asyncio.Task[None]] = set()
    latencies: list[float] = []
    failed = 0
    began = time.perf_counter()

    async def once(planned: float) -> None:
        nonlocal failed
        connection = free.popleft() if free else Connection(plan.url, plan.api_key)
        if await _tried(work, connection):
            if planned - began >= plan.warm_up:
                latencies.append((time.perf_counter() - planned) * 1000)
        else:
            failed += 1
        free.append(connection)

    for number in range(int(rate * (plan.warm_up + plan.seconds))):
        planned = began + number / rate
        await asyncio.sleep(max(0.0, planned - time.perf_counter()))
        task = asyncio.create_task(once(planned))
        running.add(task)
        task.add_done_callback(running.discard)
    await asyncio.gather(*running)
    for connection in free:
        connection.close()
    return Course(len(latencies), failed, time.perf_counter() - began - plan.warm_up, latencies)


async def _tried(work: Work, connection: Connection) -> bool:
    try:
        return await work(connection)
    except (OSError, asyncio.IncompleteReadError):
        connection.close()
        return False


async def carry_out(plan: Plan) -> Course:
    """Do what the plan says."""
    gc.disable()
    work = WORK[plan.work]()
    return await (closed(plan, work) if plan.rate is None else at_a_pace(plan, work, plan.rate))


if __name__ == "__main__":
    print(json.dumps(asdict(asyncio.run(carry_out(Plan(**json.loads(sys.argv[1])))))))
