"""What goes wrong between a client and the sandbox, armed by a test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import ConfigurationError
from ._catalog import known

if TYPE_CHECKING:
    from molam_api.models import LedgerMovement

    from .._client import MolamClient
    from ._proxy import DecliningProxy


class FaultControl:
    """Arms faults of a sandbox, in the order in which they are to happen.

    Each method takes `operation` (an operationId such as `create_payment_intent`; any call of the account without it)
    and `times` (how many requests it hits, repetitions of the client included), and raises `StandInError` for an
    operation that there is not.

    Args:
        client: A client of the sandbox.
        proxy: What stands between the tested client and the sandbox, for declines.
    """

    def __init__(self, client: MolamClient, proxy: DecliningProxy | None = None) -> None:
        self._client = client
        self._proxy = proxy

    def lose_answer(self, operation: str | None = None, *, times: int = 1) -> None:
        """The work is done, and the connection ends without a byte of the answer."""
        __tracebackhide__ = True
        self._arm("drop_response", operation, times)

    def cut(self, operation: str | None = None, *, times: int = 1) -> None:
        """The connection is reset before anything is done."""
        __tracebackhide__ = True
        self._arm("reset", operation, times)

    def tear_answer(self, operation: str | None = None, *, times: int = 1) -> None:
        """The work is done, and the connection ends in the middle of the answer."""
        __tracebackhide__ = True
        self._arm("truncate", operation, times)

    def delay(self, seconds: float, operation: str | None = None, *, times: int = 1) -> None:
        """The work is done, and the answer waits so many seconds of real time."""
        __tracebackhide__ = True
        self._arm("delay", operation, times, delay_ms=round(seconds * 1000))

    def refuse(self, operation: str | None = None, *, times: int = 1) -> None:
        """The answer is a 503, and nothing is done."""
        __tracebackhide__ = True
        self._arm("error_before", operation, times)

    def fail(self, operation: str | None = None, *, times: int = 1) -> None:
        """The answer is a 500, although the work is done."""
        __tracebackhide__ = True
        self._arm("error_after", operation, times)

    def decline(self, reason: str = "generic_decline", *, times: int = 1) -> None:
        """The next payments that are to be collected at once are declined, whatever their payment method.

        Args:
            reason: generic_decline, insufficient_funds or expired_card.
            times: How many requests are hit; a repetition of one counts as the same.

        Raises:
            ConfigurationError: For another reason, and without a proxy.
        """
        if self._proxy is None:
            raise ConfigurationError("decline() needs a DecliningProxy before the sandbox: the fixture has one")
        self._proxy.decline(reason, times)

    def charged(self, payment_intent: str | None = None) -> list[LedgerMovement]:
        """Return the provider's own book, one row per movement of money: the judge of "charged once"."""
        return self._client.sandbox.retrieve_ledger(payment_intent=payment_intent).data

    def _arm(self, kind: str, operation: str | None, times: int, delay_ms: int | None = None) -> None:
        __tracebackhide__ = True
        named = None if operation is None else known(operation)
        self._client.sandbox.inject_fault(kind=kind, operation_id=named, times=times, delay_ms=delay_ms)
