"""Raw mode: the answer behind an object, and how it came about."""

from __future__ import annotations

import httpx
import pytest

from molam_sdk import RawResponse, errors
from tests.unit.sdk.scripted import Driver, Script, answered, driving, refused
from tests.unit.sdk.spec_examples import example_intent

CREATE = "with_raw_response.payment_intents.create"


def create(driver: Driver, **arguments: str) -> RawResponse[object]:
    raw: RawResponse[object] = driver.call(CREATE, amount=2500, currency="USD", **arguments)
    return raw


def test_a_raw_response_has_what_the_object_does_not_show(kind: str) -> None:
    script = Script(refused(503), answered(Request_Id="req_2", Idempotent_Replayed="true", Original_Request_Id="req_1"))
    with driving(kind, script, backoff_factor=0) as driver:
        raw = create(driver, idempotency_key="order-1")
    assert (raw.status_code, raw.attempts, raw.idempotency_key) == (201, 2, "order-1")
    assert (raw.request_id, raw.replayed, raw.headers["original-request-id"]) == ("req_2", True, "req_1")
    assert raw.content == answered().content
    assert raw.parse() == driver_parsed()
    assert repr(raw) == "<RawResponse 201 create_payment_intent req_2>"


def driver_parsed() -> object:
    with driving("sync", Script(answered())) as driver:
        return driver.create()


def test_a_fresh_answer_is_no_replay(kind: str) -> None:
    with driving(kind, Script(answered())) as driver:
        raw = create(driver)
    assert (raw.replayed, raw.request_id) == (False, None)
    assert (raw.idempotency_key or "").startswith("molam-")


def test_the_answer_as_httpx_has_it(kind: str) -> None:
    coded = httpx.Response(201, json=example_intent(), headers={"Request-Id": "req_1", "Server": "edge"})
    with driving(kind, Script(coded)) as driver:
        response = create(driver).http_response
    assert isinstance(response, httpx.Response)
    assert (response.status_code, response.json()["id"]) == (201, example_intent()["id"])
    assert (response.headers["Request-Id"], response.headers["server"]) == ("req_1", "edge")


def test_an_answer_that_cannot_be_read_is_still_there(kind: str) -> None:
    with driving(kind, Script(httpx.Response(201, content=b"<html>"))) as driver:
        raw = create(driver, idempotency_key="order-1")
    assert raw.content == b"<html>"
    with pytest.raises(errors.UnexpectedResponseError, match="the server accepted it") as caught:
        raw.parse()
    assert (caught.value.idempotency_key, caught.value.outcome) == ("order-1", "unknown")


def test_refusals_are_raised_as_ever(kind: str) -> None:
    with driving(kind, Script(refused(402, "card_declined"))) as driver:
        driver.fail(errors.DeclinedError, CREATE, amount=2500, currency="USD")


def test_raw_mode_keeps_the_options(kind: str) -> None:
    script = Script(answered())
    with driving(kind, script) as driver:
        create(driver.with_options(headers={"X-Till": "1"}, default_currency="XOF"))
    assert script.sent("X-Till") == ["1"]
