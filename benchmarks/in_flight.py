"""Many calls at once on one event loop: as many tasks as calls in flight, each making one call after another."""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import Awaitable, Callable

EACH = 4
"""Calls that each task makes before the next block is timed."""


class InFlight:
    """A task of a worker: so many calls at once; `calls` is how many it makes altogether."""

    def __init__(self, count: int, make: Callable[[], Callable[[], Awaitable[object]]]) -> None:
        self.calls = count * EACH
        self._count = count
        self._runner = asyncio.Runner()
        self._call = self._runner.run(_made(make))

    def __call__(self) -> object:
        return self._runner.run(self._all())

    def close(self) -> None:
        """Close what the entrant has opened, if it would complain otherwise."""
        aclose = getattr(self._call, "aclose", None)
        if aclose is not None:
            self._runner.run(aclose())

    async def _all(self) -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(self._count):
                group.create_task(self._one_after_another())

    async def _one_after_another(self) -> None:
        for _ in range(EACH):
            await self._call()


async def _made(make: Callable[[], Callable[[], Awaitable[object]]]) -> Callable[[], Awaitable[object]]:
    return make()


def tasks(make: Callable[[str, int], Callable[[], Awaitable[object]]]) -> dict[str, Callable[[str], InFlight]]:
    """The tasks of an entrant, given what makes its call for a URL and a number of connections."""

    def of(count: int) -> Callable[[str], InFlight]:
        return lambda url: InFlight(count, lambda: make(url, count))

    return {
        "create, 50 in flight": of(50),
        "create, 500 in flight": of(500),
        "create, 50 in flight over TLS": of(50),
    }


def authority() -> str:
    """The file with the certificate authority of the server."""
    return os.environ["MOLAM_BENCH_AUTHORITY"]


def tls() -> ssl.SSLContext:
    """What trusts it, for entrants that take a context."""
    return ssl.create_default_context(cafile=authority())
