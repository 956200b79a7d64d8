"""Spans tell the way of a request through the gateway, to whom the environment says."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Mapping, Sequence
from pathlib import Path

import httpx
import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from molam_gateway.app import Gateway, open_gateway
from molam_gateway.settings import Settings
from molam_gateway.telemetry import environment
from molam_gateway.telemetry.spans import ExporterError, OpenTelemetryTracing, exporting
from molam_gateway.telemetry.tracing import NoTracing
from molam_gateway.vault import Vault, generate_key
from tests.gateway_fixtures import Receiver

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
CALLER = f"00-{TRACE}-00f067aa0ba902b7-01"
PAYMENT = {"amount": 2500, "currency": "USD", "payment_method": "pm_cpay_ok", "confirm": True}
SECRET = "sk_test_traced0123456789abcdef"


@contextlib.asynccontextmanager
async def traced(file: Path) -> AsyncGenerator[tuple[Gateway, httpx.AsyncClient, InMemorySpanExporter]]:
    exporter = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracing = OpenTelemetryTracing(provider)
    vault = Vault([generate_key()])
    async with open_gateway(file, Settings(), vault, durable=False, api_key=SECRET, tracing=tracing) as opened:
        headers = {"Authorization": f"Bearer {SECRET}", "traceparent": CALLER}
        transport = httpx.ASGITransport(opened.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost", headers=headers) as client:
            yield opened, client, exporter


def named(spans: Sequence[ReadableSpan], name: str) -> ReadableSpan:
    [found] = [span for span in spans if span.name == name]
    return found


def ids(span: ReadableSpan) -> tuple[int, int]:
    """The trace and the span in it."""
    assert span.context is not None
    return span.context.trace_id, span.context.span_id


def attributes(span: ReadableSpan) -> Mapping[str, object]:
    return span.attributes or {}


def test_a_payment_is_a_trace_of_its_caller(tmp_path: Path) -> None:
    async def run() -> Sequence[ReadableSpan]:
        async with traced(tmp_path / "x.db") as (_, client, exporter):
            answer = await client.post(
                "/v1/connect/payment_intents?", json=PAYMENT, headers={"Idempotency-Key": "one-payment"}
            )
            assert answer.status_code == 201
            return exporter.get_finished_spans()

    spans = asyncio.run(run())
    request = named(spans, "POST /v1/connect/payment_intents")
    call = named(spans, "send cpay")
    assert request.parent is not None
    assert call.parent is not None
    assert format(request.parent.trace_id, "032x") == TRACE
    assert call.parent.span_id == ids(request)[1]
    shown = attributes(request)
    assert shown["http.route"] == "/v1/connect/payment_intents"
    assert shown["http.response.status_code"] == 201
    assert shown["molam.operation"] == "create_payment_intent"
    assert str(shown["molam.request_id"]).startswith("req_")
    assert attributes(call)["molam.outcome"] == "succeeded"
    assert str(attributes(call)["molam.attempt"]).startswith("at_")
    inside = [span for span in spans if span.name == "transaction" and ids(span)[0] == ids(request)[0]]
    assert len(inside) >= 2
    assert attributes(inside[0])["db.system.name"] == "sqlite"
    everything = "".join(span.to_json() for span in spans)
    assert not any(word in everything for word in (SECRET, "one-payment", "pm_cpay_ok"))


def test_deliveries_and_jobs_are_spans(tmp_path: Path) -> None:
    async def run(url: str) -> Sequence[ReadableSpan]:
        async with traced(tmp_path / "x.db") as (_, client, exporter):
            endpoint = {"url": url, "enabled_events": ["payment_intent.created"]}
            await client.post("/v1/webhook_endpoints", json=endpoint, headers={"Idempotency-Key": "1"})
            unknown = {**PAYMENT, "payment_method": "pm_cpay_unknown_ok"}
            await client.post("/v1/connect/payment_intents", json=unknown, headers={"Idempotency-Key": "2"})
            await client.post("/v1/sandbox/clock/advance", json={"seconds": 900}, headers={"Idempotency-Key": "3"})
            return exporter.get_finished_spans()

    with Receiver(500, 200) as receiver:
        spans = asyncio.run(run(receiver.url))
    deliveries = [span for span in spans if span.name == "deliver"]
    assert [attributes(span)["http.response.status_code"] for span in deliveries] == [500, 200]
    assert [span.status.is_ok for span in deliveries] == [False, True]
    unknown = named(spans, "send cpay")
    assert attributes(unknown)["error.type"] == attributes(unknown)["molam.outcome"] == "unknown"
    [job] = [span for span in spans if span.name.startswith("job ") and "reconcile" in span.name]
    question = named(spans, "query cpay")
    assert question.parent is not None
    assert question.parent.span_id == ids(job)[1]


@pytest.mark.parametrize(
    ("variables", "exporter"),
    [
        ({}, None),
        ({"OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:4318"}, None),
        ({"OTEL_TRACES_EXPORTER": "console"}, "console"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:4318"}, "otlp"),
        ({"OTEL_TRACES_EXPORTER": "otlp", "OTEL_SDK_DISABLED": "TRUE"}, None),
    ],
)
def test_the_environment_decides(variables: Mapping[str, str], exporter: str | None) -> None:
    assert environment.wanted(variables) == exporter


def test_nothing_is_traced_unless_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OTEL_TRACES_EXPORTER", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    with environment.tracing_from_environment() as tracing:
        assert isinstance(tracing, NoTracing)


def test_exporters_are_found_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "console")
    with environment.tracing_from_environment() as tracing:
        assert tracing.on
    with exporting("otlp") as other:
        assert other.on
    with pytest.raises(ExporterError, match="nobody"), exporting("nobody"):
        pass
