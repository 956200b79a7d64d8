"""Receives webhooks: verified over the raw body, and answered with 2xx only once they are handled or kept."""

from __future__ import annotations

import inspect
from functools import partial
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import Route

from ... import webhooks
from ..._front_door import async_front_door, front_door
from ...errors import ConfigurationError
from .._handlers import Handlers
from .._receiving import MAX_BODY, REFUSED, checked_limit, refusal, secret_of, too_large

if TYPE_CHECKING:
    from starlette.requests import Request

    from molam_api.models import Event

    from ...config import WebhookSecret
    from ...durable import AsyncInbox


class Webhooks(Handlers):
    """A receiver of webhooks, with functions for types of events or with an inbox.

        webhooks = Webhooks()

        @webhooks.on("payment_intent.succeeded")
        async def paid(event: Event, intent: PaymentIntent) -> None: ...

        app = Starlette(routes=[webhooks.route("/webhooks/molam")])

    Args:
        secret: The endpoint's signing secret, in the forms that `webhooks.verify_signature` takes; without it that in
            MOLAM_WEBHOOK_SECRET. A function is called in a thread.
        inbox: Keeps the events instead, and has its own functions; then `secret` and `tolerance` are the inbox's.
        tolerance: Seconds by which a signature's timestamp may differ from now; 300 without it.
        max_body: Bytes; a larger webhook is answered with 413 and read no further.

    Raises:
        ConfigurationError: Options that cannot work, alone or together.
    """

    @front_door
    def __init__(
        self,
        secret: WebhookSecret | None = None,
        *,
        inbox: AsyncInbox | None = None,
        tolerance: float | None = None,
        max_body: int = MAX_BODY,
    ) -> None:
        super().__init__()
        if inbox is not None and (secret is not None or tolerance is not None):
            raise ConfigurationError("with an inbox the secret and the tolerance are the inbox's: give them to it")
        self._secret = secret
        self._inbox = inbox
        self._tolerance = 300.0 if tolerance is None else tolerance
        self._max_body = checked_limit(max_body)

    def route(self, path: str, *, name: str = "molam_webhook") -> Route:
        """Return the route that receives webhooks by POST; a `{tenant}` in the path is told to the inbox."""
        return Route(path, self.receive, methods=["POST"], name=name, include_in_schema=False)

    @async_front_door
    async def receive(self, request: Request) -> Response:
        """Answer 204 once the event is handled or kept.

        400 and nothing else for what is not proven authentic, 413 for more than `max_body`, 503 if the inbox could not
        keep it. What a function raises comes through, as from every endpoint, and makes Molam deliver it again.
        """
        try:
            body = await _body(request, self._max_body)
        except ClientDisconnect:
            return Response(status_code=400)
        if body is None:
            return Response(status_code=too_large(self._max_body))
        header = request.headers.get("molam-signature")
        event: Event | None = None
        try:
            if self._inbox is not None:
                await self._inbox.receive(header, body, tenant=request.path_params.get("tenant"))
            else:
                event = await self._verified(header, body)
        except REFUSED as error:
            return Response(status_code=refusal(error))
        if event is not None:
            for handler in self._chosen(event):
                await _call(handler, event)
        return Response(status_code=204)

    async def _verified(self, header: str | None, body: bytes) -> Event:
        secret = secret_of(self._secret)
        verified = partial(webhooks.construct_event, header, body, secret, tolerance=self._tolerance)
        return await run_in_threadpool(verified) if callable(secret) else verified()

    def _check_types(self, types: tuple[object, ...]) -> None:
        if self._inbox is not None:
            raise ConfigurationError("with an inbox functions are registered with inbox.on")
        super()._check_types(types)


async def _body(request: Request, limit: int) -> bytes | None:
    """Return the bytes of a request, None if they are more than the limit."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared[:20]) > limit:
        return None
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            return None
    return bytes(body)


async def _call(handler: Any, event: Event) -> None:
    """Call a function of an application, one that is no coroutine function in a thread."""
    about: Any = event.data.object_
    if inspect.iscoroutinefunction(handler) or inspect.iscoroutinefunction(getattr(handler, "__call__", None)):  # noqa: B004
        await handler(event, about)
        return
    returned = await run_in_threadpool(handler, event, about)
    if inspect.isawaitable(returned):
        await returned
