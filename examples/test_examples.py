"""The examples do what they say, each as a program of its own against the sandbox."""

import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

HERE = Path(__file__).parent


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Let children be interrupted, also where a shell in the background ignores it and so would they."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def run(name: str, *arguments: str, variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, HERE / name, *arguments],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )


def post(url: str, body: bytes, headers: dict[str, str]) -> int:
    request = urllib.request.Request(url, data=body, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_an_order_is_paid_once_however_often_the_program_runs(sandbox_variables: dict[str, str]) -> None:
    first = run("pay_and_refund.py", "order-1", variables=sandbox_variables)
    again = run("pay_and_refund.py", "order-1", variables=sandbox_variables)
    assert (first.returncode, first.stderr) == (0, "")
    assert re.fullmatch(r"pi_\w+: 25\.00 USD received\nref_\w+: 4\.00 USD given back\n", first.stdout)
    assert again.stdout == first.stdout


def test_the_order_must_be_named(sandbox_variables: dict[str, str]) -> None:
    done = run("pay_and_refund.py", variables=sandbox_variables)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("usage: pay_and_refund.py [-h] order\n")


def test_an_example_explains_an_outage_and_how_to_go_on(sandbox_variables: dict[str, str]) -> None:
    nobody = {**sandbox_variables, "MOLAM_API_BASE": "http://127.0.0.1:9"}
    done = run("pay_and_refund.py", "order-2", variables=nobody)
    assert (done.returncode, done.stderr) == (2, "")
    assert done.stdout.splitlines()[-1].startswith("outcome not_sent: start this again with the same order")


def test_many_payments_at_once(sandbox_variables: dict[str, str]) -> None:
    done = run("pay_many_async.py", "30", variables=sandbox_variables)
    assert (done.returncode, done.stdout) == (0, "27 paid, 3 declined\n"), done.stderr


@pytest.mark.usefixtures("interruptible")
def test_webhooks_are_received_and_forgeries_refused_until_ctrl_c(
    sandbox_variables: dict[str, str], webhook: SimpleNamespace
) -> None:
    command = [sys.executable, str(HERE / "receive_webhooks.py"), "0"]
    with subprocess.Popen(
        command,
        env={**os.environ, **sandbox_variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            url = process.stdout.readline().split()[-1]
            assert post(url, webhook.body, webhook.headers) == 204
            assert process.stdout.readline().startswith("paid: pi_")
            assert post(url, webhook.body + b" ", webhook.headers) == 400
            assert process.stdout.readline() == "refused: mismatch\n"
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=20) == 0
            assert process.stderr.read().endswith('"POST / HTTP/1.1" 400 -\n')
        finally:
            process.kill()
