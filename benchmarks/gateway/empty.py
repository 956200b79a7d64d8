"""An application that does nothing, on the gateway's server stack and as many processes; prints its port."""

from __future__ import annotations

import asyncio
import os
import socket
import sys

from starlette.types import Receive, Scope, Send

from molam_gateway.http import transport


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer every request with one byte."""
    if scope["type"] != "http":
        return
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1")]})
    await send({"type": "http.response.body", "body": b"."})


def _nothing() -> None:
    pass


def main(processes: int) -> None:
    """Serve until the pipe to the one who started this ends, or a signal."""
    listener: socket.socket = transport.bind("127.0.0.1", 0)
    print(listener.getsockname()[1], flush=True)
    for _ in range(processes - 1):
        if os.fork() == 0:
            break
    server = transport.server(application, drain_timeout=0.1, ready=_nothing, draining=_nothing)
    parent = os.getppid()

    async def serve() -> None:
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        while os.getppid() == parent and not serving.done():  # noqa: ASYNC110 - nobody tells that a parent died
            await asyncio.sleep(0.2)
        server.stop()
        await serving

    asyncio.run(serve())


if __name__ == "__main__":
    main(int(sys.argv[1]))
