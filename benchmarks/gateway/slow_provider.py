"""A Stripe that takes every payment, 2 seconds later; `/underway` tells how many wait now. Prints its port."""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
from urllib.parse import parse_qs


class SlowProvider:
    """Answers after a pause."""

    def __init__(self, pause: float) -> None:
        self._pause = pause
        self._numbers = itertools.count(1)
        self._underway = 0
        self._most = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                fields = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
                form = parse_qs((await reader.readexactly(int(fields.get("content-length", "0")))).decode())
                body = json.dumps(await self._answer(head, form)).encode()
                start = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                writer.write(start + b"Content-Length: %d\r\n\r\n" % len(body) + body)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(self, head: str, form: dict[str, list[str]]) -> dict[str, object]:
        if " /underway " in head.split("\r\n", 1)[0]:
            most, self._most = self._most, self._underway
            return {"most": most}
        self._underway += 1
        self._most = max(self._most, self._underway)
        try:
            await asyncio.sleep(self._pause)
        finally:
            self._underway -= 1
        number = next(self._numbers)
        amount = int(form.get("amount", ["2500"])[0])
        return {
            "id": f"pi_slow{number}",
            "object": "payment_intent",
            "status": "succeeded",
            "amount": amount,
            "amount_received": amount,
            "currency": form.get("currency", ["usd"])[0],
            "latest_charge": f"ch_slow{number}",
            "livemode": False,
            "metadata": {name[9:-1]: said[0] for name, said in form.items() if name.startswith("metadata[")},
        }


async def main(pause: float) -> None:
    server = await asyncio.start_server(SlowProvider(pause).serve, "127.0.0.1", 0, backlog=2048)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1])))
