"""Other tests, run with marked values: nothing is seen where it must not be, and a leak would be.

`tox -e canary` runs the whole of the SDK's tests in this way.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.canary.marks import DESCRIPTION, PHONE, Marks

ROOT = Path(__file__).parents[2]
BROAD = [
    "tests/unit/sdk/test_client_answers.py",
    "tests/unit/sdk/test_client_secrets.py",
    "tests/unit/sdk/test_client_webhooks.py",
    "tests/unit/sdk/test_resolve.py",
    "tests/faults/test_outcomes.py",
    "tests/faults/test_retries.py",
]
NARROW = ["tests/unit/sdk/test_observe_telemetry.py", "tests/unit/sdk/test_client_lifecycle.py"]


def run(folder: Path, tests: list[str], *plants: str) -> dict[str, Any]:
    report = folder / "report.json"
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("COV_", "PYTEST_"))}
    environment |= {"MOLAM_CANARY_REPORT": str(report), "MOLAM_CANARY_PLANT": ",".join(plants)}
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
    command = [sys.executable, "-m", "pytest", "-p", "tests.canary.plugin", "-p", "no:cacheprovider", "-q", *tests]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert report.exists(), done.stdout + done.stderr
    found: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    assert done.returncode == (1 if found["leaks"] else 0)
    return found


@pytest.mark.timeout(300)
def test_nothing_is_seen(tmp_path: Path) -> None:
    found = run(tmp_path, BROAD)
    assert found["leaks"] == {}
    assert found["failed"] < 10  # those that compare whole bodies
    searched = found["searched"]
    assert min(searched["error"], searched["object"], searched["log"]) > 2_000
    assert min(searched["event"], searched["headers"]) > 100


DURABLE = [
    "tests/durable/test_bodies.py",
    "tests/durable/test_failures.py",
    "tests/durable/test_subscriptions.py",
    "tests/durable/test_traces.py",
]
ON_SQLITE = ("-k", "not postgresql and not mariadb")


@pytest.mark.timeout(300)
def test_nothing_of_durable_calls_is_seen(tmp_path: Path) -> None:
    found = run(tmp_path, [*DURABLE, *ON_SQLITE])
    assert found["leaks"] == {}
    assert found["failed"] == 0
    searched = found["searched"]
    assert min(searched["error"], searched["log"]) > 1_000
    assert min(searched["rows"], searched["object"]) > 40


DURABLE_SINKS = {
    "sealed rows": ("rows of molam_calls", "rows of webhook_subscriptions"),
    "redacted rows": ("rows of molam_calls",),
    "echoed rows": ("log sqlalchemy.engine.Engine",),
    "repr of a seal": ("Seal: repr",),
    "locals": (": locals of ",),
}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("plant", DURABLE_SINKS)
def test_leaks_of_durable_calls_on_purpose_are_seen(tmp_path: Path, plant: str) -> None:
    tests = ["tests/durable/test_bodies.py", "tests/durable/test_subscriptions.py", "tests/durable/test_failures.py"]
    leaks = run(tmp_path, [*tests, *ON_SQLITE], plant)["leaks"]
    assert [
        sink for sink in DURABLE_SINKS[plant] if not any(f"in {sink}" in leak or sink in leak for leak in leaks)
    ] == []


SINKS = {
    "log": "in log molam_sdk",
    "locals": ": locals of ",
    "repr of a config": "in Config: repr",
    "repr of a client": "Client: repr",
    "pickle": ": pickle",
    "telemetry": "in headers",
    "warning": "in warning",
    "output": "in output",
}


@pytest.mark.timeout(300)
def test_leaks_on_purpose_are_seen(tmp_path: Path) -> None:
    leaks = run(tmp_path, NARROW, *SINKS)["leaks"]
    assert [plant for plant, sink in SINKS.items() if not any(sink in leak for leak in leaks)] == []


@pytest.mark.timeout(300)
def test_leaks_in_words_and_events_are_seen(tmp_path: Path) -> None:
    leaks = run(tmp_path, NARROW, "message", "event")["leaks"]
    assert any(leak.endswith(("Error: str", "Error: repr")) for leak in leaks)
    assert any("in event request" in leak for leak in leaks)


def test_values_are_found_in_every_form_and_masked_in_the_report() -> None:
    marks = Marks()
    marks.add("api key", "sk_test_4eC39HqLyjWDarjtT1zdp7dc")
    marks.add("too short to be sure", "sk_test_x")
    text = f"Bearer 4eC39HqLyjWDarjtT1zdp7dc {PHONE} {DESCRIPTION} sk_test_x"
    assert marks.found_in(text) == {"api key", "phone", "description"}
    assert marks.masked(text) == "Bearer <api key> +<phone> for Awa <description> sk_test_x"
