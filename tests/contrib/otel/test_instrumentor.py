"""Spans and metrics of calls to a real gateway, as OpenTelemetry's own SDK takes them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from opentelemetry import baggage, context, trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from molam_gateway.embedded import Sandbox
from molam_sdk import MolamAsyncClient, MolamClient, RequestEvent, errors
from molam_sdk.contrib.otel import MolamInstrumentor
from tests.contrib.paying import pay, secrets
from tests.gateway_fixtures import shared_gateway

__all__ = ["shared_gateway"]


SECONDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)
"""The boundaries that the conventions advise."""


class Told:
    """What OpenTelemetry's SDK was given."""

    def __init__(self) -> None:
        self.exporter = InMemorySpanExporter()
        self.reader = InMemoryMetricReader()
        self.tracers = TracerProvider(shutdown_on_exit=False)
        self.tracers.add_span_processor(SimpleSpanProcessor(self.exporter))
        self.meters = MeterProvider([self.reader], shutdown_on_exit=False)

    @property
    def providers(self) -> dict[str, Any]:
        return {"tracer_provider": self.tracers, "meter_provider": self.meters}

    def spans(self, name: str) -> list[ReadableSpan]:
        return [span for span in self.exporter.get_finished_spans() if name in span.name]

    def points(self, name: str) -> list[Any]:
        data = self.reader.get_metrics_data()
        if data is None:
            return []
        scopes = [scope for resource in data.resource_metrics for scope in resource.scope_metrics]
        return [
            point
            for scope in scopes
            for metric in scope.metrics
            if metric.name == name
            for point in metric.data.data_points
        ]

    def text(self) -> str:
        data = self.reader.get_metrics_data()
        return "".join(span.to_json() for span in self.exporter.get_finished_spans()) + (
            "" if data is None else data.to_json()
        )


def identity(span: ReadableSpan) -> int:
    context = span.get_span_context()
    assert context is not None
    return context.span_id


@pytest.fixture
def told() -> Iterator[Told]:
    told = Told()
    yield told
    told.tracers.shutdown()
    told.meters.shutdown()


