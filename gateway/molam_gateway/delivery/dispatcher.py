"""Claims due deliveries and makes their attempts, so that no receiver waits for another."""

import asyncio
import contextlib
import itertools
import logging
import random
from collections.abc import Coroutine
from datetime import datetime, timedelta

from .. import failpoints
from ..domain.times import milliseconds, moment
from ..domain.webhook_endpoints import key_id, secret_purpose
from ..operations.auditing import Cause, note
from ..services import Services
from ..settings import Settings
from ..storage import outbox, webhook_attempts, webhook_deliveries, webhook_endpoints
from ..storage.port import StoreError, Transaction
from ..storage.webhook_attempts import AttemptRow
from ..storage.webhook_deliveries import ClaimedDelivery, Waiting
from ..telemetry.work import CURRENT, Work
from . import schedule, signing
from .disabling import FAILING, GONE, disable, failing_too_long
from .fan_out import fan_out
from .schedule import DeadLetter, Retry
from .sender import Reception, Sender
from .signing import SigningSecret
from .slots import Slots

USER_AGENT = "Molam-Webhooks/1.0"
_GONE = 410
_LEASE_MARGIN = 15.0
_SPARE = 4
"""Deliveries looked at beyond what may begin: other processes take some meanwhile."""

logger = logging.getLogger("molam_gateway.delivery")


