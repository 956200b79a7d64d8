"""The metrics of calls and attempts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._attributes import Attributes, of_request, of_response

if TYPE_CHECKING:
    from opentelemetry.metrics import Meter

    from molam_sdk import CallEvent, RequestEvent, ResponseEvent, RetryEvent

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)
"""The boundaries that the HTTP conventions advise."""

CALL_SECONDS = (*SECONDS, 20.0, 30.0, 60.0, 120.0)
"""A call may wait for several attempts, up to its deadline."""


class Meters:
    """Hooks that measure."""

    def __init__(self, meter: Meter) -> None:
        self._requests = meter.create_histogram(
            "http.client.request.duration",
            "s",
            "Duration of HTTP client requests.",
            explicit_bucket_boundaries_advisory=SECONDS,
        )
        self._calls = meter.create_histogram(
            "molam.client.call.duration",
            "s",
            "Duration of calls with all their attempts.",
            explicit_bucket_boundaries_advisory=CALL_SECONDS,
        )
        self._retries = meter.create_counter("molam.client.retries", "{retry}", "Attempts that were repeated.")
        self._unknown = meter.create_counter(
            "molam.client.outcome_unknown", "{call}", "Calls that may have been carried out or not."
        )
        self._asked = ("molam.otel.request", id(self))

    def sending(self, event: RequestEvent) -> None:
        """Keep whereto an attempt goes."""
        state: dict[Any, Any] = event.state
        state[self._asked] = of_request(event)

    def received(self, event: ResponseEvent) -> None:
        """Measure an attempt."""
        state: dict[Any, Any] = event.state
        asked: Attributes | None = state.pop(self._asked, None)
        if asked is not None:
            self._requests.record(event.elapsed, asked | of_response(event))

    def retrying(self, event: RetryEvent) -> None:
        """Count a repetition."""
        self._retries.add(1, {"molam.operation": event.operation, "molam.retry.reason": event.reason})

    def ended(self, event: CallEvent) -> None:
        """Measure a call."""
        attributes: Attributes = {"molam.operation": event.operation, "molam.outcome": event.outcome}
        if event.error is not None:
            attributes["error.type"] = event.error
        self._calls.record(event.elapsed, attributes)
        if event.outcome == "unknown":
            self._unknown.add(1, {"molam.operation": event.operation})
