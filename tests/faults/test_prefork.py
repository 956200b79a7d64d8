"""A client made before a real server forks its workers: everybody gets the own payment, over connections of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections import defaultdict
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.actions import Respond
from tests.faults.conftest import API_KEY
from tests.faults.payloads import own_answer
from tests.faults.server import FaultServer

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")

ORDERS = 200
TASKS = 50


@contextmanager
def running(server: FaultServer, *command: str, folder: Path, descriptor: int | None = None) -> Generator[None]:
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        "SHOP_KEY": API_KEY,
        "SHOP_URL": server.url,
        "SHOP_FOLDER": str(folder),
    }
    passed = () if descriptor is None else (descriptor,)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", *command], env=environment, pass_fds=passed, stdout=log, stderr=log, cwd=folder
        )
        try:
            yield
            assert process.poll() is None, (folder / "log").read_text()
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    assert API_KEY not in (folder / "log").read_text()


def connections(server: FaultServer) -> dict[str, set[int]]:
    """The connections of each process."""
    found: dict[str, set[int]] = defaultdict(set)
    for request in server.requests:
        found[json.loads(request.body)["metadata"]["process"]].add(request.connection)
    return found


def assert_nothing_was_shared(server: FaultServer, *, workers: int, calls: int) -> None:
    of_processes = connections(server)
    every = [number for numbers in of_processes.values() for number in numbers]
    assert len(every) == len(set(every))
    assert len(server.requests) == calls + 1  # each sent once, and the one that warmed the client
    assert len({request.idempotency_key for request in server.requests}) == calls + 1
    assert 1 < len(of_processes) <= workers + 1


@pytest.mark.parametrize("worker", ["sync", "gthread"])
def test_gunicorn_with_preload(server: FaultServer, tmp_path: Path, worker: str) -> None:
    pytest.importorskip("gunicorn")
    server.otherwise = Respond(own_answer)
    orders = [f"order_{number}" for number in range(ORDERS)]
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listener:
        listener.set_inheritable(True)
        port = listener.getsockname()[1]
        command = ["gunicorn", "--preload", "--workers=2", "--threads=4", f"--worker-class={worker}"]
        command += [f"--bind=fd://{listener.fileno()}", "--no-control-socket", "tests.faults.prefork.wsgi:application"]

        def buy(order: str) -> str:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/{order}", timeout=20) as answer:
                return str(answer.read(), "ascii")

        with (
            running(server, *command, folder=tmp_path, descriptor=listener.fileno()),
            ThreadPoolExecutor(16) as customers,
        ):
            assert list(customers.map(buy, orders)) == [f"pi_{order}" for order in orders]
    assert_nothing_was_shared(server, workers=2, calls=ORDERS)


def test_celery_with_prefork(server: FaultServer, tmp_path: Path) -> None:
    pytest.importorskip("celery")
    from tests.faults.prefork.queue import queue

    server.otherwise = Respond(own_answer)
    orders = [f"order_{number}" for number in range(TASKS)]
    command = ["celery", "--app=tests.faults.prefork.tasks", "worker", "--pool=prefork", "--concurrency=2"]
    command += ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel=DEBUG"]
    with queue(tmp_path) as shop, running(server, *command, folder=tmp_path):
        sold = [shop.send_task("sell", [order]) for order in orders]
        assert [each.get(timeout=40, interval=0.02) for each in sold] == [f"pi_{order}" for order in orders]
    assert_nothing_was_shared(server, workers=2, calls=TASKS)