@pytest.fixture(params=["sync", "async"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def paid(kind: str, shared_gateway: Sandbox, told: Told) -> Iterator[str]:
    """The id of a payment; other clients of the process were followed too."""
    instrumentor = MolamInstrumentor()
    instrumentor.instrument(**told.providers)
    try:
        yield pay(kind, shared_gateway)
    finally:
        MolamInstrumentor().uninstrument()


def test_each_attempt_is_a_client_span_below_that_of_the_call(paid: str, shared_gateway: Sandbox, told: Told) -> None:
    first, second, declined = told.spans("POST /v1/connect/payment_intents")
    call, refused = told.spans("create_payment_intent")
    port = int(shared_gateway.url.rpartition(":")[2])
    shared = {
        "http.request.method": "POST",
        "server.address": "127.0.0.1",
        "server.port": port,
        "url.scheme": "http",
        "url.template": "/v1/connect/payment_intents",
        "url.full": f"{shared_gateway.url}/v1/connect/payment_intents",
        "molam.operation": "create_payment_intent",
    }
    seen = [dict(span.attributes or {}) for span in (first, second, declined)]
    assert all(str(attributes.pop("molam.request_id")).startswith("req_") for attributes in seen)
    assert seen == [
        {**shared, "http.response.status_code": 503, "error.type": "503"},
        {**shared, "http.request.resend_count": 1, "http.response.status_code": 201},
        {**shared, "http.response.status_code": 402, "error.type": "402"},
    ]
    assert {span.kind for span in (first, second, declined)} == {SpanKind.CLIENT}
    assert [span.status.status_code for span in (first, second)] == [StatusCode.ERROR, StatusCode.UNSET]
    assert call.kind == SpanKind.INTERNAL
    assert [span.parent and span.parent.span_id for span in (first, second, declined)] == [
        identity(call),
        identity(call),
        identity(refused),
    ]
    assert call.attributes == {
        "molam.operation": "create_payment_intent",
        "molam.attempts": 2,
        "molam.outcome": "succeeded",
    }
    assert [event.name for event in call.events] == ["molam.retry"]
    assert refused.attributes is not None
    assert (refused.attributes["error.type"], refused.attributes["molam.code"]) == ("DeclinedError", "card_declined")
    assert refused.status.status_code is StatusCode.ERROR


def test_a_lost_answer_is_an_error_with_its_phase(paid: str, told: Told) -> None:
    (lost,) = told.spans("GET /v1/connect/payment_intents/{payment_intent_id}")
    assert lost.attributes is not None
    assert "http.response.status_code" not in lost.attributes
    assert lost.attributes["error.type"] in ("write", "headers")


def test_attempts_and_calls_are_measured(paid: str, told: Told) -> None:
    points = told.points("http.client.request.duration")
    status = "http.response.status_code"
    counted = {(point.attributes["molam.operation"], point.attributes.get(status)): point.count for point in points}
    assert counted == {
        ("inject_fault", 200): 2,
        ("create_payment_intent", 503): 1,
        ("create_payment_intent", 201): 1,
        ("create_payment_intent", 402): 1,
        ("retrieve_payment_intent", None): 1,
    }
    assert points[0].explicit_bounds == SECONDS
    calls = told.points("molam.client.call.duration")
    outcomes = {(p.attributes["molam.operation"], p.attributes["molam.outcome"]): p.count for p in calls}
    assert outcomes["create_payment_intent", "succeeded"] == outcomes["create_payment_intent", "rejected"] == 1
    (retries,) = told.points("molam.client.retries")
    assert (retries.value, retries.attributes["molam.retry.reason"]) == (1, "503")
    (unknown,) = told.points("molam.client.outcome_unknown")
    assert (unknown.value, dict(unknown.attributes)) == (1, {"molam.operation": "retrieve_payment_intent"})


def test_nothing_private_is_in_spans_and_metrics(paid: str, shared_gateway: Sandbox, told: Told) -> None:
    text = told.text()
    assert "create_payment_intent" in text
    assert [value for value in secrets(shared_gateway, paid) if value in text] == []


def test_the_trace_goes_along_only_if_asked_and_baggage_never(shared_gateway: Sandbox, told: Told) -> None:
    sent: list[dict[str, str]] = []

    def look(event: RequestEvent) -> None:
        sent.append(event.headers)

    def ask(propagate: bool) -> None:
        hooks: dict[str, Any] = dict(MolamInstrumentor().hooks(**told.providers, propagate=propagate))
        hooks["request"] = [*hooks["request"], look]
        with MolamClient(api_key=shared_gateway.api_key, api_base=shared_gateway.url, event_hooks=hooks) as client:
            client.account.retrieve()

    token = context.attach(baggage.set_baggage("customer", "Awa"))
    try:
        with told.tracers.get_tracer("shop").start_as_current_span("checkout") as checkout:
            ask(propagate=False)
            ask(propagate=True)
    finally:
        context.detach(token)
    (_, attempt) = told.spans("GET /v1/account")
    trace_id = trace.format_trace_id(checkout.get_span_context().trace_id)
    quiet, told_of = sent
    assert (quiet, list(told_of)) == ({}, ["traceparent"])
    assert told_of["traceparent"].startswith(f"00-{trace_id}-{trace.format_span_id(identity(attempt))}-")


def test_calls_at_the_same_time_do_not_mix(shared_gateway: Sandbox, told: Told) -> None:
    async def ask() -> None:
        hooks = MolamInstrumentor().hooks(**told.providers)
        async with MolamAsyncClient(
            api_key=shared_gateway.api_key, api_base=shared_gateway.url, event_hooks=hooks
        ) as client:
            await asyncio.gather(*(client.account.retrieve() for _ in range(20)))

    asyncio.run(ask())
    parents = {span.parent.span_id for span in told.spans("GET /v1/account") if span.parent}
    assert parents == {identity(span) for span in told.spans("retrieve_account")}
    assert len(parents) == 20


class Silent(httpx.AsyncBaseTransport):
    """Never answers."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.set()
        await asyncio.Event().wait()
        raise AssertionError


def test_a_cancelled_call_ends_both_spans_and_one_never_made_has_none(told: Told) -> None:
    async def cancel() -> None:
        silent = Silent()
        hooks = MolamInstrumentor().hooks(**told.providers)
        async with MolamAsyncClient(
            api_key="sk_test_x", api_base="http://127.0.0.1:1", transport=silent, event_hooks=hooks
        ) as client:
            call = asyncio.create_task(client.account.retrieve())
            await silent.asked.wait()
            call.cancel()
            await asyncio.gather(call, return_exceptions=True)
            with pytest.raises(errors.ValidationError):
                await client.payment_intents.create(amount=0, currency="USD")

    asyncio.run(cancel())
    spans = told.exporter.get_finished_spans()
    assert {(span.name, (span.attributes or {})["error.type"]) for span in spans} == {
        ("GET /v1/account", "CancelledError"),
        ("retrieve_account", "CancelledError"),
    }


def test_instrumenting_twice_is_once_and_ends_for_good(shared_gateway: Sandbox, told: Told) -> None:
    instrumentor = MolamInstrumentor()
    instrumentor.instrument(**told.providers)
    instrumentor.instrument(**told.providers)
    assert MolamInstrumentor().is_instrumented
    with MolamClient(api_key=shared_gateway.api_key, api_base=shared_gateway.url) as client:
        client.account.retrieve()
        MolamInstrumentor().uninstrument()
        client.account.retrieve()
    assert not instrumentor.is_instrumented
    assert len(told.spans("retrieve_account")) == 1
