"""Serves an application with uvicorn, in a thread, on a real socket."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import httpx
import uvicorn


@contextmanager
def served(app: Any) -> Generator[httpx.Client]:
    """A client of the application while it is served."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", lifespan="on"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the application did not start"
            time.sleep(0.005)
        port = server.servers[0].sockets[0].getsockname()[1]
        limits = httpx.Limits(max_keepalive_connections=0)  # uvicorn ends a connection after an exception
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", limits=limits) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join()
