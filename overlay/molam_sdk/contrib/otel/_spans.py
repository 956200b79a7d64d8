"""The spans of a call: one for the whole, and below it one for each attempt.

Nothing of a body, no key and no id of an object is in them; `url.full` has the path as a template for that reason.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from ._attributes import of_request, of_response

if TYPE_CHECKING:
    from molam_sdk import CallEvent, RequestEvent, ResponseEvent, RetryEvent


class Spans:
    """Hooks that make spans with a tracer; those of a call are kept in its state, so that calls never mix."""

    def __init__(self, tracer: Tracer, *, propagate: bool) -> None:
        self._tracer = tracer
        self._propagator = TraceContextTextMapPropagator() if propagate else None
        self._whole = ("molam.otel.call", id(self))
        self._attempt = ("molam.otel.attempt", id(self))

    def sending(self, event: RequestEvent) -> None:
        """An attempt begins, and with the first one the call."""
        state: dict[Any, Any] = event.state
        whole = state.get(self._whole)
        if whole is None:
            whole = state[self._whole] = self._tracer.start_span(
                event.operation, kind=SpanKind.INTERNAL, attributes={"molam.operation": event.operation}
            )
        attributes = of_request(event)
        attributes.setdefault("url.full", event.region + event.path)
        if event.attempt > 1:
            attributes["http.request.resend_count"] = event.attempt - 1
        context = set_span_in_context(whole)
        attempt = state[self._attempt] = self._tracer.start_span(
            f"{event.method} {event.path}", context, SpanKind.CLIENT, attributes
        )
        if self._propagator is not None:
            self._propagator.inject(event.headers, set_span_in_context(attempt))

    def received(self, event: ResponseEvent) -> None:
        """An attempt ended."""
        state: dict[Any, Any] = event.state
        attempt: Span | None = state.pop(self._attempt, None)
        if attempt is not None:
            attributes = of_response(event)
            if event.request_id is not None:
                attributes["molam.request_id"] = event.request_id
            attempt.set_attributes(attributes)
            if "error.type" in attributes:
                attempt.set_status(Status(StatusCode.ERROR))
            attempt.end()

    def retrying(self, event: RetryEvent) -> None:
        """The call waits for another attempt."""
        state: dict[Any, Any] = event.state
        whole: Span | None = state.get(self._whole)
        if whole is not None:
            whole.add_event("molam.retry", {"molam.retry.reason": event.reason, "molam.retry.delay": event.delay})

    def ended(self, event: CallEvent) -> None:
        """The call ended, perhaps in the midst of an attempt, perhaps without any."""
        state: dict[Any, Any] = event.state
        cut: Span | None = state.pop(self._attempt, None)
        whole: Span | None = state.pop(self._whole, None)
        if whole is None:
            began = time.time_ns() - int(event.elapsed * 1e9)
            whole = self._tracer.start_span(
                event.operation, attributes={"molam.operation": event.operation}, start_time=began
            )
        whole.set_attribute("molam.attempts", event.attempts)
        whole.set_attribute("molam.outcome", event.outcome)
        if event.code is not None:
            whole.set_attribute("molam.code", event.code)
        for span in (cut, whole):
            if span is not None:
                if event.error is not None:
                    span.set_attribute("error.type", event.error)
                    span.set_status(Status(StatusCode.ERROR))
                span.end()
