"""Defects of a gateway that stories must bring to light."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import ModuleType
from typing import Any

from molam_gateway import failpoints
from molam_gateway.domain.attempts import Attempt
from molam_gateway.domain.outcomes import Failed, Outcome, Unknown
from molam_gateway.operations import inquiry, instructions, phases
from molam_gateway.operations.recorder import Recorder
from molam_gateway.providers.contract import Instruction
from molam_gateway.services import Services
from molam_gateway.storage import attempts, webhook_deliveries


def _sends_before_it_commits() -> None:
    """The provider is told inside the transaction that writes the attempt down."""
    begin: Callable[..., Any] = vars(phases)["_open"]
    sent: dict[str, Outcome] = {}

    async def open_and_send(write: Recorder, sending: phases.Sending, lease: str, until: int) -> None:
        await begin(write, sending, lease, until)
        attempt = await attempts.find(write.tx, sending.attempt_id)
        sent[attempt.id] = await inquiry.transmit(write.services, attempt, 5.0)
        failpoints.reach("before_provider")

    async def already_sent(services: Services, attempt: Attempt, patience: float) -> Outcome:
        if attempt.id in sent:
            return sent.pop(attempt.id)
        return await inquiry.transmit(services, attempt, patience)

    substitute(phases, _open=open_and_send, transmit=already_sent)


def _mints_references() -> None:
    """Each time that an instruction is sent or asked about it has another reference."""

    def unsealed(*arguments: Any) -> Instruction:
        return replace(_unseal(*arguments), reference=f"molam_{uuid.uuid4().hex}")

    _unseal: Callable[..., Instruction] = instructions.unseal
    substitute(instructions, unseal=unsealed)


def _delivers_at_most_once() -> None:
    """A delivery counts as made when it is begun."""
    claim: Callable[..., Any] = webhook_deliveries.claim

    async def claimed(tx: Any, delivery_id: str, **members: Any) -> Any:
        found = await claim(tx, delivery_id, **members)
        await tx.write("UPDATE webhook_deliveries SET status = 'delivered' WHERE id = :id", {"id": delivery_id})
        return found

    substitute(webhook_deliveries, claim=claimed)


def _forgets_what_is_unknown() -> None:
    """Whatever nobody knows counts as declined."""

    async def transmitted(*arguments: Any) -> Outcome:
        outcome: Outcome = await transmit(*arguments)
        return Failed("declined", "no answer") if isinstance(outcome, Unknown) else outcome

    transmit: Callable[..., Any] = inquiry.transmit
    substitute(phases, transmit=transmitted)


def substitute(module: ModuleType, **functions: Callable[..., Any]) -> None:
    """Put functions in the place of others."""
    for name, function in functions.items():
        setattr(module, name, function)


DEFECTS: Mapping[str, Callable[[], None]] = {
    "sends before it commits": _sends_before_it_commits,
    "mints references": _mints_references,
    "delivers at most once": _delivers_at_most_once,
    "takes no answer for a refusal": _forgets_what_is_unknown,
}
