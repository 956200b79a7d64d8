"""Serves an application with uvicorn on a socket that is already bound."""

import asyncio
import contextlib
import importlib.util
import math
import os
import socket
import time
from collections.abc import Callable, Generator

import uvicorn
from starlette.types import ASGIApp

from . import on_websockets

_KEEP_ALIVE = 75
_BACKLOG = 512
_GLANCE = 0.1


def protocol_class(*, pure_python: bool = False) -> type[asyncio.Protocol]:
    """The HTTP protocol: on httptools where it is installed, else on h11."""
    if pure_python or importlib.util.find_spec("httptools") is None:
        from .on_h11 import Protocol

        return Protocol
    from .on_httptools import Protocol as FastProtocol

    return FastProtocol


class Server(uvicorn.Server):
    """A uvicorn server that says when it is ready, and ends a drained shutdown normally instead of by signal."""

    def __init__(
        self,
        config: uvicorn.Config,
        ready: Callable[[], None],
        leaving: Callable[[], None],
        draining: Callable[[], None],
        drain_delay: float,
    ) -> None:
        super().__init__(config)
        self._ready = ready
        self._leaving = leaving
        self._draining = draining
        self._drain_delay = drain_delay

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start accepting connections, then say so."""
        await super().startup(sockets=sockets)
        if self.started:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Say that no more requests are wanted, serve those that come nevertheless, then wait for running ones."""
        self._leaving()
        over_at = time.monotonic() + self._drain_delay
        while not self.force_exit and time.monotonic() < over_at:  # noqa: ASYNC110 - a second signal sets uvicorn's flag
            await asyncio.sleep(min(_GLANCE, self._drain_delay))
        self._draining()
        await super().shutdown(sockets=sockets)

    def stop(self) -> None:
        """Begin to drain."""
        self.should_exit = True

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """Leave signals to whoever runs the server."""
        yield


def _nobody_minds() -> None:
    pass


def server(
    app: ASGIApp,
    *,
    drain_timeout: float,
    ready: Callable[[], None],
    draining: Callable[[], None],
    leaving: Callable[[], None] = _nobody_minds,
    drain_delay: float = 0.0,
    pure_python: bool = False,
) -> Server:
    """A server for an ASGI application; `drain_timeout` is what running requests get to finish.

    When it is told to stop it calls `leaving`, goes on serving for `drain_delay` seconds, in which load balancers may
    notice, and calls `draining` before it accepts no more.
    """
    config = uvicorn.Config(
        app,
        loop="asyncio",
        http=protocol_class(pure_python=pure_python),
        ws=on_websockets.Protocol,
        ws_max_size=on_websockets.MAX_BYTES,
        ws_ping_interval=on_websockets.PING_INTERVAL,
        ws_ping_timeout=on_websockets.PONG_TIMEOUT,
        ws_per_message_deflate=False,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=_KEEP_ALIVE,
        timeout_graceful_shutdown=math.ceil(drain_timeout),
    )
    return Server(config, ready, leaving, draining, drain_delay)


def bind(host: str, port: int) -> socket.socket:
    """A listening socket on `host`; port 0 takes a free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # asyncio sets TCP_NODELAY by this number
    try:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener
