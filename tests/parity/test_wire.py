"""Both clients send the same bytes, read the same objects and raise the same errors."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import pytest

from molam_sdk import MolamClient, MolamError
from tests.parity.calls import perform, perform_raw
from tests.parity.recording import KINDS, Answer, Sent, example_of, opened
from tests.parity.samples import samples

SAMPLES = samples()


def both(answer: Answer, call: Callable[[MolamClient], Any], **options: Any) -> list[tuple[Any, list[Sent]]]:
    """What a call came to on each client, and what it sent."""
    outcomes: list[tuple[Any, list[Sent]]] = []
    for kind in KINDS:
        with opened(kind, answer, **options) as (client, recorder):
            outcomes.append((call(client), recorder.sent))
    return outcomes


@pytest.mark.parametrize("operation_id", SAMPLES)
@pytest.mark.parametrize("members", ["all", "fewest"])
def test_the_same_call_sends_the_same_bytes_and_reads_the_same_object(operation_id: str, members: str) -> None:
    sample = SAMPLES[operation_id]
    arguments = sample.arguments if members == "all" else sample.fewest
    sync, asynchronous = both(example_of(sample), lambda client: perform(client, sample, arguments))
    assert sync == asynchronous
    assert len(sync[1]) == 1


@pytest.mark.parametrize("operation_id", SAMPLES)
def test_raw_mode_sends_the_same_bytes_and_shows_the_same_answer(operation_id: str) -> None:
    sample = SAMPLES[operation_id]

    def call(client: MolamClient) -> tuple[object, ...]:
        raw = perform_raw(client, sample, sample.arguments)
        return raw.status_code, raw.content, raw.request_id, raw.attempts, raw.replayed, raw.parse()

    sync, asynchronous = both(example_of(sample), call)
    assert sync == asynchronous
    plain, _ = both(example_of(sample), lambda client: perform(client, sample, sample.arguments))
    assert sync[1] == plain[1]


@pytest.mark.parametrize(
    "options",
    [
        {"account": "acct_0R3kY1aBc2dE3fG4hI5jKl", "api_version": "2026-11-01", "default_locale": "fr-SN"},
        {"default_currency": "XOF"},
    ],
)
def test_options_show_in_the_same_bytes(options: Mapping[str, str]) -> None:
    sample = SAMPLES["create_payment_intent"]
    arguments = {"amount": 2500, "idempotency_key": "order-12345", "currency": options.get("default_currency", "USD")}
    sync, asynchronous = both(
        example_of(sample),
        lambda client: perform(client.with_options(headers={"X-Tenant": "7"}), sample, arguments),
        **options,
    )
    assert sync == asynchronous
    headers = dict(sync[1][0].headers)
    assert (headers["x-tenant"], headers["idempotency-key"]) == ("7", "order-12345")


def problem(status: int, code: str, **members: object) -> Answer:
    document = {"type": "about:blank", "title": "No", "status": status, "detail": "no", "code": code, **members}
    headers = {"Content-Type": "application/problem+json"}
    return lambda request: httpx.Response(status, content=json.dumps(document), headers=headers)


def lost(error: type[httpx.TransportError]) -> Answer:
    def answer(request: httpx.Request) -> httpx.Response:
        raise error("lost", request=request)

    return answer


FAILURES: Mapping[str, Answer] = {
    "400": problem(400, "parameter_invalid", param="amount", errors=[{"pointer": "/amount", "code": "x"}]),
    "401": problem(401, "api_key_invalid"),
    "402": problem(402, "card_declined", decline_code="generic_decline", resource={"object": "x", "id": "pi_1"}),
    "403": problem(403, "scope_missing"),
    "404": problem(404, "resource_missing"),
    "409": problem(409, "invalid_state"),
    "409 in flight": problem(409, "idempotency_in_flight"),
    "413": problem(413, "body_too_large"),
    "418": problem(418, "teapot"),
    "422": problem(422, "idempotency_key_reused"),
    "429": problem(429, "rate_limited", retry_after=0.01),
    "500": problem(500, "internal_error"),
    "502": problem(502, "provider_unavailable", error_type="provider_error"),
    "520": lambda request: httpx.Response(520, html="<h1>Web server returned an unknown error</h1>"),
    "307": lambda request: httpx.Response(307, headers={"Location": "https://elsewhere.example.com"}),
    "no JSON": lambda request: httpx.Response(200, content=b"<html>"),
    "torn JSON": lambda request: httpx.Response(200, content=b'{"id": "pi_1", "obj'),
    "an array": lambda request: httpx.Response(200, content=b"[]"),
    "of another attempt": lambda request: httpx.Response(200, json={}, headers={"Molam-Attempt-Id": "other"}),
    "no connection": lost(httpx.ConnectError),
    "no connection in time": lost(httpx.ConnectTimeout),
    "torn in the headers": lost(httpx.RemoteProtocolError),
    "no answer in time": lost(httpx.ReadTimeout),
    "torn while writing": lost(httpx.WriteError),
}


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("operation_id", ["create_payment_intent", "retrieve_payment_intent", "list_charges"])
def test_the_same_failure_is_the_same_error(operation_id: str, failure: str) -> None:
    sample = SAMPLES[operation_id]

    def call(client: MolamClient) -> tuple[type[MolamError], dict[str, Any]]:
        key = {"idempotency_key": "order-1"} if sample.method == "POST" else {}
        with pytest.raises(MolamError) as raised:
            perform(client, sample, {**sample.fewest, **key})
        assert raised.value.__cause__ is None
        return type(raised.value), {**vars(raised.value), "args": raised.value.args}

    options = {"max_retries": 0} if failure == "409 in flight" else {"max_retries": 2}
    sync, asynchronous = both(FAILURES[failure], call, **options)
    assert sync == asynchronous


REFUSED: Mapping[str, Callable[[MolamClient], object]] = {
    "a float": lambda client: client.payment_intents.create(amount=25.0, currency="USD"),  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    "no currency": lambda client: client.payment_intents.create(amount=2500),
    "an id that leaves the path": lambda client: client.payouts.retrieve("../accounts"),
    "an empty key": lambda client: client.refunds.create("ch_1", idempotency_key=""),
    "a naive time": lambda client: client.charges.list(created_at_gte="2026-11-01T00:00:00").page(),
    "two cursors": lambda client: client.events.list(starting_after="evt_1", ending_before="evt_2").page(),
    "an unknown member": lambda client: client.payment_intents.create(
        amount=1, currency="USD", customer={"mail": "a@example.com"}
    ),
    "metadata of numbers": lambda client: client.refunds.create("ch_1", metadata={"order": 1}),  # type: ignore[dict-item] # pyright: ignore[reportArgumentType]
}


@pytest.mark.parametrize("mistake", REFUSED)
def test_the_same_mistake_is_refused_before_anything_is_sent(mistake: str) -> None:
    def call(client: MolamClient) -> tuple[type[MolamError], dict[str, Any]]:
        with pytest.raises(MolamError) as refused:
            REFUSED[mistake](client)
        return type(refused.value), vars(refused.value)

    sync, asynchronous = both(FAILURES["500"], call)
    assert sync == asynchronous
    assert sync[0][1]["outcome"] == "not_sent"
    assert sync[1] == []
