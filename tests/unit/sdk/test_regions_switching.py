"""Switching the region of a running client: later calls go there, and nobody else's do."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from molam_sdk import MolamClient, errors
from tests.unit.sdk.scripted import Script, answered, driving
from tests.unit.sdk.test_regions import LIVE, by_path, hosts

RETRIEVE = "payment_intents.retrieve"


def regions(script: Script) -> list[str]:
    return [host.partition(".")[0] for host in hosts(script)]


def test_later_calls_go_to_the_other_region(kind: str) -> None:
    script = Script(answered())
    with driving(kind, script, region="us-east", **LIVE) as driver:
        raw = driver.client.with_raw_response
        before = driver.with_options(timeout=1)
        driver.create()
        assert driver.client.switch_region("eu-west") is None
        driver.create()
        driver.wait(raw.payment_intents.create(amount=1, currency="USD")) if driver.is_sync else None
        before.create()
        driver.with_options(timeout=1).create()
        assert driver.client.config.region == "eu-west"
        assert before.client.config.region == "us-east"
    raw_call = ["eu-west"] if kind == "sync" else []
    assert regions(script) == ["us-east", "eu-west", *raw_call, "us-east", "eu-west"]


@pytest.mark.parametrize("name", ["mars", "EU-WEST", "", "eu-west.evil.example/#", None, 7, "production"])
def test_a_wrong_name_changes_nothing(kind: str, name: Any) -> None:
    script = Script(answered())
    with driving(kind, script, region="us-east", **LIVE) as driver:
        config = driver.client.config
        with pytest.raises(errors.ConfigurationError, match="region"):
            driver.client.switch_region(name)
        assert driver.client.config is config
        driver.create()
    assert regions(script) == ["us-east"]


@pytest.mark.parametrize("name", ["us-east", "eu-west", "ap-south"])
def test_the_regions_of_molam_are_known(kind: str, name: str) -> None:
    script = Script(answered())
    with driving(kind, script, **LIVE) as driver:
        driver.client.switch_region(name)
        driver.create()
    assert hosts(script) == [f"{name}.api.molam.com/connect/payment_intents"]


def test_a_region_of_ones_own(kind: str) -> None:
    table = {"sn": "https://sn.example", "ci": "https://ci.example"}
    script = Script(answered())
    with driving(kind, script, region="sn", regions=table, api_base=...) as driver:
        driver.client.switch_region("ci")
        with pytest.raises(errors.ConfigurationError, match="must be auto or one of sn, ci"):
            driver.client.switch_region("us-east")
        driver.create()
    assert hosts(script) == ["ci.example/connect/payment_intents"]


def test_a_base_with_the_region_in_it_takes_any_name(kind: str) -> None:
    script = Script(answered())
    with driving(kind, script, api_base="https://{region}.pay.example.com", region="sn") as driver:
        driver.client.switch_region("ci")
        driver.create()
    assert regions(script) == ["ci"]


def test_a_fixed_base_and_a_test_key_have_no_regions(kind: str) -> None:
    for name in ("eu-west", "auto", "mars"):
        with driving(kind, Script(answered())) as driver, pytest.raises(errors.ConfigurationError, match="one host"):
            driver.client.switch_region(name)
    with (
        driving(kind, Script(answered()), api_base=...) as driver,
        pytest.raises(errors.ConfigurationError, match="test key"),
    ):
        driver.client.switch_region("eu-west")


def test_the_regions_change_places(kind: str) -> None:
    script = Script(answered(200))
    options = LIVE | {"region": "us-east", "fallback_regions": ("eu-west", "ap-south")}
    with driving(kind, script, **options) as driver:
        driver.client.switch_region("ap-south")
        assert driver.client.config.fallback_regions == ("us-east", "eu-west")
        script.answers[:] = [httpx.ConnectError("down"), httpx.ConnectError("down"), answered(200)]
        driver.call(RETRIEVE, answered().json()["id"])
        driver.client.switch_region("us-east")
        assert driver.client.config.fallback_regions == ("ap-south", "eu-west")
    assert regions(script) == ["ap-south", "us-east", "eu-west"]


def test_back_home(kind: str) -> None:
    script = Script(by_path)
    with driving(kind, script, region="auto", **LIVE) as driver:
        driver.create()
        driver.client.switch_region("us-east")
        driver.create()
        driver.client.switch_region("auto")
        driver.create()
        driver.create()
    assert regions(script) == ["api", "eu-west", "us-east", "api", "eu-west", "eu-west"]


class Held(Script):
    """Keeps the first request until the test lets it go."""

    def __init__(self) -> None:
        super().__init__(answered())
        self.arrived = threading.Event()
        self.go = threading.Event()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        first = not self.arrived.is_set()
        self.arrived.set()
        if first:
            assert self.go.wait(5)
            return httpx.Response(503, headers={"Molam-Attempt-Id": request.headers["Molam-Attempt-Id"]})
        return super().handle_request(request)


def test_a_call_under_way_stays_where_it_is() -> None:
    script = Held()
    options: dict[str, Any] = {"api_key": "sk_live_abc", "require_attempt_id": False, "backoff_factor": 0}
    with MolamClient(transport=script, region="us-east", **options) as client, ThreadPoolExecutor(1) as pool:
        under_way = pool.submit(client.payment_intents.create, amount=1, currency="USD")
        assert script.arrived.wait(5)
        client.switch_region("eu-west")
        client.payment_intents.create(amount=1, currency="USD")
        script.go.set()
        under_way.result(5)
    assert regions(script) == ["eu-west", "us-east"]  # the first attempt of the other was never written down


def test_switching_from_many_threads_while_others_call() -> None:
    script = Script(answered())
    options: dict[str, Any] = {"api_key": "sk_live_abc", "require_attempt_id": False}
    names = ["us-east", "eu-west", "ap-south"]
    with MolamClient(transport=script, region="us-east", **options) as client, ThreadPoolExecutor(16) as pool:

        def work(number: int) -> None:
            if number % 2:
                client.switch_region(names[number % 3])
            client.payment_intents.create(amount=1, currency="USD")

        list(pool.map(work, range(300)))
        client.switch_region("eu-west")
        client.payment_intents.create(amount=1, currency="USD")
    assert len(script.requests) == 301
    assert set(regions(script)) <= set(names)
    assert regions(script)[-1] == "eu-west"
