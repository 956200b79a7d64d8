"""WebSockets as an independent client opens them, and gateways with settings of a test's own."""

import asyncio
import contextlib
import json
import threading
from collections.abc import Generator
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from molam_gateway.serving import Launch, Running, serve
from molam_gateway.settings import Settings

_PATIENCE = 10.0


@contextlib.contextmanager
def socket(
    url: str, channel: str, api_key: str | None, *, query: str = "", headers: dict[str, str] | None = None
) -> Generator[ClientConnection]:
    """A connection to a channel."""
    address = f"{url.replace('http', 'ws', 1)}/ws/{channel}{query and '?' + query}"
    given = {**({"Authorization": f"Bearer {api_key}"} if api_key else {}), **(headers or {})}
    with connect(
        address,
        additional_headers=given,
        compression=None,
        open_timeout=_PATIENCE,
        close_timeout=1,
        ping_interval=None,
        max_queue=None,
        proxy=None,
    ) as made:
        yield made


def received(socket: ClientConnection) -> dict[str, Any]:
    """The next frame."""
    frame: dict[str, Any] = json.loads(socket.recv(timeout=_PATIENCE))
    return frame


def until(socket: ClientConnection, type: str) -> list[dict[str, Any]]:
    """Frames up to the first one of this type."""
    frames = [received(socket)]
    while frames[-1]["type"] != type:
        frames.append(received(socket))
    return frames


def close_code(socket: ClientConnection) -> int | None:
    """Why the gateway closes the connection, whatever it says before."""
    try:
        while True:
            socket.recv(timeout=_PATIENCE)
    except ConnectionClosed as closed:
        return None if closed.rcvd is None else closed.rcvd.code


@contextlib.contextmanager
def gateway_with(settings: Settings) -> Generator[Running]:
    """A gateway in a thread, with settings of the test's own."""
    started = threading.Event()
    running: list[Running] = []

    def ready(made: Running) -> None:
        running.append(made)
        started.set()

    thread = threading.Thread(target=lambda: asyncio.run(serve(Launch(settings=settings), ready)))
    thread.start()
    try:
        assert started.wait(30), "the gateway did not start"
        yield running[0]
    finally:
        for made in running:
            made.stop()
        thread.join()
