"""Writes objects down together with the events that tell of them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from ..domain.audit.actors import SYSTEM, Actor
from ..domain.call import Call
from ..domain.snapshots import previous_attributes
from ..services import Services
from ..storage import jobs, journal
from ..storage.events import record_event
from ..storage.port import Transaction
from ..storage.tables import Table
from . import auditing
from .auditing import OK, Cause, OwnedRecord

R = TypeVar("R", bound=OwnedRecord)
View = Callable[[R], dict[str, object]]


@dataclass(frozen=True, slots=True)
class Recorder:
    """One transaction's writer; `call` is the request that causes the facts, None for the gateway's own work.

    `action` and `actor` say in the audit trail what that work is and who caused it; `outcome` is what came of it.
    """

    services: Services
    tx: Transaction
    call: Call | None
    now: datetime
    action: str | None = None
    actor: Actor = SYSTEM
    outcome: str = OK

    async def create(self, table: Table[R], view: View[R], record: R, event: str | None = None) -> R:
        """Insert an object and tell of it."""
        await table.insert(self.tx, record)
        await self.note(table, None, record)
        if event is not None:
            await self.tell(record, event, view(record))
        return record

    async def change(self, table: Table[R], view: View[R], before: R, after: R, event: str | None = None) -> R:
        """Replace `before` by `after`, tell of it and return the row as written."""
        written = await table.update(self.tx, after, self.now)
        await self.note(table, before, written)
        if event is not None:
            document = view(written)
            await self.tell(written, event, document, previous_attributes(view(before), document))
        return written

    async def note(self, table: Table[R], before: R | None, after: R | None) -> None:
        """Add an entry to the audit trail about an object that was made, changed or deleted."""
        await auditing.note(
            self.services,
            self.tx,
            Cause(self.call, self.action, self.actor, self.outcome),
            auditing.kind_of(table),
            before,
            after,
        )

    async def tell(
        self,
        record: OwnedRecord,
        event: str,
        document: dict[str, object],
        previous: dict[str, object] | None = None,
    ) -> None:
        """Record an event about an object."""
        await record_event(
            self.tx,
            ids=self.services.ids,
            now=self.now,
            account_id=record.account_id,
            livemode=record.livemode,
            type=event,
            object=document,
            previous_attributes=previous,
            call=self.call,
        )

    async def post(self, record: OwnedRecord, reason: str, amount: int, currency: str) -> None:
        """Add an entry about this object to the journal."""
        await journal.post(
            self.tx,
            ids=self.services.ids,
            now=self.now,
            account_id=record.account_id,
            livemode=record.livemode,
            reason=reason,
            subject=record.id,
            amount=amount,
            currency=currency,
        )

    async def schedule(self, kind: str, subject: str, due_at: datetime) -> None:
        """Plan a job."""
        await jobs.schedule(self.tx, kind, subject, due_at)


def recorder(
    services: Services,
    tx: Transaction,
    call: Call | None,
    *,
    action: str | None = None,
    actor: Actor = SYSTEM,
    outcome: str = OK,
) -> Recorder:
    """A writer for this transaction, at this moment."""
    return Recorder(services, tx, call, services.clock.now(), action, actor, outcome)
