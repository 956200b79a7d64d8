"""The CPay simulator: a provider with a book of its own that recognises repeated references."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from ...domain.attempts import AttemptKind
from ...domain.beneficiaries import number
from ...domain.ids import IdGenerator
from ...domain.masking import last4
from ...domain.times import milliseconds, moment
from ...storage.port import IntegrityError, Store, Transaction
from ..contract import CustomerAction, Instruction
from . import cpay_book as book
from .cpay_behaviour import SLOW_REFUNDS, Behaviour, of_payment, of_payout, of_refund
from .cpay_book import Operation

_MOVED_BY = {
    AttemptKind.CHARGE: "charge",
    AttemptKind.CAPTURE: "charge",
    AttemptKind.REFUND: "refund",
    AttemptKind.PAYOUT: "payout",
}
_VOIDABLE = frozenset({"pending", "action", "authorized"})
_ENDS_FROM = {
    "succeeded": frozenset({"pending", "action", "canceled"}),
    "failed": frozenset({"pending", "action"}),
    "reversed": frozenset({"succeeded"}),
}
_ENDED_AS = {
    "succeeded": frozenset({"succeeded", "authorized", "captured"}),
    "failed": frozenset({"failed"}),
    "reversed": frozenset({"reversed"}),
}

Notify = Callable[[Transaction, str, datetime], Awaitable[None]]
"""Plans CPay's message to the gateway that the operation of this reference has news at this moment."""


