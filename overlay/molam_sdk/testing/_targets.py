"""Where a test's webhooks go: to a URL on this machine, or into an application of this process."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, cast

import httpx

from .. import _guard
from ._errors import StandInError

Target = str | Callable[..., Any]
"""A URL, or a WSGI or ASGI application."""

_TIMEOUT = 10.0
_BASE = "http://testserver"


class Received(NamedTuple):
    """What a receiver answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def accepted(self) -> bool:
        """Whether Molam would take it for received, and not send it again."""
        return 200 <= self.status < 300


def deliver(target: Target, path: str, headers: Mapping[str, str], body: bytes) -> Received:
    """Post a webhook and wait for the answer."""
    if isinstance(target, str):
        _guard.check([target])
        with httpx.Client(timeout=_TIMEOUT, trust_env=False) as client:
            return _received(lambda: client.post(target, content=body, headers=dict(headers)), target)
    if not _is_asgi(target):
        transport = httpx.WSGITransport(app=cast(Any, target))
        with httpx.Client(transport=transport, base_url=_BASE) as client:
            return _told(client.post(path, content=body, headers=dict(headers)))
    return _on_a_loop_of_its_own(target, path, headers, body)


async def adeliver(target: Target, path: str, headers: Mapping[str, str], body: bytes) -> Received:
    """Post a webhook from the running event loop."""
    if isinstance(target, str):
        _guard.check([target])
        async with httpx.AsyncClient(timeout=_TIMEOUT, trust_env=False) as client:
            try:
                return _told(await client.post(target, content=body, headers=dict(headers)))
            except httpx.TransportError as error:
                raise _unreachable(target, error) from None
    if not _is_asgi(target):
        return await asyncio.to_thread(deliver, target, path, headers, body)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=target), base_url=_BASE) as client:
        return _told(await client.post(path, content=body, headers=dict(headers)))


def _on_a_loop_of_its_own(target: Target, path: str, headers: Mapping[str, str], body: bytes) -> Received:
    """Run an application in a thread, since a loop may run in this one."""
    done: list[Received] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            done.append(asyncio.run(adeliver(target, path, headers, body)))
        except BaseException as error:  # noqa: BLE001 - raised again where the test waits
            failed.append(error)

    thread = threading.Thread(target=run, name="molam-webhook")
    thread.start()
    thread.join()
    if failed:
        raise failed[0]
    return done[0]


def _is_asgi(app: Callable[..., Any]) -> bool:
    """Tell an ASGI application, `async (scope, receive, send)`, from a WSGI one, `(environ, start_response)`."""
    called: Any = app if inspect.isfunction(app) or inspect.ismethod(app) else getattr(app, "__call__", app)  # noqa: B004
    if inspect.iscoroutinefunction(called):
        return True
    try:
        needed = [each for each in inspect.signature(called).parameters.values() if each.default is each.empty]
    except (TypeError, ValueError):
        needed = []
    positional = [each for each in needed if each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD)]
    if len(positional) not in (2, 3):
        raise StandInError("a webhook is sent to a URL, a WSGI application or an ASGI application")
    return len(positional) == 3


def _received(post: Callable[[], httpx.Response], target: str) -> Received:
    try:
        return _told(post())
    except httpx.TransportError as error:
        raise _unreachable(target, error) from None


def _unreachable(target: str, error: Exception) -> StandInError:
    return StandInError(f"the webhook could not be delivered to {target}: {type(error).__name__}: {error}")


def _told(response: httpx.Response) -> Received:
    return Received(response.status_code, dict(response.headers), response.content)
