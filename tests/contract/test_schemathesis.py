"""schemathesis against the gateway: all phases, all checks, with a key, over a real socket."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import pytest

from _regenerate.spec import load
from molam_api.operations import OPERATIONS
from molam_gateway.embedded import Sandbox

ROOT = Path(__file__).resolve().parents[2]
CONFIG = ROOT / "tests/contract/fuzzing/schemathesis.toml"
SPEC = ROOT / "spec/openapi.yaml"

_LONG = os.environ.get("MOLAM_CONTRACT_EFFORT") == "long"
_SECONDS = os.environ.get("MOLAM_CONTRACT_SECONDS", "900")
_EFFORT = ["--max-examples=200", f"--max-time={_SECONDS}"] if _LONG else ["--max-examples=10"]
_PHASES = ("examples", "coverage", "fuzzing", "stateful")

pytestmark = [pytest.mark.contract, pytest.mark.timeout(int(_SECONDS) + 900 if _LONG else 600)]


def fuzz(sandbox: Sandbox, report: Path, *options: str, spec: Path = SPEC) -> "subprocess.CompletedProcess[str]":
    """Run schemathesis; its configuration, the seed included, is in a file beside this one."""
    command = [sys.executable, "-m", "schemathesis.cli", f"--config-file={CONFIG}", "run", str(spec)]
    reports = ["--report=json", f"--report-json-path={report}"]
    variables = {
        "MOLAM_CONTRACT_URL": sandbox.url,
        "MOLAM_CONTRACT_KEY": sandbox.api_key,
        "PYTHONPATH": str(ROOT),
    }
    environment = {**os.environ, **variables}
    return subprocess.run(
        [*command, *reports, *options], env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )


def accepted(report: Mapping[str, Any]) -> dict[str, int]:
    """How many well-formed requests each operation carried out, over all phases."""
    rates = cast(Mapping[str, Mapping[str, Mapping[str, int]]], report["valid_rates"])
    return {operation: sum(phase["accepted"] for phase in phases.values()) for operation, phases in rates.items()}


def test_the_gateway_keeps_to_the_spec(tmp_path: Path) -> None:
    """No check fails for any request, no warning either; and the requests do reach every operation."""
    with Sandbox(validate_responses=True) as sandbox:
        run = fuzz(sandbox, tmp_path / "report.json", *_EFFORT)
    assert run.returncode == 0, run.stdout[-20_000:] + run.stderr[-2_000:]
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["complete"]
    assert {phase: report["phases"][phase]["status"] for phase in _PHASES} == dict.fromkeys(_PHASES, "success")
    assert report["operations"]["tested"] == report["operations"]["selected"] == len(OPERATIONS)
    reached = accepted(report)
    assert len(reached) == len(OPERATIONS)
    assert [operation for operation, times in reached.items() if times == 0] == []


def test_the_fuzzer_notices_a_gateway_that_breaks_its_spec(tmp_path: Path) -> None:
    """Against a spec that promises other things than the gateway keeps, each broken promise is reported."""
    spec = load(SPEC)
    creation = spec["paths"]["/v1/connect/merchant_onboardings"]["post"]
    request = spec["components"]["schemas"]["CreateMerchantOnboardingRequest"]
    spec["components"]["schemas"]["MerchantOnboarding"]["required"].append("colour")
    request["properties"]["business_name"]["maxLength"] = 300
    request["required"].append("phone")
    del creation["responses"]["400"]
    altered = tmp_path / "altered.json"
    altered.write_text(json.dumps(spec), encoding="utf-8")
    only = f"--include-operation-id={creation['operationId']}"
    with Sandbox() as sandbox:
        run = fuzz(sandbox, tmp_path / "report.json", only, "--phases=coverage", spec=altered)
    assert run.returncode == 1
    report = json.loads((tmp_path / "report.json").read_text())
    assert {failure["type"] for failure in report["failures"]} == {
        "AcceptedNegativeData",
        "JsonSchemaError",
        "RejectedPositiveData",
        "UndefinedStatusCode",
    }
