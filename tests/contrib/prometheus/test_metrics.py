"""What Prometheus reads on a real page of a program that pays."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.parser import text_string_to_metric_families

from molam_gateway.embedded import Sandbox
from molam_sdk import MolamClient, errors
from molam_sdk.contrib.prometheus import MolamMetrics
from tests.contrib.paying import pay, secrets
from tests.gateway_fixtures import shared_gateway

__all__ = ["shared_gateway"]

DASHBOARD = Path(__file__).parents[3] / "docs" / "grafana" / "molam.json"


class Page:
    """The figures of a registry, read over HTTP."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.metrics = MolamMetrics(self.registry)
        self.server, self.thread = start_http_server(0, "127.0.0.1", self.registry)

    def read(self) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.server.server_port}/metrics") as answer:
            return str(answer.read().decode())

    def figure(self, name: str, **labels: str) -> float | None:
        for family in text_string_to_metric_families(self.read()):
            for sample in family.samples:
                if sample.name == f"molam_sdk_{name}" and labels.items() <= sample.labels.items():
                    return sample.value
        return None


@pytest.fixture
def page() -> Iterator[Page]:
    page = Page()
    yield page
    page.metrics.uninstrument()
    page.server.shutdown()
    page.server.server_close()
    page.thread.join()


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_calls_are_counted_without_a_private_word(kind: str, shared_gateway: Sandbox, page: Page) -> None:
    page.metrics.instrument()
    page.metrics.instrument()
    paid = pay(kind, shared_gateway)
    create = {"operation": "create_payment_intent"}
    assert page.figure("attempts_total", **create, status="503") == 1
    assert page.figure("attempts_total", **create, status="201") == 1
    assert page.figure("attempt_duration_seconds_count", **create) == 3
    assert page.figure("retries_total", **create, reason="503") == 1
    assert page.figure("calls_total", **create, outcome="succeeded") == 1
    assert page.figure("calls_total", **create, outcome="rejected") == 1
    assert page.figure("call_duration_seconds_count", **create) == 2
    assert page.figure("calls_total", operation="retrieve_payment_intent", outcome="unknown") == 1
    assert page.figure("errors_total", error="DeclinedError", code="card_declined") == 1
    assert [value for value in secrets(shared_gateway, paid) if value in page.read()] == []


def test_a_breaker_that_opens_is_seen(page: Page) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(503))
    base = "http://127.0.0.1:1"
    with MolamClient(
        api_key="sk_test_x", api_base=base, transport=transport, max_retries=0, event_hooks=page.metrics.hooks
    ) as client:
        for _ in range(10):
            with pytest.raises(errors.ServerError):
                client.account.retrieve()
    assert page.figure("circuit_open", circuit="127.0.0.1:1 read") == 1
    assert page.figure("circuit_changes_total", circuit="127.0.0.1:1 read", state="open") == 1


def test_a_program_may_record_by_itself(page: Page) -> None:
    page.metrics.record_sdk_initialization({"base_url": "https://sandbox.api.molam.io", "max_retries": 3})
    page.metrics.record_api_call(method="create_payment_intent", success=True, latency_ms=234.5, status_code=200)
    page.metrics.record_api_call(method="create_payment_intent", success=False, latency_ms=5.0)
    page.metrics.record_error("APIError", error_code="invalid_amount")
    page.metrics.record_circuit_breaker_event("opened", "molam_api_cb")
    assert page.figure("clients_total", environment="sandbox") == 1
    assert page.figure("call_duration_seconds_sum", operation="create_payment_intent") == pytest.approx(0.2395)
    assert page.figure("calls_total", outcome="unknown") == 1
    assert page.figure("errors_total", error="APIError", code="invalid_amount") == 1
    assert page.figure("circuit_open", circuit="molam_api_cb") == 1
    page.metrics.record_circuit_breaker_event("closed", "molam_api_cb")
    assert page.figure("circuit_open", circuit="molam_api_cb") == 0


def test_every_metric_and_label_of_the_dashboard_is_on_a_page(shared_gateway: Sandbox, page: Page) -> None:
    page.metrics.instrument()
    pay("sync", shared_gateway)
    page.metrics.record_circuit_breaker_event("closed", "a")
    known: dict[str, set[str]] = {}
    for text in (page.read(), httpx.get(f"{shared_gateway.url}/metrics").text):
        for family in text_string_to_metric_families(text):
            names = {family.name, f"{family.name}_total", *(sample.name for sample in family.samples)}
            if family.type == "histogram":
                names |= {f"{family.name}_{part}" for part in ("bucket", "sum", "count")}
            for name in names:
                known.setdefault(name, set()).update(*(sample.labels for sample in family.samples), {"le"})
    dashboard = json.loads(DASHBOARD.read_text("utf-8"))
    queries = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", [])]
    assert len(queries) >= 10
    named = {name for query in queries for name in re.findall(r"\bmolam_\w+|\bprocess_\w+", query)}
    assert named - known.keys() == set()
    assert {name.split("_")[1] for name in named if name.startswith("molam_")} == {"sdk", "gateway"}
    for query in queries:
        (metric, *_) = re.findall(r"\bmolam_\w+|\bprocess_\w+", query)
        if known[metric] != {"le"}:
            for labels in re.findall(r"by \(([^)]*)\)", query):
                assert {label.strip() for label in labels.split(",")} <= known[metric], query
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])
