"""A process that has no descriptor left: the call ends as what is known of it, with its key."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.faults.actions import CloseUnanswered
from tests.faults.conftest import API_KEY
from tests.faults.payloads import INTENT_ID, created
from tests.faults.server import FaultServer

pytest.importorskip("resource", reason="needs limits of processes")

STARVING = """
import asyncio, contextlib, json, os, resource, sys
from molam_sdk import MolamAsyncClient, MolamClient, MolamError

kind, url, key, when = sys.argv[1:]
options = dict(api_key=key, api_base=url, max_retries=2)
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
hoarded = []

def warm_up():
    # Everything that a call imports, whatever becomes of it.
    with MolamClient(**options | dict(api_base="http://127.0.0.1:1")) as client:
        with contextlib.suppress(MolamError):
            make(client)

async def warm_up_async():
    async with MolamAsyncClient(**options | dict(api_base="http://127.0.0.1:1")) as client:
        with contextlib.suppress(MolamError):
            await make(client)

def starve():
    with contextlib.suppress(OSError):
        while True:
            hoarded.append(os.dup(0))
    if when == "one left":
        os.close(hoarded.pop())

def make(client):
    return client.payment_intents.create(amount=1, currency="USD", idempotency_key="order-1")

def report(error):
    for descriptor in hoarded:
        os.close(descriptor)
    print(json.dumps([type(error).__name__, error.outcome, error.idempotency_key]))

def sync():
    with MolamClient(**options) as client:
        if when == "retrying":
            client._sleep = lambda seconds: starve()
        else:
            starve()
        try:
            print(json.dumps(make(client).id))
        except MolamError as error:
            report(error)

async def aio():
    async with MolamAsyncClient(**options) as client:
        if when == "retrying":
            client._sleep = hungry
        else:
            starve()
        try:
            print(json.dumps((await make(client)).id))
        except MolamError as error:
            report(error)

async def hungry(seconds):
    await asyncio.sleep(0.01)  # for the loop to let go of the connection that was lost
    starve()

warm_up()
asyncio.run(warm_up_async())
sync() if kind == "sync" else asyncio.run(aio())
"""


def starved(server: FaultServer, kind: str, when: str) -> object:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", STARVING, kind, server.url, API_KEY, when],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def test_nothing_is_sent(server: FaultServer, kind: str) -> None:
    assert starved(server, kind, "first") == ["NetworkError", "not_sent", "order-1"]
    assert server.requests == []


def test_a_socket_is_all_that_a_connection_takes(server: FaultServer, kind: str) -> None:
    server.then(created())
    assert starved(server, kind, "one left") == INTENT_ID


def test_what_was_sent_before_is_in_doubt(server: FaultServer, kind: str) -> None:
    server.then(CloseUnanswered())
    assert starved(server, kind, "retrying") == ["NetworkError", "unknown", "order-1"]
    assert [request.idempotency_key for request in server.requests] == ["order-1"]
