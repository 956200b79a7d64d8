"""The examples do what they say, each as a program of its own against the sandbox."""

import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from types import SimpleNamespace

HERE = Path(__file__).parent


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


def test_many_payments_at_once(sandbox_variables: dict[str, str]) -> None:
    done = run("pay_many_async.py", "30", variables=sandbox_variables)
    assert (done.returncode, done.stdout) == (0, "27 paid, 3 declined\n"), done.stderr


def test_a_webhook_is_received_and_a_forgery_refused(
    sandbox_variables: dict[str, str], webhook: SimpleNamespace
) -> None:
    command = [sys.executable, str(HERE / "receive_webhooks.py"), "0"]
    with subprocess.Popen(
        command,
        env={**os.environ, **sandbox_variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            url = process.stdout.readline().split()[-1]
            assert post(url, webhook.body, webhook.headers) == 204
            assert process.stdout.readline().startswith("paid: pi_")
            assert post(url, webhook.body + b" ", webhook.headers) == 400
            assert process.stdout.readline() == "refused: mismatch\n"
        finally:
            process.terminate()
