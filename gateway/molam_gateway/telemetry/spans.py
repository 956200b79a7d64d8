"""Spans by OpenTelemetry, with a provider of the gateway's own: nothing in the process is changed."""

import contextlib
from collections.abc import Generator, Mapping
from importlib.metadata import entry_points

from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.trace import SpanKind, Status, StatusCode, format_trace_id
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from .tracing import Attributes, Kind, Span, Tracing

_EXPORTERS = "opentelemetry_traces_exporter"
_PREFERRED = {"otlp": "otlp_proto_http"}
_KINDS: Mapping[Kind, SpanKind] = {
    "server": SpanKind.SERVER,
    "client": SpanKind.CLIENT,
    "producer": SpanKind.PRODUCER,
    "consumer": SpanKind.CONSUMER,
    "internal": SpanKind.INTERNAL,
}


class ExporterError(Exception):
    """The environment names an exporter of spans that is not installed."""


class OpenTelemetryTracing:
    """Makes spans with a tracer of the given provider."""

    on = True

    def __init__(self, provider: trace.TracerProvider) -> None:
        self._tracer = provider.get_tracer("molam_gateway")
        self._propagator = TraceContextTextMapPropagator()

    @contextlib.contextmanager
    def span(
        self, name: str, kind: Kind, attributes: Attributes, parent: Mapping[str, str] | None = None
    ) -> Generator[Span]:
        """A span for a block; what the block raises is named by its type alone, since messages may tell too much."""
        context = None if parent is None else self._propagator.extract(dict(parent))
        with self._tracer.start_as_current_span(
            name,
            context,
            _KINDS[kind],
            attributes,
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            shown = _Span(span)
            try:
                yield shown
            except Exception as error:
                shown.fail(type(error).__name__)
                raise


class _Span:
    """One span."""

    def __init__(self, span: trace.Span) -> None:
        self._span = span

    @property
    def trace_id(self) -> str:
        context = self._span.get_span_context()
        return format_trace_id(context.trace_id) if context.is_valid else ""

    def rename(self, name: str) -> None:
        self._span.update_name(name)

    def set(self, name: str, value: str | int) -> None:
        self._span.set_attribute(name, value)

    def fail(self, kind: str) -> None:
        self._span.set_attribute("error.type", kind)
        self._span.set_status(Status(StatusCode.ERROR))


@contextlib.contextmanager
def exporting(name: str) -> Generator[Tracing]:
    """Tracing with the exporter of this name; sampler, resource, limits and address are the environment's."""
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(_exporter(name)))
    try:
        yield OpenTelemetryTracing(provider)
    finally:
        provider.shutdown()


def _exporter(name: str) -> SpanExporter:
    for wanted in (_PREFERRED.get(name, name), name):
        for point in entry_points(group=_EXPORTERS, name=wanted):
            exporter: SpanExporter = point.load()()
            return exporter
    raise ExporterError(f"OTEL_TRACES_EXPORTER={name}: no such exporter is installed")
