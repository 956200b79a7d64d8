"""What is pickled or copied of a client: nothing, with words that say what to do instead."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from molam_sdk import Config
from tests.unit.sdk.scripted import Driver, Script, answered, driving

CANARY = "canary7c1e55"
OPTIONS: dict[str, Any] = {"api_key": f"sk_test_{CANARY}", "webhook_secret": f"whsec_{CANARY}"}
HOLDS = "holds connections and a key"

MADE: dict[str, Callable[[Driver], Any]] = {
    "client": lambda driver: driver.client,
    "copy": lambda driver: driver.with_options(timeout=1).client,
    "resource": lambda driver: driver.client.payment_intents,
    "method": lambda driver: driver.client.payment_intents.create,
    "flat name": lambda driver: driver.client.create_payment_intent,
    "pages": lambda driver: driver.client.payment_intents.list(customer_id=CANARY),
    "page": lambda driver: driver.wait(driver.client.payment_intents.list(customer_id=CANARY).page()),
    "raw mode": lambda driver: driver.client.with_raw_response,
    "raw resource": lambda driver: driver.client.with_raw_response.payment_intents,
}


def listed() -> httpx.Response:
    intent = json.loads(answered().text)
    return httpx.Response(
        200,
        json={"object": "list", "data": [intent], "has_more": False, "next_cursor": None, "url": "/v1"},
    )


@pytest.mark.parametrize("what", MADE)
def test_it_is_not_pickled(kind: str, what: str) -> None:
    with (
        driving(kind, Script(lambda _: listed()), **OPTIONS) as driver,
        pytest.raises(TypeError, match=HOLDS) as caught,
    ):
        pickle.dumps(MADE[what](driver))
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize("what", ["client", "copy", "resource", "method", "flat name", "raw mode", "raw resource"])
def test_it_is_not_copied_deeply(kind: str, what: str) -> None:
    with driving(kind, Script(answered()), **OPTIONS) as driver, pytest.raises(TypeError, match="use with_options"):
        copy.deepcopy(MADE[what](driver))


def test_a_raw_response_is_not_pickled(kind: str) -> None:
    with driving(kind, Script(answered()), **OPTIONS) as driver:
        raw = driver.call("with_raw_response.payment_intents.create", amount=1, currency="USD")
        with pytest.raises(TypeError, match="content or the parsed object"):
            pickle.dumps(raw)


def test_a_config_is_its_own_copy_and_not_pickled() -> None:
    config = Config(**OPTIONS)
    assert copy.copy(config) is copy.deepcopy(config) is config
    with pytest.raises(TypeError, match="holds the API key") as caught:
        pickle.dumps(config)
    assert CANARY not in str(caught.value)


def test_an_object_of_the_api_is_pickled_and_copied_as_any_other(kind: str) -> None:
    with driving(kind, Script(answered()), **OPTIONS) as driver:
        intent = driver.create()
    assert pickle.loads(pickle.dumps(intent)) == copy.deepcopy(intent) == intent  # noqa: S301 - what it tests
    assert CANARY.encode() not in pickle.dumps(intent)
