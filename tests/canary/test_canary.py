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

from tests.canary import exclusions
from tests.canary.marks import DESCRIPTION, PHONE, Marks

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).relative_to(ROOT).as_posix()
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
    assert done.returncode == (1 if found["leaks"] or found["faults"] or found["failed"] else 0)
    return found


def names(leaks: dict[str, Any], sink: str) -> set[str]:
    """What was found in a sink."""
    return {leak.partition(" in ")[0] for leak in leaks if f"in {sink}" in leak or sink in leak}


@pytest.mark.timeout(300)
def test_nothing_is_seen(tmp_path: Path) -> None:
    found = run(tmp_path, BROAD)
    assert (found["leaks"], found["faults"], found["failed"]) == ({}, [], 0)
    searched = found["searched"]
    assert min(searched["error"], searched["object"], searched["log"]) > 2_000
    assert min(searched["event"], searched["headers"], searched["span"]) > 100
    assert searched["figures"] == 2


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
    assert (found["leaks"], found["faults"], found["failed"]) == ({}, [], 0)
    searched = found["searched"]
    assert min(searched["error"], searched["log"]) > 1_000
    assert min(searched["rows"], searched["object"]) > 40
    assert min(searched["file of hidden bodies"], searched["file WAL of hidden bodies"]) > 10


DURABLE_SINKS = {
    "sealed rows": ("rows of molam_calls", "rows of webhook_subscriptions", "file WAL of hidden bodies", "file WAL"),
    "redacted rows": ("rows of molam_calls", "file WAL of hidden bodies"),
    "echoed rows": ("log sqlalchemy.engine.Engine",),
    "repr of a seal": ("Seal: repr",),
    "locals": (": locals of ",),
}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("plant", DURABLE_SINKS)
def test_leaks_of_durable_calls_on_purpose_are_seen(tmp_path: Path, plant: str) -> None:
    tests = ["tests/durable/test_bodies.py", "tests/durable/test_subscriptions.py", "tests/durable/test_failures.py"]
    leaks = run(tmp_path, [*tests, *ON_SQLITE], plant)["leaks"]
    assert [sink for sink in DURABLE_SINKS[plant] if not names(leaks, sink)] == []


@pytest.mark.timeout(300)
def test_a_body_that_was_in_a_row_for_a_moment_is_seen_in_the_file(tmp_path: Path) -> None:
    """No row shows it any more."""
    leaks = run(tmp_path, ["tests/durable/test_bodies.py", *ON_SQLITE], "overwritten rows")["leaks"]
    assert names(leaks, "rows of") == set()
    assert names(leaks, "file WAL of hidden bodies") == {"phone", "email", "name", "body of a call"}


SINKS = {
    "log": "in log molam_sdk",
    "locals": ": locals of ",
    "repr of a config": "in Config: repr",
    "repr of a client": "Client: repr",
    "pickle": ": pickle",
    "telemetry": "in headers",
    "warning": "in warning",
    "span": "in figures of OpenTelemetry",
    "output": "in output",
}


@pytest.mark.timeout(300)
def test_leaks_on_purpose_are_seen(tmp_path: Path) -> None:
    leaks = run(tmp_path, NARROW, *SINKS)["leaks"]
    assert [plant for plant, sink in SINKS.items() if not any(sink in leak for leak in leaks)] == []
    assert {"phone", "email", "name"} <= names(leaks, "log molam_sdk")  # the body of a request, at level DEBUG


@pytest.mark.timeout(300)
def test_leaks_in_words_and_events_are_seen(tmp_path: Path) -> None:
    leaks = run(tmp_path, NARROW, "message", "event")["leaks"]
    assert names(leaks, "Error: str") == {"api key"}
    assert any("in event request" in leak for leak in leaks)


@pytest.mark.timeout(300)
def test_figures_of_several_processes_are_added_up(tmp_path: Path) -> None:
    pytest.importorskip("xdist")
    alone = run(tmp_path, NARROW, "telemetry")
    shared = run(tmp_path, [*NARROW, "--numprocesses", "2"], "telemetry")
    assert shared["leaks"].keys() == alone["leaks"].keys() != set()
    assert shared["searched"]["headers"] == alone["searched"]["headers"]


@pytest.mark.timeout(300)
def test_an_exclusion_of_no_test_fails_the_run(tmp_path: Path) -> None:
    (fault,) = run(tmp_path, ["tests/unit/sdk/test_resolve.py"], "exclusion")["faults"]
    assert "test_that_is_not_there" in fault


def test_exclusions_are_looked_up_where_all_tests_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        exclusions, "DESELECTED", {f"{HERE}::test_gone": "", f"{HERE}::test_here": "", "x.py::test": ""}
    )
    monkeypatch.setattr(exclusions, "UNMARKED", {})
    monkeypatch.setattr(exclusions, "AT_ONCE", {})
    collected = [f"{HERE}::test_here[1]", f"{HERE}::test_here[2]"]
    assert list(exclusions.unknown(collected, [HERE], ROOT)) == [f"{HERE}::test_gone", "x.py::test"]
    assert list(exclusions.unknown(collected, [f"{HERE}::test_here"], ROOT)) == ["x.py::test"]
    assert list(exclusions.unknown([], ["tests/unit"], ROOT)) == ["x.py::test"]


def test_values_are_found_in_every_form_and_masked_in_the_report() -> None:
    marks = Marks()
    marks.add("api key", "sk_test_4eC39HqLyjWDarjtT1zdp7dc")
    marks.add("too short to be sure", "sk_test_x")
    text = f"Bearer 4eC39HqLyjWDarjtT1zdp7dc {PHONE} {DESCRIPTION} sk_test_x"
    assert marks.found_in(text) == {"api key", "phone", "description"}
    assert marks.masked(text) == "Bearer <api key> +<phone> for Awa <description> sk_test_x"
