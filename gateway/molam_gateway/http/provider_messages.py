"""Where providers send their webhooks and callbacks."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..access.refusals import Refusals, RefusedError
from ..domain.ids import IdGenerator
from ..domain.problems import ProblemError
from . import body, failures, headers, origin, replies, strict_json
from .replies import Reply

MOST_BYTES = 1_000_000
CALLBACK = "callback"
"""Stands for the provider where only the address tells whose the message is."""

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


KnowsWebhook = Callable[[str, str | None], Awaitable[bool]]
"""Whether a provider's address, with this configuration or none, is one account's."""

KnowsCallback = Callable[[str], Awaitable[bool]]
"""Whether somebody's callbacks come to this token."""

CountRefused = Callable[[str, str], None]
"""Takes the provider that a refused message was for, as its address says, and the problem's code."""


class ProviderMessages:
    """Reads a message within its limits and passes it on; what is wrong with it is answered as a problem.

    Messages that are taken in are not limited, since a provider may not send them again and sends everybody's from the
    same few addresses. Refused ones are counted by source and by whom they were for. Beyond the limit a message to an
    address that nobody has is not read; one to somebody's address is, and is answered 429 only if it is refused.
    """

    def __init__(
        self,
        webhook: ReceiveWebhook,
        callback: ReceiveCallback,
        knows_webhook: KnowsWebhook,
        knows_callback: KnowsCallback,
        ids: IdGenerator,
        refusals: Refusals,
        count_refused: CountRefused,
    ) -> None:
        self._webhook = webhook
        self._callback = callback
        self._knows_webhook = knows_webhook
        self._knows_callback = knows_callback
        self._ids = ids
        self._refusals = refusals
        self._count_refused = count_refused

    def routes(self) -> list[Route]:
        """Where messages arrive."""
        return [
            Route("/api/v1/webhooks/{provider}", self.receive_webhook, methods=["POST"]),
            Route("/api/v1/callbacks/{token}", self.receive_callback, methods=["POST"]),
            Route("/api/v1/callbacks/{token}/{kind}", self.receive_callback, methods=["POST"]),
        ]

    async def receive_webhook(self, request: Request) -> Response:
        """A provider's webhook; `?configuration=` names the account that it is for."""
        provider, named = request.path_params["provider"], request.query_params.get("configuration")

        async def pass_on(raw: bytes, fields: Mapping[str, str], remote: str | None) -> Acknowledgement:
            return await self._webhook(provider, named, raw, fields, remote)

        return await self._answer(
            request, provider, (provider, named), lambda: self._knows_webhook(provider, named), pass_on
        )

    async def receive_callback(self, request: Request) -> Response:
        """A callback of one attempt or of one configuration."""
        token, kind = request.path_params["token"], request.path_params.get("kind")

        async def pass_on(raw: bytes, fields: Mapping[str, str], remote: str | None) -> Acknowledgement:
            return await self._callback(token, kind, raw, fields, remote)

        return await self._answer(request, CALLBACK, (token, kind), lambda: self._knows_callback(token), pass_on)

    async def _answer(
        self,
        request: Request,
        provider: str,
        names: Sequence[str | None],
        is_known: Callable[[], Awaitable[bool]],
        pass_on: Callable[[bytes, Mapping[str, str], str | None], Awaitable[Acknowledgement]],
    ) -> Response:
        request_id = self._ids.new("req", datetime.now(UTC))
        address = origin.address(request.scope)
        target = " ".join(name or "" for name in names) if _may_be(names) else ""
        try:
            await self._check(address, target, is_known if _may_be(names) else _never)
            if not _may_be(names):
                raise ProblemError("route_missing", "There is nothing at this path.")
            fields = headers.read(request.scope)
            raw = await body.read(request.receive, fields, MOST_BYTES)
            strict_json.check_depth(raw)
            acknowledged = await pass_on(raw, fields, address)
            reply = Reply(acknowledged.status, replies.encode(acknowledged.body))
        except body.DisconnectedError:
            return Response(status_code=400)
        except strict_json.MalformedJsonError as error:
            reply = await self._refused(
                ProblemError("malformed_json", str(error)), request_id, address, provider, target
            )
        except Exception as error:  # noqa: BLE001 - whatever fails, the provider is told to try again
            problem = failures.as_problem(error, request_id)
            reply = await self._refused(problem, request_id, address, provider, target)
        extra = {"Request-Id": request_id, "Cache-Control": "no-store", **reply.headers}
        return Response(reply.body, reply.status, extra, reply.media_type)

    async def _check(self, address: str | None, target: str, is_known: Callable[[], Awaitable[bool]]) -> None:
        """Raise RefusedError for a source that was refused too often, unless this message is somebody's."""
        try:
            await self._refusals.check(address, target)
        except RefusedError:
            if not await is_known():
                raise

    async def _refused(
        self, problem: ProblemError, request_id: str, address: str | None, provider: str, target: str
    ) -> Reply:
        """The answer to a message that was not taken in; counted, unless that was the gateway's own fault."""
        if problem.status >= 500:
            return replies.of_problem(problem, request_id)
        if not isinstance(problem, RefusedError):
            problem = await self._refusals.note(address, target) or problem
        self._count_refused(provider, problem.code)
        told: Mapping[str, str] = problem.headers if isinstance(problem, RefusedError) else {}
        return replies.with_headers(replies.of_problem(problem, request_id), told)


async def _never() -> bool:
    return False


def _may_be(names: Sequence[str | None]) -> bool:
    """Whether an address of ours may hold these names, and every database could look them up."""
    return all(name is None or _NAME.fullmatch(name) for name in names)
