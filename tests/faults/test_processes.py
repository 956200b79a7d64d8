"""A client that is carried into a forked child or onto another event loop opens connections of its own there."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Literal

import pytest

from molam_sdk import MolamAsyncClient
from tests.faults.actions import Answer, Respond, json_answer
from tests.faults.conftest import API_KEY
from tests.faults.connection import RecordedRequest
from tests.faults.payloads import own_answer
from tests.faults.server import FaultServer

CALLS = 20

FORKING = """
import asyncio, json, os, sys
from molam_sdk import MolamAsyncClient, MolamClient

kind, wire, url, key, calls = *sys.argv[1:5], int(sys.argv[5])
client = (MolamClient if kind == "sync" else MolamAsyncClient)(api_key=key, api_base=url, wire=wire)
runner = asyncio.Runner()

def create(order):
    made = client.payment_intents.create(amount=1, currency="USD", metadata={"order": order})
    return (made if kind == "sync" else runner.run(made)).id

def many(who):
    return all(create(f"{who}_{n}") == f"pi_{who}_{n}" for n in range(calls))

assert create("warm") == "pi_warm"
child = os.fork()
if child == 0:
    runner = asyncio.Runner()
    os._exit(0 if many("child") else 1)
mine = many("parent")
_, status = os.waitpid(child, 0)
print(json.dumps([mine, os.waitstatus_to_exitcode(status), create("after") == "pi_after"]))
runner.run(client.aclose()) if kind == "async" else client.close()
runner.close()
"""


POOLING = """
import json, multiprocessing, os, sys
from concurrent.futures import ProcessPoolExecutor
from molam_sdk import MolamClient, errors

url, key, calls = sys.argv[1], sys.argv[2], int(sys.argv[3])
client = MolamClient(api_key=key, api_base=url, max_retries=0)

def create(order):
    return client.payment_intents.create(amount=1, currency="USD", metadata={"order": order}).id

def child(number):
    return create(f"child_{os.getpid()}_{number}")

def refused(_):
    return client.payment_intents.create(amount=1, currency="USD", metadata={"order": "refused"}, idempotency_key="k")

assert create("warm") == "pi_warm"
context = multiprocessing.get_context("fork")
with context.Pool(4) as pool:
    ids = pool.map(child, range(calls), chunksize=1)
with ProcessPoolExecutor(1, context) as pool:
    try:
        pool.submit(refused, 0).result()
    except errors.DeclinedError as error:
        told = [error.idempotency_key, error.decline_code, error.outcome, str(error)]
print(json.dumps([ids, told, create("after")]))
client.close()
"""


def connections(server: FaultServer, who: str) -> set[int]:
    return {
        request.connection
        for request in server.requests
        if json.loads(request.body)["metadata"]["order"].startswith(who)
    }


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("wire", ["molam", "httpx"])
@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_forked_child_never_shares_a_connection(server: FaultServer, kind: str, wire: str) -> None:
    server.otherwise = Respond(own_answer)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", FORKING, kind, wire, server.url, API_KEY, str(CALLS)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [True, 0, True]
    assert done.stderr == ""
    parents = connections(server, "warm") | connections(server, "parent") | connections(server, "after")
    assert len(parents) == 1
    assert len(connections(server, "child")) == 1
    assert parents.isdisjoint(connections(server, "child"))
    server.wait_for_open_connections(0)


def sell_or_decline(request: RecordedRequest) -> Answer:
    if json.loads(request.body)["metadata"]["order"] != "refused":
        return own_answer(request)
    about = {"code": "card_declined", "decline_code": "expired_card", "detail": "Awa's card"}
    problem = {"error_type": "payment_error"} | about
    return json_answer(problem, 402)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_pools_of_processes(server: FaultServer) -> None:
    server.otherwise = Respond(sell_or_decline)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", POOLING, server.url, API_KEY, str(CALLS)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    ids, told, after = json.loads(done.stdout)
    assert [made.rpartition("_")[2] for made in ids] == [str(number) for number in range(CALLS)]
    assert told[:3] == ["k", "expired_card", "rejected"]
    assert after == "pi_after"
    owners: dict[int, set[str]] = {}
    for request in server.requests:
        order = json.loads(request.body)["metadata"]["order"]
        process = order.rpartition("_")[0] if order.startswith("child") else order.partition("_")[0]
        owners.setdefault(request.connection, set()).add(process)
    assert all(len(processes) == 1 for processes in owners.values() if processes != {"warm", "after"})


async def create(client: MolamAsyncClient, order: str) -> str:
    metadata = {"order": order}
    return (await client.payment_intents.create(amount=1, currency="USD", metadata=metadata)).id


@pytest.mark.parametrize("wire", ["molam", "httpx"])
def test_one_client_in_one_loop_after_another(server: FaultServer, wire: Literal["molam", "httpx"]) -> None:
    server.otherwise = Respond(own_answer)
    client = MolamAsyncClient(api_key=API_KEY, api_base=server.url, wire=wire)

    async def twice(turn: int) -> list[str]:
        return [await create(client, f"{turn}_{n}") for n in range(2)]

    for turn in range(3):
        assert asyncio.run(twice(turn)) == [f"pi_{turn}_0", f"pi_{turn}_1"]
    assert server.accepted == 3
    asyncio.run(client.aclose())


@pytest.mark.parametrize("wire", ["molam", "httpx"])
def test_one_client_in_several_loops_at_once(server: FaultServer, wire: Literal["molam", "httpx"]) -> None:
    server.otherwise = Respond(own_answer)
    client = MolamAsyncClient(api_key=API_KEY, api_base=server.url, wire=wire)
    together = threading.Barrier(4)

    def loop(number: int) -> list[str]:
        async def calls() -> list[str]:
            together.wait(10)
            return [await create(client, f"{number}_{n}") for n in range(10)]

        return asyncio.run(calls())

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(loop, range(4)))
    assert results == [[f"pi_{number}_{n}" for n in range(10)] for number in range(4)]
