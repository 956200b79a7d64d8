"""Webhook deliveries: reading what became of them, and redriving those that ended without success."""

from dataclasses import replace
from datetime import datetime

from ..domain.call import Answer, Call
from ..domain.event_types import check_event_type
from ..domain.problems import ProblemError, Resource
from ..domain.times import milliseconds, rfc3339, rfc3339_or_none
from ..services import Services
from ..storage import webhook_attempts, webhook_endpoints
from ..storage import webhook_delivery_log as log
from ..storage.port import Reader, Transaction
from ..storage.webhook_attempts import AttemptRow
from ..storage.webhook_delivery_log import TABLE, DeadLetters, DeliveryRow
from .auditing import Cause, note_fact
from .execution import idempotently
from .finding import missing, own, own_locked
from .listing import list_objects, moment_of, rounded_up

MOST_REDRIVEN = 500
"""Deliveries that one call redrives."""

_MOST_ATTEMPTS = 100


async def list_webhook_deliveries(services: Services, call: Call) -> Answer:
    """Deliveries, newest first, without their attempts."""
    return await list_objects(services, call, TABLE, _document, "/v1/webhook_deliveries")


async def retrieve_webhook_delivery(services: Services, call: Call) -> Answer:
    """One delivery with its attempts."""
    async with services.store.reading() as reader:
        delivery = await own(reader, call, TABLE, _id(call))
        return Answer(200, await _with_attempts(reader, delivery))


async def redrive_webhook_delivery(services: Services, call: Call) -> Answer:
    """Let an ended delivery begin anew, unless it succeeded. Raises invalid_state."""

    async def work(tx: Transaction) -> Answer:
        delivery = await own_locked(tx, call, TABLE, _id(call))
        endpoint = await webhook_endpoints.TABLE.find_own(
            tx, delivery.endpoint_id, account_id=call.account.id, livemode=call.account.livemode
        )
        if endpoint is None or endpoint.status != "enabled":
            state = "deleted" if endpoint is None else endpoint.status
            raise ProblemError(
                "invalid_state",
                f"The webhook endpoint {delivery.endpoint_id} is {state}: a redrive needs it enabled.",
                resource=Resource("webhook_endpoint", delivery.endpoint_id, state),
            )
        now = milliseconds(services.clock.now())
        if not await log.redrive(tx, delivery.id, now):
            raise ProblemError(
                "invalid_state",
                f"The webhook delivery {delivery.id} is {delivery.status}: only one that was given up can be redriven.",
                resource=Resource("webhook_delivery", delivery.id, delivery.status),
            )
        await note_fact(
            services, tx, Cause(call), call.account.id, call.account.livemode, ("webhook_delivery", delivery.id)
        )
        begun = replace(delivery, status="pending", next_attempt_at=now, updated_at=now, sequence=delivery.sequence + 1)
        return Answer(200, await _with_attempts(tx, begun))

    return await idempotently(services, call, work)


async def redrive_webhook_deliveries(services: Services, call: Call) -> Answer:
    """Let dead letters to enabled endpoints begin anew, oldest first and not more than 500."""
    chosen = _chosen(call)

    async def work(tx: Transaction) -> Answer:
        if chosen.endpoint_id is not None and not await webhook_endpoints.TABLE.find_own(
            tx, chosen.endpoint_id, account_id=call.account.id, livemode=call.account.livemode
        ):
            raise missing("webhook_endpoints", chosen.endpoint_id, param="endpoint_id")
        now = milliseconds(services.clock.now())
        redriven = await log.redrive_dead_letters(tx, chosen, limit=MOST_REDRIVEN, now=now)
        await note_fact(
            services,
            tx,
            Cause(call),
            call.account.id,
            call.account.livemode,
            ("account", call.account.id) if chosen.endpoint_id is None else ("webhook_endpoint", chosen.endpoint_id),
            {"redriven": redriven},
        )
        answer = {
            "object": "webhook_redrive",
            "redriven": redriven,
            "has_more": redriven == MOST_REDRIVEN and await log.any_dead_letter(tx, chosen),
            "livemode": call.account.livemode,
        }
        return Answer(200, answer)

    return await idempotently(services, call, work)


def _chosen(call: Call) -> DeadLetters:
    body = call.body or {}
    endpoint_id, event_type = body.get("endpoint_id"), body.get("event_type")
    chosen = DeadLetters(
        call.account.id,
        call.account.livemode,
        endpoint_id=None if endpoint_id is None else str(endpoint_id),
        event_type=None if event_type is None else str(event_type),
    )
    check_event_type(chosen.event_type, "event_type")
    if (begin := _moment(call, "created_at_gte")) is not None:
        chosen = replace(chosen, created_from=rounded_up(begin))
    if (end := _moment(call, "created_at_lte")) is not None:
        chosen = replace(chosen, created_to=milliseconds(end))
    return chosen


def _moment(call: Call, name: str) -> datetime | None:
    value = (call.body or {}).get(name)
    return None if value is None else moment_of(str(value), name)


async def _with_attempts(reader: Reader, delivery: DeliveryRow) -> dict[str, object]:
    attempts = await webhook_attempts.latest(reader, delivery.id, _MOST_ATTEMPTS)
    return {**_document(delivery), "attempts": [_attempt(each) for each in attempts]}


def _document(delivery: DeliveryRow) -> dict[str, object]:
    return {
        "id": delivery.id,
        "object": "webhook_delivery",
        "event_id": delivery.event_id,
        "event_type": delivery.event_type,
        "endpoint_id": delivery.endpoint_id,
        "status": delivery.status,
        "attempt_count": delivery.attempts,
        "next_attempt_at": rfc3339_or_none(delivery.next_attempt_at),
        "attempts": None,
        "livemode": delivery.livemode,
        "created_at": rfc3339(delivery.created_at),
        "updated_at": rfc3339(delivery.updated_at),
    }


def _attempt(attempt: AttemptRow) -> dict[str, object]:
    return {
        "number": attempt.number,
        "started_at": rfc3339(attempt.started_at),
        "duration_ms": attempt.duration_ms,
        "status_code": attempt.status_code,
        "error": attempt.error,
        "excerpt": attempt.excerpt,
    }


def _id(call: Call) -> str:
    return call.path["webhook_delivery_id"]
