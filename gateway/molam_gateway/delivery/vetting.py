"""Resolves receivers' names and lets connections go to nothing but the addresses that were checked."""

import asyncio
import socket
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from aiohttp.abc import AbstractResolver, ResolveResult

from ..domain import url_policy

Lookup = Callable[[str, int], Sequence[str]]
"""All addresses of a name; raises OSError where there are none. May take its time: it is run in a thread."""

_THREADS = 64


def system_lookup(host: str, port: int) -> Sequence[str]:
    """What the system's resolver says: every A and AAAA record."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class VettingResolver(AbstractResolver):
    """Looks a name up once for each attempt; the connection goes to the very addresses that were checked.

    It has threads of its own: names whose servers do not answer hold theirs for long.
    """

    def __init__(self, lookup: Lookup, *, sandbox: bool) -> None:
        self._lookup = lookup
        self._sandbox = sandbox
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="webhook-names")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The addresses of a name. Raises OSError if it has none and RefusedUrlError if one is not public."""
        addresses = await asyncio.get_running_loop().run_in_executor(self._threads, self._lookup, host, port)
        url_policy.check_addresses(addresses, sandbox=self._sandbox)
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for address in addresses
        ]

    async def close(self) -> None:
        """Let no further name be looked up."""
        self._threads.shutdown(wait=False, cancel_futures=True)
