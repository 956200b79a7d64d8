"""Where providers send their webhooks and callbacks."""

import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..domain.ids import IdGenerator
from ..domain.problems import ProblemError
from . import body, failures, headers, origin, replies, strict_json
from .replies import Reply

MOST_BYTES = 1_000_000
_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}", re.ASCII)


class Acknowledgement(Protocol):
    """What the provider is answered."""

    @property
    def status(self) -> int: ...
    @property
    def body(self) -> Mapping[str, object]: ...


class ReceiveWebhook(Protocol):
    """Takes in a message to a provider's own address."""

    def __call__(
        self, provider: str, configuration: str | None, raw: bytes, headers: Mapping[str, str], remote: str | None
    ) -> Awaitable[Acknowledgement]: ...


class ReceiveCallback(Protocol):
    """Takes in a message to an unguessable address."""

    def __call__(
        self, token: str, kind: str | None, raw: bytes, headers: Mapping[str, str], remote: str | None
    ) -> Awaitable[Acknowledgement]: ...


class ProviderMessages:
    """Reads a message within its limits and passes it on; what is wrong with it is answered as a problem."""

    def __init__(
        self,
        webhook: ReceiveWebhook,
        callback: ReceiveCallback,
        ids: IdGenerator,
    ) -> None:
        self._webhook = webhook
        self._callback = callback
        self._ids = ids

    def routes(self) -> list[Route]:
        """Where messages arrive."""
        return [
            Route("/api/v1/webhooks/{provider}", self.receive_webhook, methods=["POST"]),
            Route("/api/v1/callbacks/{token}", self.receive_callback, methods=["POST"]),
            Route("/api/v1/callbacks/{token}/{kind}", self.receive_callback, methods=["POST"]),
        ]

    async def receive_webhook(self, request: Request) -> Response:
        """A provider's webhook; `?configuration=` names the account that it is for."""

        async def pass_on(raw: bytes, fields: Mapping[str, str], remote: str | None) -> Acknowledgement:
            provider, named = request.path_params["provider"], request.query_params.get("configuration")
            _check(provider, named)
            return await self._webhook(provider, named, raw, fields, remote)

        return await self._answer(request, pass_on)

    async def receive_callback(self, request: Request) -> Response:
        """A callback of one attempt or of one configuration."""

        async def pass_on(raw: bytes, fields: Mapping[str, str], remote: str | None) -> Acknowledgement:
            token, kind = request.path_params["token"], request.path_params.get("kind")
            _check(token, kind)
            return await self._callback(token, kind, raw, fields, remote)

        return await self._answer(request, pass_on)

    async def _answer(
        self,
        request: Request,
        pass_on: Callable[[bytes, Mapping[str, str], str | None], Awaitable[Acknowledgement]],
    ) -> Response:
        request_id = self._ids.new("req", datetime.now(UTC))
        try:
            fields = headers.read(request.scope)
            raw = await body.read(request.receive, fields, MOST_BYTES)
            strict_json.check_depth(raw)
            acknowledged = await pass_on(raw, fields, origin.address(request.scope))
            reply = Reply(acknowledged.status, replies.encode(acknowledged.body))
        except body.DisconnectedError:
            return Response(status_code=400)
        except strict_json.MalformedJsonError as error:
            reply = replies.of_problem(ProblemError("malformed_json", str(error)), request_id)
        except Exception as error:  # noqa: BLE001 - whatever fails, the provider is told to try again
            reply = replies.of_problem(failures.as_problem(error, request_id), request_id)
        extra = {"Request-Id": request_id, "Cache-Control": "no-store", **reply.headers}
        return Response(reply.body, reply.status, extra, reply.media_type)


def _check(*names: str | None) -> None:
    """Refuse what no address of ours holds, and not every database could look up. Raises route_missing."""
    if not all(name is None or _NAME.fullmatch(name) for name in names):
        raise ProblemError("route_missing", "There is nothing at this path.")
