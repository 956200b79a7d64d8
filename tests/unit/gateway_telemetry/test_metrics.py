"""What Prometheus reads says what the gateway did, to those who may know, without a tenant's names."""

import re
from collections.abc import Mapping
from itertools import pairwise

import httpx
import pytest

from molam_gateway.embedded import Sandbox
from molam_gateway.http.spec import load, operations
from tests.gateway_databases import PostgresSchema
from tests.gateway_fixtures import Api, Receiver
from tests.unit.gateway_http.test_processes import gateway as processes

from .figures import figure, samples

_LABELS = {"operation", "status", "provider", "call", "outcome", "state", "kind", "result", "channel", "code", "worker"}


def page(url: str) -> str:
    answer = httpx.get(f"{url}/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    return answer.text


@pytest.fixture
def busy(gateway: Sandbox, api: Api, receiver: Receiver) -> str:
    """The figures of a gateway that paid, replayed, declined, delivered and was asked for nothing."""
    api.endpoint(receiver.url, "payment_intent.succeeded")
    paid = {"amount": 2500, "currency": "USD", "payment_method": "pm_cpay_ok", "confirm": True}
    for _ in range(3):
        api.made("/v1/connect/payment_intents", paid, key="the-same")
    assert api.post("/v1/connect/payment_intents", {**paid, "payment_method": "pm_cpay_declined"}).status_code == 402
    assert api.get("/v1/connect/payment_intents/pi_0123456789").status_code == 404
    assert api.get("/nowhere/pi_0123456789").status_code == 404
    unknown = {**paid, "payment_method": "pm_cpay_unknown_ok"}
    assert api.made("/v1/connect/payment_intents", unknown)["status"] == "processing"
    receiver.wait(1)
    api.advance(0)
    return page(gateway.url)


def test_requests_are_counted_by_operation_and_class_of_status(busy: str) -> None:
    assert figure(busy, "requests_total", operation="create_payment_intent", status="2xx") == 4
    assert figure(busy, "requests_total", operation="create_payment_intent", status="4xx") == 1
    assert figure(busy, "requests_total", operation="none", status="4xx") == 1
    assert figure(busy, "request_duration_seconds_count", operation="create_payment_intent") == 5
    assert figure(busy, "idempotent_replays_total", operation="create_payment_intent") == 2
    assert figure(busy, "requests_in_flight") == 1


def test_providers_and_receivers_are_counted_by_what_came_of_them(busy: str) -> None:
    assert figure(busy, "provider_calls_total", provider="cpay", call="send", outcome="succeeded") == 1
    assert figure(busy, "provider_calls_total", provider="cpay", call="send", outcome="failed") == 1
    assert figure(busy, "provider_calls_total", provider="cpay", call="send", outcome="unknown") == 1
    assert figure(busy, "provider_call_duration_seconds_count", provider="cpay", call="send") == 3
    assert figure(busy, "attempts_concluded_total", provider="cpay", state="failed") == 1
    assert figure(busy, "webhook_attempts_total", result="delivered") == 1
    assert figure(busy, "webhook_delivery_latency_seconds_count") == 1
    assert figure(busy, "provider_calls_most", provider="stripe") > 0
    assert figure(busy, "provider_breaker_open") == 0


def test_what_waits_is_told(busy: str) -> None:
    assert figure(busy, "attempts_open", state="unknown") == 1
    assert figure(busy, "database_up") == 1
    assert figure(busy, "outbox") == figure(busy, "audit_unsealed") == figure(busy, "webhook_dead_letters") == 0
    assert figure(busy, "process_open_fds") == 0, "figures of the process go by their usual names"
    assert any(name == "process_resident_memory_bytes" for name, _ in samples(busy))


def test_labels_are_words_of_closed_sets(busy: str) -> None:
    names = {each.operation_id for each in operations(load())} | {"none", "page"}
    for name, labels in samples(busy):
        given = dict(labels)
        assert set(given) - {"le"} <= _LABELS, name
        assert given.get("operation", "none") in names
        assert not re.search(r"(?:acct|pi|ch|wh|evt|key|req)_[0-9A-Za-z]{6,}", str(given))


def test_histograms_add_up(busy: str) -> None:
    found = samples(busy)
    buckets: dict[tuple[str, frozenset[tuple[str, str]]], list[tuple[float, float]]] = {}
    for (name, labels), value in found.items():
        edge = dict(labels).get("le")
        if edge is not None:
            rest = frozenset(each for each in labels if each[0] != "le")
            buckets.setdefault((name.removesuffix("_bucket"), rest), []).append((float(edge), value))
    assert buckets
    for (name, labels), edges in buckets.items():
        counts = [count for _, count in sorted(edges)]
        assert all(before <= after for before, after in pairwise(counts))
        assert counts[-1] == found[f"{name}_count", labels]


def test_two_gateways_in_one_process_stay_apart(gateway: Sandbox, api: Api) -> None:
    api.intent()
    with Sandbox() as other:
        assert figure(page(other.url), "requests_total", operation="create_payment_intent") == 0
    assert figure(page(gateway.url), "requests_total", operation="create_payment_intent") == 1


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"Authorization": "Bearer sk_test_nobodysmine"}, 401),
        ({"Authorization": "the key"}, 200),
    ],
)
def test_what_came_through_a_proxy_needs_a_key(
    shared_gateway: Sandbox, headers: Mapping[str, str], status: int
) -> None:
    given = {name: value.replace("the key", f"Bearer {shared_gateway.api_key}") for name, value in headers.items()}
    answer = httpx.get(f"{shared_gateway.url}/metrics", headers={**given, "X-Forwarded-For": "203.0.113.9"})
    assert answer.status_code == status
    if status != 200:
        assert answer.headers["content-type"] == "application/problem+json"


def test_any_of_several_processes_answers_for_all(schema: PostgresSchema) -> None:
    with processes(schema, "--workers", "2") as (_, facts):
        with httpx.Client(headers={"Authorization": f"Bearer {facts['api_key']}"}) as client:
            for _ in range(4):
                client.get(f"{facts['url']}/v1/account").raise_for_status()
        pages: list[float] = []
        for _ in range(4):
            found = page(facts["url"])
            pages.append(figure(found, "requests_total", operation="retrieve_account", status="2xx"))
            workers = {dict(labels)["worker"] for name, labels in samples(found) if name.endswith("cpu_seconds_total")}
            assert workers == {"0", "1"}
            assert figure(found, "workers") == 2
            assert figure(found, "database_connections_most") == 20
    assert pages == [4] * 4
