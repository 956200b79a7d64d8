"""Switches spans and metrics on and off, for the process or for one client."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any

from opentelemetry.metrics import MeterProvider, get_meter
from opentelemetry.trace import TracerProvider, get_tracer

from molam_sdk import __version__
from molam_sdk.hooks import listen

from ._meters import Meters
from ._spans import Spans

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

SCHEMA = "https://opentelemetry.io/schemas/1.36.0"

_lock = Lock()
_running: list[Callable[[], None]] = []
"""How to stop what `instrument` began: of all instrumentors together, as they are made anew for each use."""


class MolamInstrumentor:
    """Makes spans and metrics of calls, in the way of OpenTelemetry's instrumentation packages.

    `MolamInstrumentor().instrument()` is for every client of the process. For a single client there is
    `MolamClient(event_hooks=MolamInstrumentor().hooks())`; a client with both would be counted twice.

    Each attempt is a CLIENT span after the HTTP conventions, below an INTERNAL span for the whole call.
    """

    def instrument(
        self,
        *,
        tracer_provider: TracerProvider | None = None,
        meter_provider: MeterProvider | None = None,
        propagate: bool = False,
        **_: Any,
    ) -> None:
        """Begin, for every client of this process, those that exist already too; once is enough.

        Args:
            tracer_provider: Where spans go; the global provider without it.
            meter_provider: Where metrics go; the global provider without it.
            propagate: Whether to send `traceparent` and `tracestate` along. Baggage is never sent.
        """
        with _lock:
            if not _running:
                made = self.hooks(tracer_provider=tracer_provider, meter_provider=meter_provider, propagate=propagate)
                _running.append(listen(made))

    def uninstrument(self, **_: Any) -> None:
        """End what `instrument` of any instrumentor began."""
        with _lock:
            while _running:
                _running.pop()()

    @property
    def is_instrumented(self) -> bool:
        """Whether every client of the process is followed."""
        return bool(_running)

    def hooks(
        self,
        *,
        tracer_provider: TracerProvider | None = None,
        meter_provider: MeterProvider | None = None,
        propagate: bool = False,
    ) -> Mapping[str, Sequence[Callable[..., Any]]]:
        """Return the `event_hooks` of one client, with the arguments of `instrument`."""
        tracer = get_tracer("molam_sdk", __version__, tracer_provider, schema_url=SCHEMA)
        meter = get_meter("molam_sdk", __version__, meter_provider, schema_url=SCHEMA)
        spans, meters = Spans(tracer, propagate=propagate), Meters(meter)
        return {
            "request": (spans.sending, meters.sending),
            "response": (spans.received, meters.received),
            "retry": (spans.retrying, meters.retrying),
            "call": (spans.ended, meters.ended),
        }
