"""The part of the plugin for spans and figures: every client is followed, and what they tell is searched."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter, SpanExportResult
from prometheus_client import CollectorRegistry, generate_latest

from molam_sdk.contrib.otel import MolamInstrumentor
from molam_sdk.contrib.prometheus import MolamMetrics
from molam_sdk.hooks import listen


class Written(SpanExporter):
    """Writes every span down."""

    def __init__(self, write: Callable[[str, str], None]) -> None:
        self._write = write

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        for span in spans:
            self._write(
                "span", f"{span.name} {dict(span.attributes or {})!r} {[event.attributes for event in span.events]!r}"
            )
        return SpanExportResult.SUCCESS


def follow(write: Callable[[str, str], None]) -> Callable[[], None]:
    """Follow every client in this process; returns what writes the figures down."""
    tracers = TracerProvider(shutdown_on_exit=False)
    tracers.add_span_processor(SimpleSpanProcessor(Written(write)))
    reader = InMemoryMetricReader()
    meters = MeterProvider([reader], shutdown_on_exit=False)
    registry = CollectorRegistry()
    listen(MolamInstrumentor().hooks(tracer_provider=tracers, meter_provider=meters, propagate=False))
    listen(MolamMetrics(registry).hooks)

    def figures() -> None:
        data = reader.get_metrics_data()
        write("figures of OpenTelemetry", "" if data is None else data.to_json())
        write("figures of Prometheus", generate_latest(registry).decode())

    return figures
