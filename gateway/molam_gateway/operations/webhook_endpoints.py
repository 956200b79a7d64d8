"""Webhook endpoints: registering, changing, testing and deleting receivers, and rotating their secrets."""

import base64
import secrets
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

from ..domain import url_policy
from ..domain.call import Answer, Call
from ..domain.problems import FieldError, ProblemError, Resource
from ..domain.times import milliseconds
from ..domain.webhook_endpoints import SECRET_PREFIX, Endpoint, account_secret_purpose, document, secret_purpose
from ..services import Services
from ..storage import accounts, outbox, webhook_deliveries
from ..storage import webhook_endpoints as rows
from ..storage.events import record_event
from ..storage.port import Transaction
from ..storage.webhook_endpoints import TABLE, SecretRow
from .execution import idempotently
from .finding import own, own_locked
from .listing import list_objects
from .recorder import recorder

OVERLAP = timedelta(hours=24)
"""How long a secret goes on signing beside the one that replaced it, unless the call says or that one is replaced."""


async def create_webhook_endpoint(services: Services, call: Call) -> Answer:
    """Register a receiver. In the sandbox it signs with the secret that the sandbox printed when it started."""
    body = call.body or {}
    url = _checked_url(str(body["url"]), call)

    async def work(tx: Transaction) -> Answer:
        now = services.clock.now()
        endpoint = Endpoint(
            id=services.ids.new("we", now),
            account_id=call.account.id,
            livemode=call.account.livemode,
            url=url,
            enabled_events=cast(list[str], body["enabled_events"]),
            description=cast(str | None, body.get("description")),
            status="enabled",
            status_reason=None,
            retry_schedule=cast(list[int] | None, body.get("retry_schedule")),
            max_concurrency=cast(int | None, body.get("max_concurrency")),
            kid=1,
            created_at=milliseconds(now),
            updated_at=milliseconds(now),
            sequence=1,
        )
        await TABLE.insert(tx, endpoint)
        await recorder(services, tx, call).note(TABLE, None, endpoint)
        secret = await _first_secret(services, tx, call)
        await _add_secret(services, tx, endpoint, secret, OVERLAP)
        return Answer(201, document(endpoint, secret))

    return await idempotently(services, call, work, secret=True)


async def retrieve_webhook_endpoint(services: Services, call: Call) -> Answer:
    """One receiver, without its secret."""
    async with services.store.reading() as reader:
        endpoint = await own(reader, call, TABLE, _id(call))
    return Answer(200, document(endpoint))


async def list_webhook_endpoints(services: Services, call: Call) -> Answer:
    """Receivers, newest first."""
    return await list_objects(services, call, TABLE, document, "/v1/webhook_endpoints")


async def update_webhook_endpoint(services: Services, call: Call) -> Answer:
    """Change a receiver; members left out stay as they are. Enabling it forgets why it was disabled."""
    changes: dict[str, Any] = dict(call.body or {})
    if "status" in changes:
        changes["status_reason"] = None
    if "url" in changes:
        _checked_url(str(changes["url"]), call)

    async def work(tx: Transaction) -> Answer:
        endpoint = await own_locked(tx, call, TABLE, _id(call))
        if changes.get("status") == "enabled" != endpoint.status:
            await rows.clear_failing(tx, endpoint.id)
        changed = await TABLE.update(tx, replace(endpoint, **changes), services.clock.now())
        await recorder(services, tx, call).note(TABLE, endpoint, changed)
        return Answer(200, document(changed))

    return await idempotently(services, call, work)


async def delete_webhook_endpoint(services: Services, call: Call) -> Answer:
    """Delete a receiver and give up what has not reached it."""

    async def work(tx: Transaction) -> Answer:
        endpoint = await own_locked(tx, call, TABLE, _id(call))
        await webhook_deliveries.end(tx, endpoint.id, "canceled", milliseconds(services.clock.now()))
        await rows.delete(tx, endpoint.id)
        await recorder(services, tx, call).note(TABLE, endpoint, None)
        return Answer(200, {"id": endpoint.id, "object": "webhook_endpoint", "deleted": True})

    return await idempotently(services, call, work)


async def rotate_webhook_secret(services: Services, call: Call) -> Answer:
    """Give a receiver a new secret; during the overlap the one before signs beside it, and no older one."""
    asked = (call.body or {}).get("overlap_seconds")
    overlap = timedelta(seconds=asked) if isinstance(asked, int) else OVERLAP

    async def work(tx: Transaction) -> Answer:
        endpoint = await own_locked(tx, call, TABLE, _id(call))
        rotated = await TABLE.update(tx, replace(endpoint, kid=endpoint.kid + 1), services.clock.now())
        await recorder(services, tx, call).note(TABLE, endpoint, rotated)
        secret = new_secret()
        await _add_secret(services, tx, rotated, secret, overlap)
        return Answer(200, document(rotated, secret))

    return await idempotently(services, call, work, secret=True)


async def test_webhook_endpoint(services: Services, call: Call) -> Answer:
    """Send a `ping` event to this receiver and to no other, whatever it subscribed to."""

    async def work(tx: Transaction) -> Answer:
        endpoint = await own_locked(tx, call, TABLE, _id(call))
        if endpoint.status != "enabled":
            raise ProblemError(
                "invalid_state",
                f"The webhook endpoint {endpoint.id} is disabled: enable it first.",
                resource=Resource("webhook_endpoint", endpoint.id, endpoint.status),
            )
        now = services.clock.now()
        event = await record_event(
            tx,
            ids=services.ids,
            now=now,
            account_id=call.account.id,
            livemode=call.account.livemode,
            type="ping",
            object=document(endpoint),
            call=call,
        )
        event_id = str(event["id"])
        await webhook_deliveries.insert(
            tx,
            id=services.ids.new("wd", now),
            account_id=endpoint.account_id,
            livemode=endpoint.livemode,
            event_id=event_id,
            event_type="ping",
            endpoint_id=endpoint.id,
            now=milliseconds(now),
        )
        await outbox.mark_fanned_out(tx, [event_id])
        return Answer(200, event)

    return await idempotently(services, call, work)


def new_secret() -> str:
    """A signing secret: 32 random bytes in the notation of Standard Webhooks."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


async def _first_secret(services: Services, tx: Transaction, call: Call) -> str:
    account = await accounts.find(tx, call.account.id)
    if account is None or account.webhook_secret is None:
        return new_secret()
    return services.vault.decrypt(account_secret_purpose(account.id), account.webhook_secret)


async def _add_secret(services: Services, tx: Transaction, endpoint: Endpoint, secret: str, overlap: timedelta) -> None:
    now = services.clock.now()
    await rows.add_secret(
        tx,
        endpoint.id,
        SecretRow(endpoint.kid, services.vault.encrypt(secret_purpose(endpoint.id, endpoint.kid), secret)),
        now=milliseconds(now),
        overlap_ends=milliseconds(now + overlap),
    )


def _checked_url(url: str, call: Call) -> str:
    try:
        url_policy.check_url(url, sandbox=not call.account.livemode)
    except url_policy.RefusedUrlError as error:
        errors = [FieldError("/url", "parameter_invalid", str(error))]
        raise ProblemError("parameter_invalid", f"url: {error}", param="url", errors=errors) from None
    return url


def _id(call: Call) -> str:
    return call.path["webhook_endpoint_id"]
