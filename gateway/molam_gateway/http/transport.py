"""Serves the application with uvicorn and hands every request its connection, for faults no HTTP answer can express."""

import asyncio
import contextlib
import importlib.util
import json
import os
import signal
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from typing import Any

import uvicorn
from uvicorn.server import HANDLED_SIGNALS, ServerState

STATE_KEY = "molam.connection"
_ABORTIVE_CLOSE = struct.pack("ii", 1, 0)
_KEEP_ALIVE = 75
_BACKLOG = 512


class Connection:
    """The TCP connection a request came in on."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None

    def attach(self, transport: asyncio.Transport) -> None:
        """Called by the protocol once the connection is made."""
        self._transport = transport

    def close(self) -> None:
        """Close once what was written is out."""
        if self._transport is not None:
            self._transport.close()

    def reset(self) -> None:
        """Send RST instead of FIN (SO_LINGER with a timeout of zero)."""
        if self._transport is None:
            return
        peer: socket.socket | None = self._transport.get_extra_info("socket")
        if peer is not None:
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ABORTIVE_CLOSE)
        self._transport.abort()


def protocol_class(*, pure_python: bool = False) -> type[asyncio.Protocol]:
    """The HTTP protocol: on httptools where it is installed, else on h11."""
    if pure_python or importlib.util.find_spec("httptools") is None:
        from uvicorn.protocols.http.h11_impl import H11Protocol as Implementation
    else:
        from uvicorn.protocols.http.httptools_impl import (  # type: ignore[assignment]
            HttpToolsProtocol as Implementation,
        )

    class Protocol(Implementation):
        def __init__(
            self,
            config: uvicorn.Config,
            server_state: ServerState,
            app_state: dict[str, Any],
            _loop: asyncio.AbstractEventLoop | None = None,
        ) -> None:
            self.connection = Connection()
            super().__init__(config, server_state, {**app_state, STATE_KEY: self.connection}, _loop)

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            self.connection.attach(transport)
            super().connection_made(transport)

        def send_400_response(self, msg: str) -> None:
            self.transport.write(_refusal(msg))
            self.transport.close()

    return Protocol


class Server(uvicorn.Server):
    """A uvicorn server that says when it is ready, and ends a drained shutdown normally instead of by signal."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start accepting connections, then say so."""
        await super().startup(sockets=sockets)
        if self.started:
            self._ready()

    def stop(self) -> None:
        """Begin to drain."""
        self.should_exit = True

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Begin to drain on SIGTERM and SIGINT (main thread only)."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        previous = {number: signal.signal(number, self.handle_exit) for number in HANDLED_SIGNALS}
        try:
            yield
        finally:
            for number, handler in previous.items():
                signal.signal(number, handler)


def server(app: Any, *, drain_timeout: float, ready: Callable[[], None], pure_python: bool = False) -> Server:
    """A server for the ASGI application `app`, to be run on a socket that is already bound."""
    config = uvicorn.Config(
        app,
        loop="asyncio",
        http=protocol_class(pure_python=pure_python),
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=_KEEP_ALIVE,
        timeout_graceful_shutdown=int(drain_timeout),
    )
    return Server(config, ready)


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


def _refusal(reason: str) -> bytes:
    """What is answered to bytes that are not HTTP."""
    body = json.dumps(
        {
            "type": "about:blank",
            "title": "Bad Request",
            "status": 400,
            "detail": reason,
            "error_type": "validation_error",
            "code": "malformed_http",
            "retryable": False,
        }
    ).encode()
    head = (
        "HTTP/1.1 400 Bad Request\r\ncontent-type: application/problem+json\r\ncache-control: no-store\r\n"
        f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
    )
    return head.encode() + body
