"""Adds entries to the audit trail, in the transaction of the change that they tell of."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from ..domain.audit import redaction
from ..domain.audit.actors import NOWHERE, SYSTEM, Actor
from ..domain.audit.chain import label
from ..domain.audit.entry import AuditLog
from ..domain.audit.keyring import Keyring, keyring
from ..domain.call import Call
from ..domain.outcomes import Failed, NotSent, Outcome, Pending, Succeeded, Unknown
from ..domain.problems import ProblemError
from ..domain.times import milliseconds
from ..services import Bookkeeping
from ..storage import audit_logs
from ..storage.port import Transaction
from ..storage.tables import Record, Table

OK = "ok"
"""The outcome of what was done; others are error codes."""

_UNNAMED = "system.work"


class OwnedRecord(Record, Protocol):
    """A row that belongs to an account."""

    @property
    def account_id(self) -> str:
        """The tenant."""
        ...

    @property
    def livemode(self) -> bool:
        """Real money or the sandbox's."""
        ...


@dataclass(frozen=True, slots=True)
class Cause:
    """Why something changes: a call, or (without one) work of the gateway under a name, set off by an actor."""

    call: Call | None
    action: str | None = None
    actor: Actor = SYSTEM
    outcome: str = OK


async def note(
    services: Bookkeeping,
    tx: Transaction,
    cause: Cause,
    kind: str,
    before: OwnedRecord | None,
    after: OwnedRecord | None,
) -> None:
    """Add an entry about an object that was made (`before` is None), changed or deleted (`after` is None).

    `kind` is the type of object (`webhook_endpoint`), which decides what of it may be kept.
    """
    subject = after or before
    if subject is None:
        raise ValueError("an entry is about an object before a change, after it, or both")
    keys = ring(services)
    shown = [None if each is None else _shown(keys, kind, each) for each in (before, after)]
    if shown[0] is not None and shown[1] is not None:
        shown = list(redaction.changes(shown[0], shown[1]))
    await audit_logs.append(
        tx,
        keys,
        _entry(
            services,
            cause,
            subject.account_id,
            subject.livemode,
            resource_type=kind,
            resource_id=subject.id,
            sequence=subject.sequence,
            before=shown[0],
            after=shown[1],
        ),
    )


async def note_refusal(services: Bookkeeping, tx: Transaction, call: Call, error: ProblemError) -> None:
    """Add an entry about a mutation that was refused for good."""
    named = error.resource
    entry = _entry(
        services,
        Cause(call, outcome=error.code),
        call.account.id,
        call.account.livemode,
        resource_type=None if named is None else named.object,
        resource_id=None if named is None else named.id,
    )
    await audit_logs.append(tx, ring(services), entry)


async def note_fact(
    services: Bookkeeping,
    tx: Transaction,
    cause: Cause,
    account_id: str,
    livemode: bool,
    resource: tuple[str, str],
    facts: dict[str, int | bool] | None = None,
) -> None:
    """Add an entry about what is no change of one row: say, how many deliveries were sent again."""
    entry = _entry(
        services,
        cause,
        account_id,
        livemode,
        resource_type=resource[0],
        resource_id=resource[1],
        after=None if facts is None else dict(facts),
    )
    await audit_logs.append(tx, ring(services), entry)


def outcome_of(outcome: Outcome) -> str:
    """What came of an instruction to a provider."""
    match outcome:
        case Failed():
            return redaction.scrubbed(outcome.decline_code or outcome.code)
        case Unknown():
            return "provider_unknown"
        case NotSent():
            return "provider_unreachable"
        case Succeeded() | Pending():
            return OK


def ring(services: Bookkeeping) -> Keyring:
    """The keys of the audit trail."""
    return keyring(services.vault.derivations("audit"))


def kind_of(table: Table[Any]) -> str:
    """The type of the objects in a table."""
    return table.name.removesuffix("s")


def _shown(keys: Keyring, kind: str, record: OwnedRecord) -> dict[str, object]:
    members: Callable[[str], object] = partial(_member, record)
    return redaction.redacted(kind, members, partial(label, keys.current))


def _member(record: OwnedRecord, name: str) -> object:
    return getattr(record, name, None)


def _entry(
    services: Bookkeeping,
    cause: Cause,
    account_id: str,
    livemode: bool,
    *,
    resource_type: str | None,
    resource_id: str | None,
    sequence: int = 0,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> AuditLog:
    now = services.clock.now()
    call = cause.call
    actor = cause.actor if call is None else call.account.actor
    origin = NOWHERE if call is None else call.origin
    key = None if call is None else call.idempotency_key
    return AuditLog(
        id=services.ids.new("al", now),
        account_id=account_id,
        livemode=livemode,
        created_at=milliseconds(now),
        actor_type=actor.type,
        actor_id=actor.id,
        address=origin.address,
        user_agent=origin.user_agent,
        request_id=None if call is None else call.request_id,
        idempotency_key=None if key is None else redaction.scrubbed(key),
        action=cause.action or (_UNNAMED if call is None else call.operation_id),
        resource_type=resource_type,
        resource_id=resource_id,
        sequence=sequence,
        before=before,
        after=after,
        outcome=cause.outcome,
        body_hash=origin.body_hash,
        key_id="",
        content_hash="",
    )
