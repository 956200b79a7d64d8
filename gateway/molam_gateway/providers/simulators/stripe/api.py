"""Stripe's HTTP API: keys, limits and idempotency around the resources."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from . import access, idempotency, payment_intents, refunds, search
from .errors import StripeError, internal, invalid, too_many
from .form import FormError, decode
from .payment_intents import Execute
from .webhooks import Webhooks
from .world import Document, World, shown

_LARGEST_FORM = 100_000


@dataclass(frozen=True, slots=True)
class Question:
    """One request: what it says, what it is about, and its idempotency key."""

    params: Mapping[str, Any]
    id: str
    key: str | None
    base_url: str


Operation: TypeAlias = Callable[[Question], Execute]
"""Looks at a request; what it returns executes it."""


class Api:
    """The requests of one account; `keys` says of each secret key whether it may do anything."""

    def __init__(self, world: World, webhooks: Webhooks, account: str, keys: Mapping[str, bool]) -> None:
        self._world = world
        self._webhooks = webhooks
        self._account = account
        self._keys = keys
        self._idempotency = idempotency.Keys(world.simulation.book)
        self._meter = access.Meter()

    def routes(self) -> list[Route]:
        """What is simulated."""
        world = self._world
        intents = "/v1/payment_intents"
        operations: dict[tuple[str, str], Operation] = {
            ("GET", "/v1/account"): lambda it: self._shown_account,
            ("GET", "/v1/balance"): lambda it: self._balance,
            ("POST", intents): lambda it: payment_intents.create(world, it.params, it.key, it.base_url),
            ("GET", f"{intents}/search"): lambda it: search.payment_intents(world, it.params),
            ("GET", f"{intents}/{{id}}"): lambda it: payment_intents.retrieve(world, it.id, it.params),
            ("POST", f"{intents}/{{id}}/confirm"): lambda it: payment_intents.confirm(
                world, it.id, it.params, it.key, it.base_url
            ),
            ("POST", f"{intents}/{{id}}/capture"): lambda it: payment_intents.capture(world, it.id, it.params, it.key),
            ("POST", f"{intents}/{{id}}/cancel"): lambda it: payment_intents.cancel(world, it.id, it.params, it.key),
            ("GET", "/v1/charges/{id}"): lambda it: lambda: shown(world.find("charge", it.id)),
            ("POST", "/v1/refunds"): lambda it: refunds.create(world, it.params, it.key),
            ("GET", "/v1/refunds"): lambda it: refunds.listing(world, it.params),
            ("GET", "/v1/refunds/{id}"): lambda it: refunds.retrieve(world, it.id, it.params),
            ("GET", "/v1/events/{id}"): lambda it: lambda: world.find("event", it.id),
            ("GET", "/v1/disputes/{id}"): lambda it: lambda: world.find("dispute", it.id),
            ("POST", "/v1/webhook_endpoints"): lambda it: lambda: self._webhooks.created(world, it.params),
        }
        return [
            Route(path, self._served(method, operation), methods=[method])
            for (method, path), operation in operations.items()
        ]

    def _served(self, method: str, operation: Operation) -> Callable[[Request], Any]:
        async def serve(request: Request) -> Response:
            request_id = self._world.new_id("req")
            headers = {"request-id": request_id}
            key = request.headers.get("idempotency-key") if method == "POST" else None
            if key is not None:
                headers["idempotency-key"] = key
            try:
                status, body, replayed = await self._answer(request, method, operation, key, request_id)
                headers |= replayed
            except StripeError as error:
                status, body = error.status, _written(error.document(), request_id)
                headers |= error.headers
            headers["stripe-version"] = request.headers.get("stripe-version", "")
            return Response(body, status, headers, "application/json")

        return serve

    async def _answer(
        self, request: Request, method: str, operation: Operation, key: str | None, request_id: str
    ) -> tuple[int, str, Mapping[str, str]]:
        access.check_key(request.headers.get("authorization"), self._keys)
        access.check_version(request.headers.get("stripe-version"))
        knobs, now = self._world.knobs, self._world.simulation.now()
        self._meter.count(now, knobs.rate_limit, write=method == "POST")
        if method == "POST" and knobs.lock_timeouts:
            knobs.lock_timeouts -= 1
            raise too_many("lock_timeout")
        params = await _params(request)
        path = request.url.path
        if key is not None:
            if not 0 < len(key) <= idempotency.LONGEST_KEY:
                raise invalid("Idempotency keys have up to 255 characters.")
            stored = self._idempotency.find(key, path, params, now, knobs.idempotency_lifetime)
            if stored is not None:
                replayed = {"idempotent-replayed": "true", "original-request": stored.request_id}
                if stored.status >= 500:
                    replayed["stripe-should-retry"] = "false"
                return stored.status, stored.body, replayed
            self._idempotency.begin(key)
        try:
            if knobs.latency:
                await asyncio.sleep(knobs.latency)
            question = Question(params, request.path_params.get("id", ""), key, str(request.base_url).rstrip("/"))
            status, body = self._execute(operation(question), method, path, question, request_id)
        finally:
            if key is not None:
                self._idempotency.end(key)
        return status, body, {}

    def _execute(
        self, execute: Execute, method: str, path: str, question: Question, request_id: str
    ) -> tuple[int, str]:
        knobs, simulation = self._world.knobs, self._world.simulation
        fault = knobs.internal_errors.pop(0) if method == "POST" and knobs.internal_errors else None
        with simulation.book.transaction():
            try:
                if fault == "before":
                    raise internal()
                document = execute()
                if fault == "after":
                    raise internal()
                status, body = 200, _written(document)
            except StripeError as error:
                status, body = error.status, _written(error.document(), request_id)
            if question.key is not None:
                answer = idempotency.Stored(status, body, request_id)
                self._idempotency.store(question.key, path, question.params, simulation.now(), answer)
        return status, body

    def _shown_account(self) -> Document:
        return {"id": self._account, "object": "account", "charges_enabled": True, "country": "US", "type": "standard"}

    def _balance(self) -> Document:
        return {"object": "balance", "available": [], "livemode": self._world.livemode, "pending": []}


async def _params(request: Request) -> Mapping[str, Any]:
    try:
        if request.method != "POST":
            return decode(request.url.query)
        body = await request.body()
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if body and kind != "application/x-www-form-urlencoded":
            raise invalid("Invalid request: the content type must be application/x-www-form-urlencoded.")
        if len(body) > _LARGEST_FORM:
            raise invalid("The request is too large.", status=413)
        return decode(body.decode())
    except (FormError, UnicodeDecodeError) as error:
        raise invalid(f"Invalid request: {error}") from None


def _written(document: Mapping[str, Any], request_id: str | None = None) -> str:
    if request_id is not None:
        url = f"https://dashboard.stripe.com/test/logs/{request_id}"
        document = {"error": {**document["error"], "request_log_url": url}}
    return json.dumps(document)
