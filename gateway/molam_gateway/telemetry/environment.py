"""Decides by the standard OTEL_* variables whether anything is traced, and loads OpenTelemetry only then."""

import contextlib
import importlib.util
import logging
import os
from collections.abc import Generator, Mapping

from .tracing import NoTracing, Tracing

_EXPORTER = "OTEL_TRACES_EXPORTER"
_ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")

logger = logging.getLogger("molam_gateway.telemetry")


def wanted(environment: Mapping[str, str]) -> str | None:
    """The exporter that the environment names, None if nothing is to be traced."""
    if environment.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return None
    named = environment.get(_EXPORTER, "").strip()
    if named:
        return None if named == "none" else named
    return "otlp" if any(environment.get(name) for name in _ENDPOINTS) else None


@contextlib.contextmanager
def tracing_from_environment() -> Generator[Tracing]:
    """Tracing as the environment says; what is still to be exported is exported at the end."""
    exporter = wanted(os.environ)
    if exporter is None:
        yield NoTracing()
    elif importlib.util.find_spec("opentelemetry") is None or importlib.util.find_spec("opentelemetry.sdk") is None:
        logger.warning("%s is set, but nothing is traced: pip install 'molam-gateway[otel]'", _EXPORTER)
        yield NoTracing()
    else:
        from .spans import exporting  # OpenTelemetry is an extra

        with exporting(exporter) as tracing:
            yield tracing
