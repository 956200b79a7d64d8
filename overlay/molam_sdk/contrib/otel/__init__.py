"""Spans and metrics of the SDK's calls by OpenTelemetry; needs `pip install "molam-sdk-python[otel]"`."""

from ._instrumentor import MolamInstrumentor

__all__ = ["MolamInstrumentor"]
