"""What is traced, whoever traces."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Literal, Protocol, Self, TypeAlias

Kind: TypeAlias = Literal["server", "client", "producer", "consumer", "internal"]
Attributes: TypeAlias = Mapping[str, str | int]


class Span(Protocol):
    """A piece of work that is under way."""

    @property
    def trace_id(self) -> str:
        """The trace's id in hexadecimal, empty if nothing is traced."""
        ...

    def rename(self, name: str) -> None:
        """Say what it is, once that is known."""
        ...

    def set(self, name: str, value: str | int) -> None:
        """Add an attribute: never a secret, an address with a token in it, or what a customer wrote."""
        ...

    def fail(self, kind: str) -> None:
        """Say that it failed, by a word of a closed set."""
        ...


class Tracing(Protocol):
    """Makes spans; a span is the parent of those that begin in its block."""

    @property
    def on(self) -> bool:
        """Whether anybody looks."""
        ...

    def span(
        self, name: str, kind: Kind, attributes: Attributes, parent: Mapping[str, str] | None = None
    ) -> AbstractContextManager[Span]:
        """A span for a block; `parent` are the headers of a request that may name one (W3C Trace Context)."""
        ...


class NoSpan:
    """Nothing is traced."""

    trace_id = ""

    def rename(self, name: str) -> None:
        """Nothing."""

    def set(self, name: str, value: str | int) -> None:
        """Nothing."""

    def fail(self, kind: str) -> None:
        """Nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        pass


_NO_SPAN = NoSpan()


class NoTracing:
    """Traces nothing."""

    on = False

    def span(
        self, name: str, kind: Kind, attributes: Attributes, parent: Mapping[str, str] | None = None
    ) -> AbstractContextManager[Span]:
        """Nothing."""
        return _NO_SPAN