class CPaySimulator:
    """Carries out instructions in its own transactions.

    Everything that is due by now is settled before anything is answered, so the book never lags behind its clock.
    """

    def __init__(
        self,
        store: Store,
        now: Callable[[], datetime],
        ids: IdGenerator,
        notify: Notify,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._store = store
        self._now = now
        self._ids = ids
        self._notify = notify
        self._sleep = sleep

    async def carry_out(self, instruction: Instruction) -> Operation | None:
        """What became of an instruction, None if the answer was lost on its way."""
        try:
            return await self._carried_out(instruction)
        except IntegrityError:  # the same reference came twice at once, and the other one was faster
            return await self.look_up(instruction.reference)

    async def _carried_out(self, instruction: Instruction) -> Operation | None:
        async with self._store.transaction() as tx:
            known = await book.find(tx, instruction.reference)
            if known is not None:
                return await self._settled(tx, known)
            behaviour, label = await self._behaviour(tx, instruction)
            operation = await self._accept(tx, instruction, behaviour, label)
        if behaviour.answers_after:
            await self._sleep(behaviour.answers_after)
            async with self._store.transaction() as tx:
                operation = await self._arrived(tx, operation)
        return None if behaviour.lost else operation

    async def look_up(self, reference: str) -> Operation | None:
        """What became of an earlier instruction, None if there was none."""
        async with self._store.transaction() as tx:
            operation = await book.find(tx, reference)
            return None if operation is None else await self._settled(tx, operation)

    async def movements(
        self, account_id: str, livemode: bool, payment_intent: str | None
    ) -> Sequence[Mapping[str, object]]:
        """Every movement of an account's money in its API form, oldest first."""
        async with self._store.transaction() as tx:
            for operation in await book.due(tx, account_id, livemode, self._milliseconds()):
                await self._settled(tx, operation)
            return [book.view(each) for each in await book.movements(tx, account_id, livemode, payment_intent)]

    async def find_action(self, token: str) -> CustomerAction | None:
        """The decision at this address, None if there is none."""
        async with self._store.transaction() as tx:
            return _action(await book.find_action(tx, token))

    async def act(self, token: str, *, approve: bool) -> CustomerAction | None:
        """Decide, once; a second decision changes nothing."""
        async with self._store.transaction() as tx:
            operation = await book.find_action(tx, token)
            if operation is not None and operation.status == "action":
                decline_code = None if approve else "canceled_by_customer"
                operation = await self._finish(tx, operation, "succeeded" if approve else "failed", decline_code)
            return _action(operation)

    async def begin(self, reference: str) -> None:
        """Begin now what is still queued."""
        async with self._store.transaction() as tx:
            operation = await self._known(tx, reference)
            await book.update(tx, replace(operation, begins_at=None))

    async def end(self, reference: str, status: str, decline_code: str | None = None) -> bool:
        """Make what is under way end now as succeeded or failed, or what succeeded be reversed.

        What was called off can still be carried out, once. False if it has ended in another way; what has ended in
        this way already stays as it is.
        """
        async with self._store.transaction() as tx:
            operation = await self._settled(tx, await self._known(tx, reference))
            if operation.status in _ENDED_AS[status]:
                return True
            if operation.status not in _ENDS_FROM[status]:
                return False
            if status == "reversed":
                await self._notify(tx, reference, self._now())
                await self._take_back(tx, operation, self._milliseconds())
            else:
                await self._finish(tx, operation, status, decline_code)
            return True

    async def slow_refunds(self, reference: str) -> None:
        """Make the refunds of this charge take a while."""
        async with self._store.transaction() as tx:
            await book.update(tx, replace(await self._known(tx, reference), behaviour=SLOW_REFUNDS))

    async def _behaviour(self, tx: Transaction, instruction: Instruction) -> tuple[Behaviour, str]:
        """What to do, and the word that later instructions about the same money are judged by."""
        match instruction.kind:
            case AttemptKind.CHARGE | AttemptKind.AUTHORIZE:
                label = str(instruction.payment_method)
                return of_payment(label), label
            case AttemptKind.PAYOUT:
                label = last4(number(instruction.beneficiary or {}))
                return of_payout(label), label
            case AttemptKind.REFUND:
                parent = await self._parent(tx, instruction)
                return of_refund(parent.behaviour), parent.behaviour
            case AttemptKind.CAPTURE:
                return await self._capture(tx, instruction)
            case AttemptKind.VOID:
                return await self._void(tx, instruction)

    async def _capture(self, tx: Transaction, instruction: Instruction) -> tuple[Behaviour, str]:
        parent = await self._parent(tx, instruction)
        if parent.status != "authorized" or instruction.amount > parent.amount:
            return Behaviour(first="failed", decline_code="authorization_gone"), parent.behaviour
        await book.update(tx, replace(parent, status="captured"))
        return Behaviour(), parent.behaviour

    async def _void(self, tx: Transaction, instruction: Instruction) -> tuple[Behaviour, str]:
        parent = await self._parent(tx, instruction)
        begun = parent.status == "pending" and (parent.begins_at is None or parent.begins_at <= self._milliseconds())
        if parent.status != "canceled":
            if begun or parent.status not in _VOIDABLE:
                return Behaviour(first="failed", decline_code="too_late"), parent.behaviour
            await book.update(tx, replace(parent, status="canceled", settles_at=None))
        return Behaviour(), parent.behaviour

    async def _parent(self, tx: Transaction, instruction: Instruction) -> Operation:
        return await self._settled(tx, await self._known(tx, str(instruction.parent_reference)))

    async def _known(self, tx: Transaction, reference: str) -> Operation:
        operation = await book.find(tx, reference)
        if operation is None:
            raise LookupError(f"CPay has no operation {reference}")
        return operation

    async def _accept(self, tx: Transaction, instruction: Instruction, behaviour: Behaviour, label: str) -> Operation:
        now = self._now()
        operation = Operation(
            reference=instruction.reference,
            account_id=instruction.account_id,
            livemode=instruction.livemode,
            kind=instruction.kind,
            amount=instruction.amount,
            currency=instruction.currency,
            parent_reference=instruction.parent_reference,
            behaviour=label,
            status="pending" if behaviour.first == "succeeded" else behaviour.first,
            transaction_id=self._ids.new("cpay", now),
            decline_code=behaviour.decline_code,
            begins_at=_later(now, behaviour.begins_after),
            settles_at=_later(now, behaviour.settles_after),
            settles_to=behaviour.then,
            revises_at=_later(now, behaviour.revised_after),
            action_token=self._ids.new("act", now) if behaviour.first == "action" else None,
            payment_intent=instruction.payment_intent,
            charge=instruction.charge,
            refund=instruction.refund,
            payout=instruction.payout,
            created_at=milliseconds(now),
        )
        await book.insert(tx, operation)
        if operation.revises_at is not None:
            await self._notify(tx, operation.reference, moment(operation.revises_at))
        if behaviour.first == "succeeded":
            return await self._end(tx, operation, "succeeded", milliseconds(now))
        return operation

    async def _arrived(self, tx: Transaction, operation: Operation) -> Operation:
        """The operation after its delay: settled, even where the business clock was set by hand."""
        current = await book.find(tx, operation.reference) or operation
        if current.status == "pending" and current.settles_to is not None:
            return await self._end(tx, current, current.settles_to, self._milliseconds())
        return current

    async def _settled(self, tx: Transaction, operation: Operation) -> Operation:
        now = self._milliseconds()
        if operation.status == "pending" and operation.settles_at is not None and operation.settles_at <= now:
            operation = await self._end(tx, operation, str(operation.settles_to), operation.settles_at)
        if operation.status == "succeeded" and operation.revises_at is not None and operation.revises_at <= now:
            operation = await self._take_back(tx, operation, operation.revises_at)
        return operation

    async def _finish(self, tx: Transaction, operation: Operation, status: str, decline_code: str | None) -> Operation:
        await self._notify(tx, operation.reference, self._now())
        return await self._end(tx, replace(operation, decline_code=decline_code), status, self._milliseconds())

    async def _end(self, tx: Transaction, operation: Operation, status: str, at: int) -> Operation:
        holds = operation.kind == AttemptKind.AUTHORIZE and status == "succeeded"
        ended = replace(operation, status="authorized" if holds else status, settles_at=None)
        await book.update(tx, ended)
        kind = _MOVED_BY.get(AttemptKind(operation.kind))
        if status == "succeeded" and kind is not None:
            await self._move(tx, ended, kind, at)
        return ended

    async def _take_back(self, tx: Transaction, operation: Operation, at: int) -> Operation:
        taken_back = replace(operation, status="reversed", revises_at=None)
        await book.update(tx, taken_back)
        await self._move(tx, taken_back, f"{operation.kind}_reversal", at)
        return taken_back

    async def _move(self, tx: Transaction, operation: Operation, kind: str, at: int) -> None:
        await book.move(tx, book.movement_of(operation, self._ids.new("mov", self._now()), kind, at))

    def _milliseconds(self) -> int:
        return milliseconds(self._now())


def _later(now: datetime, seconds: float | None) -> int | None:
    return None if seconds is None else milliseconds(now + timedelta(seconds=seconds))


def _action(operation: Operation | None) -> CustomerAction | None:
    if operation is None:
        return None
    return CustomerAction(operation.reference, str(operation.payment_intent), operation.status == "action")
