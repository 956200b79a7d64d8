"""What both clients send for a call."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx
import pytest

from molam_api.models import CreatePaymentIntentRequest, PaymentIntent
from molam_sdk import errors
from molam_sdk._version import __version__
from tests.unit.sdk.scripted import API_KEY, Script, answered, driving, refused
from tests.unit.sdk.spec_examples import example_intent

INTENT = example_intent()["id"]


def test_a_call_returns_the_generated_model(kind: str) -> None:
    script = Script(answered())
    with driving(kind, script) as driver:
        intent = driver.create(idempotency_key="order-1")
    assert type(intent) is PaymentIntent
    (request,) = script.requests
    assert (request.method, str(request.url)) == ("POST", "http://127.0.0.1:1/v1/connect/payment_intents")
    assert request.content == b'{"amount":2500,"currency":"USD"}'
    assert request.headers["Idempotency-Key"] == "order-1"


def test_the_headers_of_a_write(kind: str) -> None:
    script = Script(answered())
    with driving(kind, script) as driver:
        driver.create()
    headers = dict(script.requests[0].headers)
    assert headers.pop("molam-attempt-id").isalnum()
    assert re.fullmatch(r"molam-\d{13}-[A-Z2-7]{26}", headers.pop("idempotency-key"))
    assert headers.pop("user-agent").startswith(f"molam-sdk-python/{__version__} python/3.")
    assert headers == {
        "host": "127.0.0.1:1",
        "accept": "application/json",
        "accept-encoding": "identity",
        "authorization": f"Bearer {API_KEY}",
        "content-type": "application/json",
        "content-length": "32",
        "molam-deadline-ms": "60000",
    }


def test_the_headers_of_a_read(kind: str) -> None:
    script = Script(answered(200))
    with driving(kind, script) as driver:
        driver.call("payment_intents.retrieve", INTENT)
    headers = script.requests[0].headers
    assert not {"idempotency-key", "content-type", "content-length"} & set(headers)
    assert script.requests[0].content == b""


def test_a_write_without_a_body_says_so(kind: str) -> None:
    script = Script(answered(200, {"id": "we_1", "object": "webhook_endpoint", "deleted": True}))
    with driving(kind, script) as driver:
        driver.call("webhook_endpoints.delete", "we_1")
    headers = script.requests[0].headers
    assert (headers["content-length"], "content-type" in headers) == ("0", False)


def test_account_version_and_language_go_with_every_call(kind: str) -> None:
    script = Script(answered())
    with driving(
        kind, script, account="acct_7", api_version="2026-11-01", default_locale="fr_FR", default_currency="XOF"
    ) as driver:
        driver.call("payment_intents.create", amount=5000)
    headers = script.requests[0].headers
    assert (headers["Molam-Account"], headers["Molam-Version"]) == ("acct_7", "2026-11-01")
    assert headers["Accept-Language"] == "fr-FR"
    assert script.bodies() == [{"amount": 5000, "currency": "XOF"}]


def test_a_jwt_is_sent_without_its_marker(kind: str) -> None:
    script = Script(answered())
    with driving(kind, script, api_key="jwt_eyJh.eyJz.c2ln") as driver:
        driver.create()
    assert script.sent("Authorization") == ["Bearer eyJh.eyJz.c2ln"]


def test_every_attempt_repeats_bytes_and_key_under_an_id_of_its_own(kind: str) -> None:
    script = Script(httpx.ReadError("torn"), refused(503), httpx.ConnectError("no"), answered())
    with driving(kind, script) as driver:
        driver.create(metadata={"order_id": "12345"})
        assert driver.clock.slept == pytest.approx([0.3, 0.6, 1.2])
    assert len({request.content for request in script.requests}) == 1
    assert len(set(script.sent("Idempotency-Key"))) == 1
    assert len(set(script.sent("Molam-Attempt-Id"))) == 4
    left = [int(value or 0) for value in script.sent("Molam-Deadline-Ms")]
    assert left == pytest.approx([60_000, 59_700, 59_100, 57_900], abs=1)


def test_each_call_has_a_key_of_its_own(kind: str) -> None:
    script = Script(answered())
    with driving(kind, script) as driver:
        driver.create()
        driver.create()
    assert len(set(script.sent("Idempotency-Key"))) == 2


def test_timeouts_shrink_with_the_deadline(kind: str) -> None:
    script = Script(refused(503, Retry_After="57"), answered())
    with driving(kind, script, timeout=(5, 30)) as driver:
        driver.create()
    first, second = (request.extensions["timeout"] for request in script.requests)
    assert first == {"connect": 5.0, "read": 30.0, "write": 30.0, "pool": 60.0}
    assert second == pytest.approx({"connect": 3.0, "read": 3.0, "write": 3.0, "pool": 3.0})


def test_a_call_by_the_name_of_its_operation(kind: str) -> None:
    with driving(kind, Script(answered(200))) as driver:
        assert driver.call("call", "retrieve_payment_intent", INTENT).id == INTENT
        assert driver.call("call", "retrieve_payment_intent", payment_intent_id=INTENT).id == INTENT


def test_a_call_of_a_generated_endpoint(kind: str) -> None:
    from molam_api.api.payment_intents import cancel_payment_intent
    from molam_api.models import CancelPaymentIntentRequest

    script = Script(answered(200))
    with driving(kind, script) as driver:
        driver.call("call", cancel_payment_intent, INTENT, body=CancelPaymentIntentRequest(cancellation_reason="late"))
    assert script.bodies() == [{"cancellation_reason": "late"}]
    assert (script.sent("Idempotency-Key")[0] or "").startswith("molam-")


@pytest.mark.parametrize(
    ("arguments", "but"),
    [
        ({}, "it is missing"),
        ({"body": {"amount": 1, "currency": "USD"}}, "not dict"),
        ({"body": 1}, "not int"),
        ({"body": None}, "not NoneType"),
        ({"body": CreatePaymentIntentRequest}, "not type"),
    ],
)
def test_a_body_is_a_model(kind: str, arguments: dict[str, Any], but: str) -> None:
    script = Script(answered())
    with driving(kind, script) as driver:
        error = driver.fail(errors.ValidationError, "call", "create_payment_intent", **arguments)
    needed = r"create_payment_intent needs body=molam_api\.models\.CreatePaymentIntentRequest\(\.\.\.\)"
    assert re.search(f"{needed}; {but}", str(error))
    assert script.requests == []


def test_an_argument_that_an_operation_does_not_have_is_told_in_its_words(kind: str) -> None:
    with driving(kind, Script(answered())) as driver:
        with pytest.raises(TypeError, match=r"^retrieve_payment_intent: got an unexpected keyword argument 'body'$"):
            driver.call("call", "retrieve_payment_intent", INTENT, body=1)
        with pytest.raises(TypeError, match=r"^create_payment_intent: too many positional arguments$"):
            driver.call("call", "create_payment_intent", INTENT, body=CreatePaymentIntentRequest(1, "USD"))


@pytest.mark.parametrize("endpoint", ["no_such_operation", "", 7, None, json, "molam_api.api"])
def test_what_is_no_endpoint_is_refused(kind: str, endpoint: Any) -> None:
    script = Script(answered())
    with driving(kind, script) as driver:
        driver.fail(errors.ValidationError, "call", endpoint)
    assert script.requests == []
