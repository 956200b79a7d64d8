"""The page that Prometheus reads, for those who may: networks that the operator named, or keys with the scope."""

import ipaddress
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..domain.call import Account
from ..domain.ids import IdGenerator
from ..domain.problems import ProblemError
from ..domain.scopes import PLATFORM_READ
from ..telemetry.exposition import MEDIA_TYPE
from . import failures, headers, origin, replies

PATH = "/metrics"
LOOPBACK = ("127.0.0.0/8", "::1/128")


Recognise = Callable[[Mapping[str, str], str | None], Awaitable[Account]]
"""Who sends these headers from this address. Raises ProblemError."""


class MetricsPage:
    """The figures as a route; `networks` may read it without a key, by the address of the TCP peer.

    What a proxy forwards is of somebody else, wherever the proxy is, and needs a key.
    """

    def __init__(
        self,
        scrape: Callable[[], Awaitable[bytes]],
        recognise: Recognise,
        networks: Iterable[str],
        ids: IdGenerator,
    ) -> None:
        self._scrape = scrape
        self._recognise = recognise
        self._networks = [ipaddress.ip_network(each) for each in networks]
        self._ids = ids

    def routes(self) -> list[Route]:
        """Where it is served."""
        return [Route(PATH, self._show, methods=["GET"])]

    async def _show(self, request: Request) -> Response:
        request_id = self._ids.new("req", datetime.now(UTC))
        try:
            if not self._from_inside(request):
                account = await self._recognise(headers.read(request.scope), origin.address(request.scope))
                if PLATFORM_READ not in account.scopes:
                    raise ProblemError(
                        "scope_missing", f"This key lacks the scope {PLATFORM_READ}: use one that has it."
                    )
        except Exception as error:  # noqa: BLE001 - whatever fails, the caller gets a problem
            reply = replies.of_problem(failures.as_problem(error, request_id), request_id)
            fields = {**reply.headers, "Cache-Control": "no-store", "Request-Id": request_id}
            return Response(reply.body, reply.status, fields, reply.media_type)
        return Response(await self._scrape(), media_type=MEDIA_TYPE, headers={"Cache-Control": "no-store"})

    def _from_inside(self, request: Request) -> bool:
        if "x-forwarded-for" in request.headers or "forwarded" in request.headers:
            return False
        try:
            peer = ipaddress.ip_address(origin.address(request.scope) or "")
        except ValueError:
            return False
        known = peer.ipv4_mapped or peer if isinstance(peer, ipaddress.IPv6Address) else peer
        return any(known in network for network in self._networks)
