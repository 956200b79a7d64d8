"""Faults that a test arms at a simulator, each for the next requests that it matches."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, cast

from starlette.types import ASGIApp, Message, Receive, Scope, Send

KINDS = frozenset({"reset", "drop_answer", "truncate", "delay", "error_before", "error_after"})
"""Before anything is done: `reset` (RST), `delay` (seconds), `error_before`. After it: `drop_answer` (the connection
closes without a byte), `truncate` (half of the answer's body), `error_after`."""

_CONNECTION = "molam.connection"


class Connection(Protocol):
    """The TCP connection of a request, which the server puts into the scope's state."""

    def close(self) -> None:
        """Close it once what was written is out."""
        ...

    def reset(self) -> None:
        """Send RST."""
        ...


class FaultError(ValueError):
    """There is no such fault."""


@dataclass(slots=True)
class Fault:
    """`path` is a part of the path that it is for, empty for every one, its end if it ends in `$`; `times` counts the
    requests still to be hit.

    `skip` lets that many matching requests pass first. `status` and `body` are what the error kinds answer.
    """

    kind: str
    path: str = ""
    times: int = 1
    skip: int = 0
    seconds: float = 0.0
    status: int = 503
    body: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise FaultError(f"there is no fault {self.kind!r}, only {', '.join(sorted(KINDS))}")

    def concerns(self, path: str) -> bool:
        """Whether it is for requests to this path."""
        return path.endswith(self.path[:-1]) if self.path.endswith("$") else self.path in path

    @classmethod
    def of(cls, members: Mapping[str, Any]) -> "Fault":
        """The fault that a JSON object describes. Raises FaultError."""
        try:
            return cls(**members)
        except TypeError:
            raise FaultError("a fault has kind, path, times, skip, seconds, status and body, nothing else") from None


class FaultPlane:
    """An ASGI application around a simulator's that makes armed faults happen."""

    def __init__(self, inner: ASGIApp) -> None:
        self._inner = inner
        self._armed: list[Fault] = []

    def arm(self, fault: Fault) -> None:
        """Hit the next `times` requests that match."""
        self._armed.append(fault)

    def disarm(self) -> None:
        """Forget every fault."""
        self._armed.clear()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or not."""
        fault = self._take(scope["path"])
        match fault:
            case None:
                await self._inner(scope, receive, send)
            case Fault(kind="reset"):
                _connection(scope).reset()
                await _gone(receive)
            case Fault(kind="delay"):
                whole = await _read(receive)
                await asyncio.sleep(fault.seconds)
                await self._inner(scope, whole, send)
            case Fault(kind="error_before"):
                await _answer(send, fault)
            case Fault(kind="error_after"):
                await self._inner(scope, receive, _swallow)
                await _answer(send, fault)
            case _:
                await self._cut(fault, scope, receive, send)

    async def _cut(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        answer: list[Message] = []

        async def collect(message: Message) -> None:
            answer.append(message)

        await self._inner(scope, receive, collect)
        if fault.kind == "truncate":
            body = b"".join(part.get("body", b"") for part in answer[1:])
            await send(answer[0])
            await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
        await hang_up(scope, receive)

    def _take(self, path: str) -> Fault | None:
        for fault in self._armed:
            if not fault.concerns(path):
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            fault.times -= 1
            if fault.times <= 0:
                self._armed.remove(fault)
            return fault
        return None


async def hang_up(scope: Scope, receive: Receive) -> None:
    """Close the connection of a request once what was written is out."""
    _connection(scope).close()
    await _gone(receive)


def _connection(scope: Scope) -> Connection:
    return cast(Connection, scope["state"][_CONNECTION])


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _read(receive: Receive) -> Receive:
    """Take the whole request in, so that it is carried out even if nobody waits; it can be received again."""
    parts = [await receive()]
    while parts[-1].get("more_body"):
        parts.append(await receive())

    async def again() -> Message:
        return parts.pop(0) if parts else await receive()

    return again


async def _swallow(message: Message) -> None:
    """The answer that nobody gets."""


async def _answer(send: Send, fault: Fault) -> None:
    headers = [(b"content-type", b"text/html"), (b"content-length", str(len(fault.body.encode())).encode())]
    await send({"type": "http.response.start", "status": fault.status, "headers": headers})
    await send({"type": "http.response.body", "body": fault.body.encode()})
