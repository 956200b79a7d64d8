"""Counts in a Prometheus registry of one gateway's own."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

PREFIX = "molam_gateway"
_REQUESTS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0)
_CALLS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0)
_LATENCIES = (0.1, 0.5, 1.0, 5.0, 30.0, 120.0, 600.0, 3600.0, 21600.0, 86400.0, 259200.0)
_MOST_CODES = frozenset({1000, 1001, 1006, 1008, 1011, 1013, 4401, 4403, 4404, 4408, 4429})


class PrometheusMeter:
    """The figures of one gateway in one process; several in a process stay apart."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._in_flight = 0
        self._requests = self._counter("requests", "Requests by operation and class of status", "operation", "status")
        self._request_seconds = self._histogram(
            "request_duration_seconds", "From a request's head to its answer's end", _REQUESTS, "operation"
        )
        self._replays = self._counter("idempotent_replays", "Answers given again for a key", "operation")
        self._calls = self._counter(
            "provider_calls", "Questions and instructions to providers", "provider", "call", "outcome"
        )
        self._call_seconds = self._histogram(
            "provider_call_duration_seconds", "What providers take to answer", _CALLS, "provider", "call"
        )
        self._refused = self._counter(
            "provider_messages_refused", "Webhooks and callbacks that were refused", "provider", "code"
        )
        self._attempts = self._counter("attempts_concluded", "New states of attempts", "provider", "state")
        self._webhooks = self._counter("webhook_attempts", "Attempts to deliver events", "result")
        self._webhook_seconds = self._histogram(
            "webhook_attempt_duration_seconds", "What receivers take to answer", _CALLS
        )
        self._latency = self._histogram("webhook_delivery_latency_seconds", "From an event to its delivery", _LATENCIES)
        self._jobs = self._counter("jobs_run", "Background jobs", "kind", "result")
        self._job_seconds = self._histogram("job_duration_seconds", "What background jobs take", _CALLS, "kind")
        self._sockets = Gauge(f"{PREFIX}_websockets_open", "Open WebSockets", ["channel"], registry=self.registry)
        self._sockets_closed = self._counter("websockets_closed", "Closed WebSockets", "channel", "code")
        self.gauge("requests_in_flight", "Requests being answered", lambda: self._in_flight)
        ProcessCollector(namespace="", registry=self.registry)
        self._request_counts: dict[tuple[str, int], Counter] = {}
        self._request_times: dict[str, Histogram] = {}

    def gauge(self, name: str, help_text: str, read: Callable[[], float]) -> None:
        """Tell a figure that is read when somebody asks."""
        Gauge(f"{PREFIX}_{name}", help_text, registry=self.registry).set_function(read)

    def request_began(self) -> None:
        """A request is in flight."""
        self._in_flight += 1

    def request_ended(self, operation: str, status: int, took: float, *, replayed: bool) -> None:
        """A request was answered."""
        self._in_flight -= 1
        kind = status // 100
        count = self._request_counts.get((operation, kind))
        if count is None:
            count = self._request_counts[operation, kind] = self._requests.labels(operation, f"{kind}xx")
        count.inc()
        times = self._request_times.get(operation)
        if times is None:
            times = self._request_times[operation] = self._request_seconds.labels(operation)
        times.observe(took)
        if replayed:
            self._replays.labels(operation).inc()

    def provider_called(self, provider: str, call: str, outcome: str, took: float) -> None:
        """A provider was asked."""
        self._calls.labels(provider, call, outcome).inc()
        self._call_seconds.labels(provider, call).observe(took)

    def provider_message_refused(self, provider: str, code: str) -> None:
        """A provider's message was refused."""
        self._refused.labels(provider, code).inc()

    def attempt_concluded(self, provider: str, state: str) -> None:
        """An attempt has another state."""
        self._attempts.labels(provider, state).inc()

    def webhook_attempted(self, result: str, took: float) -> None:
        """A receiver was sent an event."""
        self._webhooks.labels(result).inc()
        self._webhook_seconds.observe(took)

    def webhook_delivered(self, latency: float) -> None:
        """A receiver took an event."""
        self._latency.observe(latency)

    def job_ran(self, kind: str, result: str, took: float) -> None:
        """A job was run."""
        self._jobs.labels(kind, result).inc()
        self._job_seconds.labels(kind).observe(took)

    def websocket_opened(self, channel: str) -> None:
        """A WebSocket is open."""
        self._sockets.labels(channel).inc()

    def websocket_closed(self, channel: str, code: int) -> None:
        """An open one was closed."""
        self._sockets.labels(channel).dec()
        self._sockets_closed.labels(channel, str(code) if code in _MOST_CODES else "other").inc()

    def _counter(self, name: str, help_text: str, *labels: str) -> Counter:
        return Counter(f"{PREFIX}_{name}", help_text, labels, registry=self.registry)

    def _histogram(self, name: str, help_text: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
        return Histogram(f"{PREFIX}_{name}", help_text, labels, buckets=buckets, registry=self.registry)
