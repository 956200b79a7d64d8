"""Makes armed sandbox faults happen to a request."""

import asyncio
from collections.abc import Callable
from typing import cast

from starlette.types import Receive, Scope, Send

from ..domain.call import Account
from ..domain.problems import ProblemError
from ..storage import sandbox_faults
from ..storage.port import Store
from ..storage.sandbox_faults import ArmedFault
from .connection import STATE_KEY, Connection
from .replies import Reply
from .spec import Operation

_SANDBOX_PREFIX = "/v1/sandbox/"


class ResetError(Exception):
    """The connection was reset; there is nobody to answer."""


def is_sandbox(operation: Operation) -> bool:
    """Whether the operation exists in the sandbox only."""
    return operation.path.startswith(_SANDBOX_PREFIX)


async def take(
    store: Store, account: Account, operation: Operation, catch_up: Callable[[int], None]
) -> ArmedFault | None:
    """Consume the first fault armed for this request, if any.

    `catch_up` is told how far the clock was advanced by now, be it by another process.
    """
    async with store.reading() as reader:
        offset_ms, armed = await sandbox_faults.glance(reader, account.id)
    catch_up(offset_ms)
    if not armed:
        return None
    return await sandbox_faults.take(
        store, account_id=account.id, operation_id=operation.operation_id, general=not is_sandbox(operation)
    )


async def before(fault: ArmedFault | None, scope: Scope, receive: Receive) -> None:
    """Faults that leave nothing done. Raises ResetError or ProblemError (503)."""
    match fault:
        case ArmedFault(kind="reset"):
            _connection(scope).reset()
            await _gone(receive)
            raise ResetError
        case ArmedFault(kind="error_before"):
            raise ProblemError("overloaded", "An injected fault: nothing was done.")
        case _:
            return


def replacement(fault: ArmedFault | None) -> ProblemError | None:
    """What is answered in the place of what was done, if the fault says so."""
    if fault is None or fault.kind != "error_after":
        return None
    return ProblemError("internal_error", "An injected fault: the answer was replaced after the commit.")


async def send(fault: ArmedFault | None, reply: Reply, scope: Scope, receive: Receive, send: Send) -> None:
    """Send the reply as the fault lets it through."""
    match fault:
        case ArmedFault(kind="drop_response"):
            _connection(scope).close()
            await _gone(receive)
        case ArmedFault(kind="truncate"):
            await send(reply.head())
            half = reply.body[: len(reply.body) // 2]
            await send({"type": "http.response.body", "body": half, "more_body": True})
            _connection(scope).close()
            await _gone(receive)
        case ArmedFault(kind="delay", delay_ms=delay_ms):
            await asyncio.sleep((delay_ms or 0) / 1000)
            await reply.send(send)
        case _:
            await reply.send(send)


def _connection(scope: Scope) -> Connection:
    return cast(Connection, scope["state"][STATE_KEY])


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
