"""Webhooks through a client: plain functions on both, with the secret that the client knows."""

from __future__ import annotations

import inspect
import json

import pytest

from molam_sdk import MolamAsyncClient, MolamClient, SignatureError, webhooks
from tests.unit.sdk.scripted import API_KEY
from tests.unit.sdk.spec_examples import example_answer

SECRET = "whsec_dGVzdCBzZWNyZXQ="
BODY = json.dumps(example_answer("retrieve_event")[1]).encode()
BOTH = pytest.mark.parametrize("made", [MolamClient, MolamAsyncClient])


@BOTH
def test_the_configured_secret_counts(made: type[MolamClient | MolamAsyncClient]) -> None:
    client = made(api_key=API_KEY, webhook_secret=SECRET)
    signature = webhooks.generate_signature(BODY, SECRET)
    client.verify_webhook_signature(signature, BODY)
    assert client.construct_event(signature, BODY).id == json.loads(BODY)["id"]


@BOTH
def test_a_secret_of_the_call_wins(made: type[MolamClient | MolamAsyncClient]) -> None:
    client = made(api_key=API_KEY, webhook_secret="whsec_b3RoZXI=")
    signature = webhooks.generate_signature(BODY, SECRET)
    client.verify_webhook_signature(signature, BODY, SECRET)
    assert client.construct_event(signature, BODY, secret=SECRET).type_ == json.loads(BODY)["type"]
    for method in (client.verify_webhook_signature, client.construct_event):
        with pytest.raises(SignatureError):
            method(signature, BODY)


@BOTH
def test_time_is_as_lenient_and_as_late_as_the_caller_says(made: type[MolamClient | MolamAsyncClient]) -> None:
    client = made(api_key=API_KEY, webhook_secret=SECRET)
    old = webhooks.generate_signature(BODY, SECRET, timestamp=1_700_000_000)
    for method, function in (
        (client.verify_webhook_signature, webhooks.verify_signature),
        (client.construct_event, webhooks.construct_event),
    ):
        method(old, BODY, now=1_700_000_299)
        method(old, BODY, tolerance=10.0, now=1_700_000_009)
        with pytest.raises(SignatureError, match="expired"):
            method(old, BODY, tolerance=10.0, now=1_700_000_011)
        for name in ("tolerance", "now"):
            assert inspect.signature(method).parameters[name] == inspect.signature(function).parameters[name]


@BOTH
def test_a_blank_secret_of_the_call_is_not_replaced(made: type[MolamClient | MolamAsyncClient]) -> None:
    client = made(api_key=API_KEY, webhook_secret=SECRET)
    signature = webhooks.generate_signature(BODY, SECRET)
    with pytest.raises(SignatureError):
        client.construct_event(signature, BODY, "")
