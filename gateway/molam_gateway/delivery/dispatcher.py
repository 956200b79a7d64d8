"""Claims due deliveries and makes their attempts, so that no receiver waits for another."""

import logging
import random
from collections.abc import Coroutine
from datetime import datetime, timedelta

from .. import failpoints
from ..domain.times import milliseconds, moment
from ..domain.webhook_endpoints import key_id, secret_purpose
from ..services import Services
from ..settings import Settings
from ..storage import webhook_attempts, webhook_deliveries, webhook_endpoints
from ..storage.port import StoreError, Transaction
from ..storage.webhook_attempts import AttemptRow
from ..storage.webhook_deliveries import ClaimedDelivery
from . import schedule, signing
from .disabling import disable
from .fan_out import fan_out
from .schedule import Retry
from .sender import Reception, Sender
from .signing import SigningSecret
from .slots import Slots

USER_AGENT = "Molam-Webhooks/1.0"
_GONE = 410
_LEASE_MARGIN = 15.0
_CANDIDATES = 1000

logger = logging.getLogger("molam_gateway.delivery")


class Dispatcher:
    """The source of delivery work; one per process, beside other processes on the same database."""

    def __init__(self, services: Services, settings: Settings, sender: Sender) -> None:
        self._services = services
        self._settings = settings
        self._sender = sender
        self._slots = Slots(settings.delivery_concurrency, settings.endpoint_concurrency)

    async def claim(self) -> list[Coroutine[None, None, None]]:
        """Fan out new events, then take the lease on what is due and return the attempts to be run."""
        clock, store = self._services.clock, self._services.store
        await fan_out(store, self._services.ids, clock.now())
        now, real_now = milliseconds(clock.now()), milliseconds(clock.real_now())
        async with store.reading() as reader:
            due = await webhook_deliveries.due(
                reader,
                now=now,
                real_now=real_now,
                per_endpoint=self._settings.endpoint_concurrency,
                limit=_CANDIDATES,
            )
        attempts: list[Coroutine[None, None, None]] = []
        for delivery in due:
            if not self._slots.free(delivery.endpoint_id):
                continue
            token = self._services.ids.new("lease", clock.real_now())
            try:
                claimed = await self._lease(delivery.id, token)
            except StoreError:
                if not attempts:
                    raise
                logger.exception("the database failed: the rest of what is due waits")
                break
            if claimed is not None:
                self._slots.take(claimed.endpoint_id)
                attempts.append(self._run(claimed, token))
        return attempts

    async def next_due(self) -> datetime | None:
        """When the next delivery is due, on the business clock."""
        async with self._services.store.reading() as reader:
            due = await webhook_deliveries.next_due(reader, milliseconds(self._services.clock.real_now()))
        return min((moment(at) for endpoint_id, at in due.items() if self._slots.free(endpoint_id)), default=None)

    async def _lease(self, delivery_id: str, token: str) -> ClaimedDelivery | None:
        real_now = self._services.clock.real_now()
        lease = timedelta(seconds=self._settings.delivery_timeout + _LEASE_MARGIN)
        async with self._services.store.transaction() as tx:
            return await webhook_deliveries.claim(
                tx,
                delivery_id,
                token=token,
                real_now=milliseconds(real_now),
                lease_until=milliseconds(real_now + lease),
            )

    async def _run(self, delivery: ClaimedDelivery, token: str) -> None:
        accepted = False
        try:
            if delivery.endpoint_status != "enabled":
                await self._cancel(delivery, token)
            else:
                accepted = await self._attempt(delivery, token)
        finally:
            self._slots.give_back(delivery.endpoint_id, accepted=accepted)

    async def _cancel(self, delivery: ClaimedDelivery, token: str) -> None:
        async with self._services.store.transaction() as tx:
            await webhook_deliveries.settle(
                tx,
                delivery.id,
                token=token,
                status="canceled",
                attempts=delivery.attempts,
                next_attempt_at=None,
                now=milliseconds(self._services.clock.now()),
            )

    async def _attempt(self, delivery: ClaimedDelivery, token: str) -> bool:
        started_at = self._services.clock.real_now()
        failpoints.reach("before_delivery")
        reception = await self._post(delivery, int(started_at.timestamp()))
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
            return Reception(None, f"{type(error).__name__}: {error}"[:200], "", 0)

    async def _settle(self, tx: Transaction, delivery: ClaimedDelivery, token: str, reception: Reception) -> bool:
        now = self._services.clock.now()
        attempts = delivery.attempts + 1
        following = schedule.after_failure(attempts, now, random.random())  # noqa: S311 - spreads load, hides nothing
        if reception.accepted:
            status, next_attempt_at = "delivered", None
        elif isinstance(following, Retry) and reception.status != _GONE:
            status, next_attempt_at = "retrying", milliseconds(following.at)
        else:
            status, next_attempt_at = "dead_letter", None
        logger.info("%s to %s: attempt %d, %s", delivery.event_id, delivery.endpoint_id, attempts, status)
        held = await webhook_deliveries.settle(
            tx,
            delivery.id,
            token=token,
            status=status,
            attempts=attempts,
            next_attempt_at=next_attempt_at,
            now=milliseconds(now),
        )
        if held and reception.status == _GONE:
            await disable(tx, delivery.endpoint_id, ids=self._services.ids, now=now)
        return held

    async def _secrets(self, endpoint_id: str) -> list[SigningSecret]:
        now = milliseconds(self._services.clock.now())
        async with self._services.store.reading() as reader:
            rows = await webhook_endpoints.secrets(reader, endpoint_id, now)
        decrypt = self._services.vault.decrypt
        return [
            SigningSecret(key_id(row.kid), decrypt(secret_purpose(endpoint_id, row.kid), row.secret)) for row in rows
        ]
