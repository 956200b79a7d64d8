"""One place where the gateway tells of its work, in figures and in spans."""

import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from .meter import Meter, NoMeter
from .tracing import Attributes, NoTracing, Tracing

UNANSWERED = "unanswered"
"""The outcome of a call whose caller waited no longer."""


@dataclass(frozen=True, slots=True)
class Telemetry:
    """Where figures and spans go; nowhere without arguments."""

    meter: Meter = field(default_factory=NoMeter)
    tracing: Tracing = field(default_factory=NoTracing)

    def provider_call(self, provider: str, call: str, attributes: Attributes) -> "ProviderCall":
        """Measure a block in which a provider is asked."""
        return ProviderCall(self, provider, call, attributes)


class ProviderCall:
    """A provider is being asked; `outcome` is what came of it, once that is known."""

    __slots__ = ("_began", "_call", "_provider", "_span", "_span_block", "_telemetry", "outcome")

    def __init__(self, telemetry: Telemetry, provider: str, call: str, attributes: Attributes) -> None:
        self.outcome = UNANSWERED
        self._telemetry = telemetry
        self._provider = provider
        self._call = call
        self._span_block = telemetry.tracing.span(
            f"{call} {provider}", "client", {"molam.provider": provider, **attributes}
        )

    def __enter__(self) -> Self:
        self._began = time.perf_counter()
        self._span = self._span_block.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        took = time.perf_counter() - self._began
        if kind is not None and issubclass(kind, Exception):
            self.outcome = "error"
        self._span.set("molam.outcome", self.outcome)
        if self.outcome in {"unknown", "unsent", "error", UNANSWERED}:
            self._span.fail(self.outcome)
        self._span_block.__exit__(None, None, None)
        self._telemetry.meter.provider_called(self._provider, self._call, self.outcome, took)
