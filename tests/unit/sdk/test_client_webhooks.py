"""Webhooks through a client: plain functions on both, with the secret that the client knows."""

from __future__ import annotations

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
def test_a_blank_secret_of_the_call_is_not_replaced(made: type[MolamClient | MolamAsyncClient]) -> None:
    client = made(api_key=API_KEY, webhook_secret=SECRET)
    signature = webhooks.generate_signature(BODY, SECRET)
    with pytest.raises(SignatureError):
        client.construct_event(signature, BODY, "")
