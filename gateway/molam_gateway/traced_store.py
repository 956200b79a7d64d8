"""Makes a span of every write transaction, where anybody looks at spans."""

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from .storage.port import Reader, Store, Transaction
from .telemetry.tracing import Tracing


def traced(store: Store, tracing: Tracing) -> Store:
    """The store itself where nothing is traced."""
    return TracedStore(store, tracing) if tracing.on else store


class TracedStore:
    """A store around another one."""

    def __init__(self, inner: Store, tracing: Tracing) -> None:
        self._inner = inner
        self._tracing = tracing
        self._attributes = {"db.system.name": "postgresql" if inner.shared else "sqlite"}

    @property
    def shared(self) -> bool:
        """Whether other processes may work on it at the same time."""
        return self._inner.shared

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Transaction]:
        """Begin a write transaction; the span ends when it is committed or rolled back."""
        with self._tracing.span("transaction", "client", self._attributes) as span:
            try:
                async with self._inner.transaction() as tx:
                    yield tx
            except Exception as error:
                span.fail(type(error).__name__)
                raise

    def reading(self) -> AbstractAsyncContextManager[Reader]:
        """Committed rows, each statement on its own."""
        return self._inner.reading()

    def alone(self, purpose: str, patience: float) -> AbstractAsyncContextManager[None]:
        """Keep other processes from a block of this purpose."""
        return self._inner.alone(purpose, patience)

    async def close(self) -> None:
        """Close the connections."""
        await self._inner.close()
