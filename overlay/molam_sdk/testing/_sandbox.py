"""A sandbox in this process, whose gateway comes with the extra `sandbox`."""

from __future__ import annotations

import threading
from importlib import import_module
from typing import TYPE_CHECKING, Any, Self

from ..errors import ConfigurationError

if TYPE_CHECKING:
    from types import TracebackType


class LocalSandbox:
    """A gateway on a free port of the loopback while the block runs, with data, clock and faults of its own.

        with LocalSandbox() as sandbox, MolamClient(api_key=sandbox.api_key, api_base=sandbox.url) as client:
            client.payment_intents.create(...)

    The first of a process takes a second, each further one some 50 ms. Everything is forgotten at the end.

    Args:
        webhook_secret: Signs what new webhook endpoints receive; made if there is none.
        validate_responses: Whether an answer that breaks the specification becomes a 500.

    Raises:
        ConfigurationError: If the extra is not installed.
    """

    def __init__(self, *, webhook_secret: str | None = None, validate_responses: bool = False) -> None:
        try:
            embedded = import_module("molam_gateway.embedded")
        except ImportError as error:
            raise ConfigurationError(
                f"the sandbox needs {error.name or 'molam_gateway'}, which is not installed: "
                "pip install 'molam-sdk-python[sandbox]'"
            ) from None
        self._running: Any = embedded.Sandbox(
            webhook_secret=webhook_secret, validate_responses=validate_responses, drain_timeout=1.0
        )

    @property
    def url(self) -> str:
        """Where it listens, the `api_base` of its clients."""
        return str(self._running.url)

    @property
    def api_key(self) -> str:
        """A test key that may do everything."""
        return str(self._running.api_key)

    @property
    def webhook_secret(self) -> str:
        """The signing secret of new webhook endpoints."""
        return str(self._running.webhook_secret)

    @property
    def account_id(self) -> str:
        """The account that the key belongs to."""
        return str(self._running.account_id)

    @property
    def admin_url(self) -> str:
        """The dashboard's address, which signs in once."""
        return str(self._running.admin_url)

    def start(self) -> Self:
        """Start serving; raises what keeps it from starting."""
        self._running.start()
        return self

    def stop(self) -> None:
        """Let running requests finish, for a second at most, and stop; takes 200 ms."""
        self._running.stop()

    def stop_in_background(self) -> threading.Thread:
        """Stop without waiting for it; the thread ends when that is done."""
        thread = threading.Thread(target=self.stop, name="molam-sandbox-stop", daemon=True)
        thread.start()
        return thread

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        return "LocalSandbox()"
