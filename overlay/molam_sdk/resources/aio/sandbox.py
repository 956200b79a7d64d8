"""Clock, faults and ledger of the sandbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from molam_sdk._front_door import async_front_door
from molam_sdk.resources import _arguments as arguments

if TYPE_CHECKING:
    from collections.abc import Mapping

    from molam_api.models import Event, LedgerMovementList, SandboxClock, SandboxFault
    from molam_sdk._calls.async_caller import AsyncCaller


class AsyncSandbox:
    """Methods of `client.sandbox`."""

    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    @async_front_door
    async def advance_clock(self, *, seconds: int, idempotency_key: str | None = None) -> SandboxClock:
        """Advance the sandbox's clock and do all work that becomes due, deliveries included.

        Args:
            seconds: How far; 0 only does what is due.
            idempotency_key: Your key for this call; made if there is none.

        Raises:
            NotFoundError: In live mode.
            MolamError: As every call does.
        """
        from molam_api.api.sandbox import advance_clock
        from molam_api.models import AdvanceClockRequest

        return await self._caller.call(
            advance_clock,
            body=AdvanceClockRequest(seconds=seconds),
            idempotency_key=arguments.given(idempotency_key),
        )

    @async_front_door
    async def inject_fault(
        self,
        *,
        kind: str,
        operation_id: str | None = None,
        times: int | None = None,
        delay_ms: int | None = None,
        idempotency_key: str | None = None,
    ) -> SandboxFault:
        """Arm a fault for requests to come.

        Args:
            kind: drop_response, reset, truncate, delay, error_before or error_after.
            operation_id: Hit only this operation; all but the sandbox's own without it.
            times: How many HTTP requests to hit; 1 without it.
            delay_ms: Length of a delay in milliseconds.
            idempotency_key: Your key for this call; made if there is none.

        Raises:
            NotFoundError: In live mode.
            MolamError: As every call does.
        """
        from molam_api.api.sandbox import inject_fault
        from molam_api.models import FaultKind, InjectFaultRequest

        return await self._caller.call(
            inject_fault,
            body=InjectFaultRequest(
                kind=arguments.required_word(FaultKind, kind, "kind"),
                operation_id=arguments.given(operation_id),
                times=arguments.given(times),
                delay_ms=arguments.given(delay_ms),
            ),
            idempotency_key=arguments.given(idempotency_key),
        )

    @async_front_door
    async def trigger_event(
        self,
        *,
        type: str,
        object_id: str | None = None,
        overrides: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
    ) -> Event:
        """Make happen what causes an event.

        Args:
            type: Type of the event.
            object_id: Object that it is to happen to; one is created without it.
            overrides: Members of an object that is created for it.
            idempotency_key: Your key for this call; made if there is none.

        Raises:
            ConflictError: If no legal step leads there (`invalid_state`).
            MolamError: As every call does.
        """
        from molam_api.api.sandbox import trigger_event
        from molam_api.models import TriggerEventRequest, TriggerOverrides

        return await self._caller.call(
            trigger_event,
            body=TriggerEventRequest(
                type_=type,
                object_id=arguments.given(object_id),
                overrides=arguments.optional(TriggerOverrides, overrides, "overrides"),
            ),
            idempotency_key=arguments.given(idempotency_key),
        )

    @async_front_door
    async def retrieve_ledger(self, *, payment_intent: str | None = None) -> LedgerMovementList:
        """Return the provider's own book: one row per movement of money.

        Args:
            payment_intent: Only the movements of this payment intent.

        Raises:
            NotFoundError: In live mode.
            MolamError: As every call does.
        """
        from molam_api.api.sandbox import retrieve_sandbox_ledger

        return await self._caller.call(retrieve_sandbox_ledger, payment_intent=arguments.given(payment_intent))
