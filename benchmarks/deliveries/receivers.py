"""Receivers in a process of their own: `/healthy/N` takes what comes, `/dead/N` never answers, `/report` tells both.

Started as `python -m benchmarks.deliveries.receivers`; prints its port.
"""

from __future__ import annotations

import asyncio
import json
import time

_OK = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"


class Receivers:
    """Writes down when which event arrived where, on the clock that all processes of a machine share."""

    def __init__(self) -> None:
        self._arrivals: list[tuple[str, str, float]] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            path = head.split(" ", 2)[1]
            if path == "/report":
                report = json.dumps(self._arrivals).encode()
                self._arrivals = []
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(report) + report
                )
                return
            lines = (line.partition(": ") for line in head.split("\r\n")[1:])
            fields = {name.lower(): value for name, _, value in lines}
            await reader.readexactly(int(fields["content-length"]))
            self._arrivals.append((path, fields["webhook-id"], time.monotonic()))
            if path.startswith("/dead/"):
                await reader.read()
            else:
                writer.write(_OK)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


async def main() -> None:
    server = await asyncio.start_server(Receivers().serve, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
