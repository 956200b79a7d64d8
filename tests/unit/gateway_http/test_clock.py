"""The sandbox's clock."""

import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from molam_gateway.delivery import schedule
from molam_gateway.embedded import Sandbox
from molam_gateway.operations.sandbox_clock import LONGEST_WAIT
from molam_gateway.settings import Settings
from tests.gateway_fixtures import Api, Receiver

MINUTE = 60


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_it_runs_with_real_time_and_jumps_by_what_was_asked(api: Api) -> None:
    before = datetime.now(UTC)
    first = moment(api.advance(0)["now_at"])
    assert abs(first - before) < timedelta(seconds=5)
    second = moment(api.advance(3600)["now_at"])
    assert timedelta(0) <= second - first - timedelta(hours=1) < timedelta(seconds=5)


def test_new_objects_are_dated_by_it(api: Api) -> None:
    now = moment(api.advance(86_400)["now_at"])
    assert timedelta(0) <= moment(api.intent()["created_at"]) - now < timedelta(seconds=5)


def test_it_is_remembered(tmp_path: Path) -> None:
    database = tmp_path / "sandbox.db"
    with Sandbox(database=database) as sandbox:
        api = Api(sandbox.url, sandbox.api_key)
        left = moment(api.advance(7200)["now_at"])
        api.close()
    with Sandbox(database=database) as sandbox:
        api = Api(sandbox.url, sandbox.api_key)
        found = moment(api.advance(0)["now_at"])
        api.close()
    assert timedelta(0) <= found - left < timedelta(seconds=10)


def test_a_repetition_with_the_same_key_advances_once(api: Api) -> None:
    answers = [api.post("/v1/sandbox/clock/advance", {"seconds": 600}, key="advance-once").json() for _ in range(2)]
    assert answers[0] == answers[1]
    assert moment(api.advance(0)["now_at"]) - moment(answers[0]["now_at"]) < timedelta(seconds=5)


def test_it_answers_after_the_work_that_became_due(api: Api) -> None:
    intent = api.intent(payment_method="pm_cpay_async_ok", confirm=True)
    assert intent["status"] == "processing"
    assert api.advance(29)["processed"] == 0
    assert api.advance(2)["processed"] >= 1
    assert api.get(f"/v1/connect/payment_intents/{intent['id']}").json()["status"] == "succeeded"


def test_it_answers_after_the_deliveries_of_that_work(api: Api, receiver: Receiver) -> None:
    api.endpoint(receiver.url, "payment_intent.succeeded")
    intent = api.intent(payment_method="pm_cpay_async_ok", confirm=True)
    api.advance(31)
    assert [delivery.event["data"]["object"]["id"] for delivery in receiver.deliveries] == [intent["id"]]


def test_work_scheduled_inside_the_window_runs_in_it_at_its_time(api: Api) -> None:
    with Receiver(500) as receiver:
        endpoint = api.endpoint(receiver.url)
        api.post(f"/v1/webhook_endpoints/{endpoint['id']}/test")
        receiver.wait(1)
        start = moment(api.advance(0)["now_at"])
        answer = api.advance(8 * 3600)
        assert len(receiver.deliveries) == 6
        assert answer["processed"] >= 5
        assert moment(answer["now_at"]) - start < timedelta(hours=8, seconds=5)


def test_the_wait_ends_with_the_callers_deadline_and_the_same_key_goes_on(api: Api) -> None:
    with Receiver(200, delay=2) as receiver:
        endpoint = api.endpoint(receiver.url)
        api.post(f"/v1/webhook_endpoints/{endpoint['id']}/test")
        start = datetime.now(UTC)
        path, body, deadline = "/v1/sandbox/clock/advance", {"seconds": 3600}, {"Molam-Deadline-Ms": "1000"}
        answer = api.post(path, body, key="go-on", headers=deadline)
        assert (answer.status_code, answer.json()["code"], answer.json()["retryable"]) == (503, "overloaded", True)
        assert answer.elapsed < timedelta(seconds=2)
        reached = moment(api.post(path, body, key="go-on").json()["now_at"])
        assert timedelta(0) <= reached - start - timedelta(hours=1) < timedelta(seconds=10)
        assert len(receiver.deliveries) == 1


def test_a_repetition_goes_on_from_a_step_on_the_way_to_the_same_moment(api: Api, gateway: Sandbox) -> None:
    with Receiver(503, delay=1) as receiver:
        endpoint = api.endpoint(receiver.url)
        api.post(f"/v1/webhook_endpoints/{endpoint['id']}/test")
        receiver.wait(1)
        start = datetime.now(UTC)
        path, body = "/v1/sandbox/clock/advance", {"seconds": 3600}
        cut = api.post(path, body, key="once", headers={"Molam-Deadline-Ms": "2500"})
        assert cut.status_code == 503
        reached = moment(api.post(path, body, key="once").json()["now_at"])
        assert timedelta(0) <= reached - start - timedelta(hours=1) < timedelta(seconds=30)
        assert len(receiver.deliveries) == 4


def test_the_whole_schedule_of_a_receiver_that_never_answers_fits_into_one_call() -> None:
    assert schedule.MAX_ATTEMPTS * Settings().delivery_timeout < LONGEST_WAIT


def test_stopping_does_not_wait_for_the_clock(tmp_path: Path) -> None:
    database = tmp_path / "sandbox.db"
    path, body = "/v1/sandbox/clock/advance", {"seconds": 3600}
    statuses: list[int] = []
    with Receiver(500, delay=3) as receiver:
        with Sandbox(database=database) as sandbox:
            api = Api(sandbox.url, sandbox.api_key)
            api.endpoint(receiver.url)
            api.intent()
            receiver.wait(1)
            start = datetime.now(UTC)
            call = threading.Thread(target=lambda: statuses.append(api.post(path, body, key="resumed").status_code))
            call.start()
            time.sleep(0.5)
            began = time.monotonic()
        call.join()
        api.close()
        assert statuses == [503]
        assert time.monotonic() - began < 2.5
    with Sandbox(database=database) as sandbox:
        api = Api(sandbox.url, sandbox.api_key)
        reached = moment(api.post(path, body, key="resumed").json()["now_at"])
        assert timedelta(0) <= reached - start - timedelta(hours=1) < timedelta(seconds=30)
        api.close()
