"""An operation that is added to the spec can be called once the code is generated anew, without a line of overlay."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import molam_sdk
from _regenerate.spec import load
from tests.contract.widgets import with_widgets
from tests.faults.actions import CloseUnanswered, Delay, json_answer
from tests.faults.connection import RecordedRequest
from tests.faults.server import FaultServer

ROOT = Path(__file__).parents[2]
OVERLAY = Path(molam_sdk.__file__).parents[1]
WIDGET = {"id": "wid_1", "object": "widget", "colour": "green", "size": 3}
PAGE = {"object": "list", "data": [WIDGET], "has_more": False, "next_cursor": None, "url": "/v1/connect/widgets"}
OVERLOADED = {"title": "Overloaded", "status": 503, "code": "overloaded", "error_type": "api_error"}
DECLINED = {"title": "Declined", "status": 402, "code": "card_declined", "error_type": "payment_error"}


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with molam_api generated from a spec that has widgets."""
    directory = tmp_path_factory.mktemp("grown")
    spec = directory / "spec.yaml"
    spec.write_text(json.dumps(with_widgets(load(ROOT / "spec" / "openapi.yaml"))), encoding="utf-8")
    command = [sys.executable, str(ROOT / "scripts" / "regenerate"), "--no-install"]
    done = subprocess.run(
        [*command, "--spec", str(spec), "--output", str(directory / "generated")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return directory / "generated"


@pytest.fixture(scope="module", params=["sync", "async"])
def conversation(grown: Path, request: pytest.FixtureRequest) -> tuple[dict[str, Any], list[RecordedRequest]]:
    """What the calls came to, and the requests as they arrived."""
    with FaultServer(
        json_answer(OVERLOADED, 503),
        CloseUnanswered(),
        json_answer(WIDGET, 201),
        json_answer({**WIDGET, "id": "wid_2"}),
        json_answer(WIDGET),
        json_answer(PAGE),
        json_answer(DECLINED, 402),
        Delay(5, json_answer(WIDGET, 201)),
    ) as server:
        paths = os.pathsep.join(map(str, (grown, OVERLAY, ROOT)))
        command = [sys.executable, "-m", "tests.contract.widget_program", request.param, server.url]
        environment = {**os.environ, "PYTHONPATH": paths}
        done = subprocess.run(command, env=environment, cwd=grown, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout), server.requests


def test_answers_are_read_into_the_new_types(conversation: tuple[dict[str, Any], list[RecordedRequest]]) -> None:
    came, _ = conversation
    assert came["made"] == ["Widget", "wid_1", "green", 3]
    assert came["listed"] == ["WidgetList", ["Widget"]]


def test_a_mutation_is_repeated_with_the_key_that_was_minted_for_it(
    conversation: tuple[dict[str, Any], list[RecordedRequest]],
) -> None:
    first, second, third, *_ = conversation[1]
    creating = (first, second, third)
    assert {(request.method, request.target) for request in creating} == {("POST", "/v1/connect/widgets")}
    assert [json.loads(request.body) for request in creating] == [{"colour": "green", "size": 3}] * 3
    keys = {request.idempotency_key for request in creating}
    assert len(keys) == 1
    assert str(keys.pop()).startswith("molam-")
    assert len({request.attempt_id for request in creating}) == 3


def test_every_attempt_says_how_long_the_caller_will_wait(
    conversation: tuple[dict[str, Any], list[RecordedRequest]],
) -> None:
    *in_time, late = (int(request.headers["molam-deadline-ms"]) for request in conversation[1])
    assert all(300 < milliseconds <= 10_000 for milliseconds in in_time)
    assert 0 < late <= 300


def test_another_objects_answer_is_not_believed(conversation: tuple[dict[str, Any], list[RecordedRequest]]) -> None:
    came, requests = conversation
    assert came["found"]
    assert [request.target for request in requests[3:5]] == ["/v1/connect/widgets/wid_1"] * 2


def test_a_list_needs_no_key(conversation: tuple[dict[str, Any], list[RecordedRequest]]) -> None:
    listing = conversation[1][5]
    assert (listing.method, listing.target) == ("GET", "/v1/connect/widgets?colour=green&limit=2")
    assert listing.idempotency_key is None


def test_errors_are_typed(conversation: tuple[dict[str, Any], list[RecordedRequest]]) -> None:
    came, requests = conversation
    assert came["declined"] == ["card_declined", "rejected", "widget-order-1"]
    assert came["late"] == ["unknown", "widget-order-2"]
    assert [request.idempotency_key for request in requests[6:]] == ["widget-order-1", "widget-order-2"]
