"""Arming faults in the sandbox."""

from collections.abc import Callable, Collection
from typing import cast

from ..domain.call import Answer, Call
from ..domain.problems import ProblemError
from ..domain.times import milliseconds, rfc3339
from ..services import Services
from ..storage import sandbox_faults
from ..storage.port import Transaction
from .execution import idempotently

DEFAULT_DELAY_MS = 1000


class FaultInjection:
    """The operation, bound to the names of those that a fault can hit."""

    def __init__(self, operations: Callable[[], Collection[str]]) -> None:
        self._operations = operations

    async def inject_fault(self, services: Services, call: Call) -> Answer:
        """Arm a fault for coming requests, in the order armed."""
        name = (call.body or {}).get("operation_id")
        if name is not None and name not in self._operations():
            raise ProblemError("parameter_invalid", f"There is no operation {name}.", param="operation_id")
        return await _arm(services, call)


async def _arm(services: Services, call: Call) -> Answer:
    body = call.body or {}
    kind = str(body["kind"])
    operation_id = cast(str | None, body.get("operation_id"))
    times = cast(int, body.get("times", 1))
    delay_ms = cast(int, body.get("delay_ms", DEFAULT_DELAY_MS)) if kind == "delay" else None

    async def work(tx: Transaction) -> Answer:
        now = services.clock.now()
        fault_id = services.ids.new("flt", now)
        await sandbox_faults.arm(
            tx,
            id=fault_id,
            account_id=call.account.id,
            kind=kind,
            operation_id=operation_id,
            times=times,
            delay_ms=delay_ms,
            created_at=milliseconds(now),
        )
        return Answer(
            200,
            {
                "object": "sandbox_fault",
                "id": fault_id,
                "kind": kind,
                "operation_id": operation_id,
                "times": times,
                "delay_ms": delay_ms,
                "livemode": call.account.livemode,
                "created_at": rfc3339(milliseconds(now)),
            },
        )

    return await idempotently(services, call, work)