class Dispatcher:
    """The source of delivery work; one per process, beside other processes on the same database."""

    def __init__(self, services: Services, settings: Settings, sender: Sender) -> None:
        self._services = services
        self._settings = settings
        self._sender = sender
        self._fanned_out = ""
        self._slots = Slots(settings.delivery_concurrency, settings.endpoint_concurrency)

    async def claim(self) -> list[Coroutine[None, None, None]]:
        """Fan out new events, then take the lease on what is due and return the attempts to be run."""
        clock, store = self._services.clock, self._services.store
        self._fanned_out = await fan_out(store, self._services.ids, clock.now(), self._fanned_out)
        attempts: list[Coroutine[None, None, None]] = []
        for endpoint, delivery_id in await self._due():
            if not self._slots.free(endpoint.endpoint_id, endpoint.max_concurrency):
                continue
            token = self._services.ids.new("lease", clock.real_now())
            try:
                claimed = await self._lease(delivery_id, token)
            except StoreError:
                if not attempts:
                    raise
                logger.exception("the database failed: the rest of what is due waits")
                break
            if claimed is not None:
                self._slots.take(claimed.endpoint_id)
                attempts.append(self._run(claimed, token))
        if self._fanned_out:
            attempts.append(asyncio.sleep(0))  # brings the worker back at once, after the turns of other sources
        return attempts

    async def next_due(self) -> datetime | None:
        """When the next delivery is due, on the business clock."""
        async with self._services.store.reading() as reader:
            waiting = await webhook_deliveries.waiting(reader, milliseconds(self._services.clock.real_now()))
        free = (each for each in waiting if self._slots.free(each.endpoint_id, each.max_concurrency))
        return min((moment(each.due) for each in free), default=None)

    async def busy_elsewhere(self) -> bool:
        """Whether another process makes an attempt, or has fanned out what is due now; this one makes none."""
        clock, store = self._services.clock, self._services.store
        async with store.transaction() as tx:
            await outbox.settle(tx)
        async with store.reading() as reader:
            now, real_now = milliseconds(clock.now()), milliseconds(clock.real_now())
            held = await webhook_deliveries.held(reader, now=now, real_now=real_now)
        due = await self.next_due()
        return held or (due is not None and due <= clock.now())

    async def _due(self) -> list[tuple[Waiting, str]]:
        """What may be attempted now: the first delivery of each endpoint before the second of any."""
        now, real_now = milliseconds(self._services.clock.now()), milliseconds(self._services.clock.real_now())
        found: list[list[tuple[Waiting, str]]] = []
        async with self._services.store.reading() as reader:
            for endpoint in await webhook_deliveries.waiting(reader, real_now):
                if endpoint.due > now or len(found) >= self._settings.delivery_concurrency:
                    break
                most = self._slots.left(endpoint.endpoint_id, endpoint.max_concurrency)
                if most:
                    ids = await webhook_deliveries.due(
                        reader, endpoint.endpoint_id, now=now, real_now=real_now, limit=most + _SPARE
                    )
                    found.append([(endpoint, id) for id in ids])
        return [each for rank in itertools.zip_longest(*found) for each in rank if each is not None]

    async def _lease(self, delivery_id: str, token: str) -> ClaimedDelivery | None:
        now, real_now = self._services.clock.now(), self._services.clock.real_now()
        lease = timedelta(seconds=self._settings.delivery_timeout + _LEASE_MARGIN)
        async with self._services.store.transaction() as tx:
            return await webhook_deliveries.claim(
                tx,
                delivery_id,
                token=token,
                now=milliseconds(now),
                real_now=milliseconds(real_now),
                lease_until=milliseconds(real_now + lease),
            )

    async def _run(self, delivery: ClaimedDelivery, token: str) -> None:
        accepted = False
        CURRENT.set(Work(operation="delivery"))
        try:
            if delivery.endpoint_status != "enabled":
                await self._give_up(delivery, token)
            else:
                accepted = await self._attempt(delivery, token)
        except asyncio.CancelledError:
            await self._give_back(delivery, token)
            raise
        finally:
            self._slots.give_back(delivery.endpoint_id, accepted=accepted)

    async def _give_back(self, delivery: ClaimedDelivery, token: str) -> None:
        """Let another process attempt at once what this one, which stops, did not finish."""
        with contextlib.suppress(StoreError):
            async with self._services.store.transaction() as tx:
                await webhook_deliveries.release(tx, delivery.id, token)

    async def _give_up(self, delivery: ClaimedDelivery, token: str) -> None:
        async with self._services.store.transaction() as tx:
            await webhook_deliveries.settle(
                tx,
                delivery.id,
                token=token,
                status="canceled" if delivery.endpoint_reason is None else "dead_letter",
                attempts=delivery.attempts,
                next_attempt_at=None,
                now=milliseconds(self._services.clock.now()),
            )

    async def _attempt(self, delivery: ClaimedDelivery, token: str) -> bool:
        started_at = self._services.clock.real_now()
        failpoints.reach("before_delivery")
        telemetry = self._services.telemetry
        attributes = {"molam.delivery": delivery.id, "molam.event": delivery.event_id}
        with telemetry.tracing.span("deliver", "producer", attributes) as span:
            reception = await self._post(delivery, int(started_at.timestamp()))
            if reception.status is not None:
                span.set("http.response.status_code", reception.status)
            if not reception.accepted:
                span.fail("refused" if reception.status else "unanswered")
        failpoints.reach("after_delivery")
        async with self._services.store.transaction() as tx:
            if await self._settle(tx, delivery, token, reception):
                await webhook_attempts.insert(
                    tx,
                    AttemptRow(
                        delivery_id=delivery.id,
                        number=delivery.attempts + 1,
                        started_at=milliseconds(started_at),
                        duration_ms=reception.duration_ms,
                        status_code=reception.status,
                        error=reception.error,
                        excerpt=reception.excerpt,
                    ),
                )
        return reception.accepted

    async def _post(self, delivery: ClaimedDelivery, timestamp: int) -> Reception:
        """Sign and send; whatever fails here, short of the database, is a failed attempt that counts."""
        try:
            body = delivery.document.encode()
            secrets = await self._secrets(delivery.endpoint_id)
            signatures = signing.headers(delivery.event_id, body, secrets, timestamp)
            headers = {"Content-Type": "application/json", "User-Agent": USER_AGENT, **signatures}
            return await self._sender.post(delivery.url, body, headers)
        except StoreError:
            raise
        except Exception as error:
            logger.exception("%s to %s could not be sent", delivery.event_id, delivery.endpoint_id)
            return Reception(None, f"{type(error).__name__}: it could not be sent", "", 0)

    async def _settle(self, tx: Transaction, delivery: ClaimedDelivery, token: str, reception: Reception) -> bool:
        now = self._services.clock.now()
        attempts = delivery.attempts + 1
        reason = await self._judged(tx, delivery.endpoint_id, reception, now)
        if reception.accepted:
            status, next_attempt_at = "delivered", None
        elif reason is None and isinstance(following := _following(delivery, reception, now), Retry):
            status, next_attempt_at = "retrying", milliseconds(following.at)
        else:
            status, next_attempt_at = "dead_letter", None
        logger.info("%s to %s: attempt %d, %s", delivery.event_id, delivery.endpoint_id, attempts, status)
        meter = self._services.telemetry.meter
        meter.webhook_attempted(status, reception.duration_ms / 1000)
        if status == "delivered":
            meter.webhook_delivered(max(0, milliseconds(now) - delivery.happened_at) / 1000)
        held = await webhook_deliveries.settle(
            tx,
            delivery.id,
            token=token,
            status=status,
            attempts=attempts,
            next_attempt_at=next_attempt_at,
            now=milliseconds(now),
        )
        if reason is not None:
            disabled = await disable(tx, delivery.endpoint_id, reason, ids=self._services.ids, now=now)
            if disabled is not None:
                cause = Cause(None, "webhook_endpoint.disabled")
                await note(self._services, tx, cause, "webhook_endpoint", *disabled)
        return held

    async def _judged(self, tx: Transaction, endpoint_id: str, reception: Reception, now: datetime) -> str | None:
        """Why the endpoint is to be disabled, if it is. Whoever locks it and its deliveries locks it first."""
        if reception.accepted:
            await webhook_endpoints.clear_failing(tx, endpoint_id)
            return None
        limit = self._settings.endpoint_disable_after
        too_long = await failing_too_long(tx, endpoint_id, now=now, limit=limit)
        return GONE if reception.status == _GONE else FAILING if too_long else None

    async def _secrets(self, endpoint_id: str) -> list[SigningSecret]:
        now = milliseconds(self._services.clock.now())
        async with self._services.store.reading() as reader:
            rows = await webhook_endpoints.secrets(reader, endpoint_id, now)
        decrypt = self._services.vault.decrypt
        return [
            SigningSecret(key_id(row.kid), decrypt(secret_purpose(endpoint_id, row.kid), row.secret)) for row in rows
        ]


def _following(delivery: ClaimedDelivery, reception: Reception, now: datetime) -> Retry | DeadLetter:
    return schedule.after_failure(
        delivery.attempts + 1 - delivery.redriven_after,
        now,
        random.random(),  # noqa: S311 - spreads load, hides nothing
        delays=delivery.retry_schedule or schedule.DELAYS,
        asked_for=reception.retry_after,
    )
