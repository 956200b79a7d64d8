"""Collectors in a registry, fed by the hooks of calls or by a program of its own."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram

from molam_sdk.hooks import listen

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from molam_sdk import CallEvent, CircuitEvent, ResponseEvent, RetryEvent

PREFIX = "molam_sdk"
_ATTEMPTS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_CALLS = (*_ATTEMPTS, 60.0, 120.0)


class MolamMetrics:
    """What the clients of a process do, as figures without any id, key or amount.

    `MolamMetrics().instrument()` is for every client of the process; `MolamClient(event_hooks=metrics.hooks)` for a
    single one.

    Args:
        registry: Where the collectors are; Prometheus' own default without it. One registry takes one of these.
    """

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        def counter(name: str, about: str, *labels: str) -> Counter:
            return Counter(f"{PREFIX}_{name}", about, labels, registry=registry)

        def histogram(name: str, about: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
            return Histogram(f"{PREFIX}_{name}", about, labels, buckets=buckets, registry=registry)

        self._attempts = counter("attempts", "HTTP requests by status, or phase if lost", "operation", "status")
        self._attempt_seconds = histogram(
            "attempt_duration_seconds", "What one HTTP request takes", _ATTEMPTS, "operation"
        )
        self._retries = counter("retries", "Attempts that were repeated", "operation", "reason")
        self._calls = counter("calls", "Calls by their outcome", "operation", "outcome")
        self._call_seconds = histogram(
            "call_duration_seconds", "What a call takes, waits included", _CALLS, "operation"
        )
        self._errors = counter("errors", "Calls that ended with an error", "error", "code")
        self._circuit_changes = counter("circuit_changes", "Changes of circuit breakers", "circuit", "state")
        self._circuits = Gauge(
            f"{PREFIX}_circuit_open", "1 while a circuit breaker is not closed", ["circuit"], registry=registry
        )
        self._clients = counter("clients", "Clients that reported their start", "environment")
        self._stop: Callable[[], None] | None = None
        self._lock = Lock()

    @property
    def hooks(self) -> Mapping[str, Callable[..., Any]]:
        """The `event_hooks` that feed these figures."""
        return {
            "response": self._received,
            "retry": self._retrying,
            "call": self._ended,
            "circuit": self._switched,
        }

    def instrument(self) -> None:
        """Count the calls of every client in this process; once is enough."""
        with self._lock:
            if self._stop is None:
                self._stop = listen(self.hooks)

    def uninstrument(self) -> None:
        """Stop that."""
        with self._lock:
            if self._stop is not None:
                self._stop()
                self._stop = None

    def record_sdk_initialization(self, config: Mapping[str, Any]) -> None:
        """Count the start of a client.

        Args:
            config: Its options; only the kind of host in `base_url` is used: production, sandbox, local or other.
        """
        self._clients.labels(_environment(str(config.get("base_url") or ""))).inc()

    def record_api_call(self, method: str, success: bool, latency_ms: float, status_code: int | None = None) -> None:
        """Count a call that was not made by this SDK, or without hooks.

        Args:
            method: The operation (`create_payment_intent`).
            success: Whether it succeeded.
            latency_ms: Milliseconds that it took.
            status_code: HTTP status, if an answer came.
        """
        rejected = status_code is not None and status_code < 500
        self._calls.labels(method, "succeeded" if success else "rejected" if rejected else "unknown").inc()
        self._call_seconds.labels(method).observe(latency_ms / 1000)

    def record_error(self, error_type: str, error_code: str | None = None) -> None:
        """Count an error by the name of its class and the API's code."""
        self._errors.labels(error_type, error_code or "").inc()

    def record_circuit_breaker_event(self, state: str, circuit: str) -> None:
        """Count a change of a circuit breaker.

        Args:
            state: `open`, `half_open` or `closed`; `opened` is `open`.
            circuit: A name for what it guards.
        """
        state = "open" if state == "opened" else state
        self._circuit_changes.labels(circuit, state).inc()
        self._circuits.labels(circuit).set(state != "closed")

    def _received(self, event: ResponseEvent) -> None:
        self._attempts.labels(event.operation, str(event.status_code or event.phase)).inc()
        self._attempt_seconds.labels(event.operation).observe(event.elapsed)

    def _retrying(self, event: RetryEvent) -> None:
        self._retries.labels(event.operation, event.reason).inc()

    def _ended(self, event: CallEvent) -> None:
        self._calls.labels(event.operation, event.outcome).inc()
        self._call_seconds.labels(event.operation).observe(event.elapsed)
        if event.error is not None:
            self.record_error(event.error, event.code)

    def _switched(self, event: CircuitEvent) -> None:
        address = urlsplit(event.region)
        self.record_circuit_breaker_event(event.state, f"{address.netloc} {event.operations}")


def _environment(url: str) -> str:
    host = urlsplit(url).hostname or ""
    if host in ("localhost", "127.0.0.1", "::1"):
        return "local"
    if host.endswith((".molam.com", ".molam.io")):
        return "sandbox" if "sandbox" in host else "staging" if "staging" in host else "production"
    return "other"
