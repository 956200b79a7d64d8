"""The steps of a trigger: ordinary operations under keys of their own, so that a repetition repeats nothing."""

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias, TypeVar, cast

from ... import failpoints
from ...domain.call import Answer, Call
from ...domain.fingerprint import fingerprint
from ...domain.problems import ProblemError
from ...providers.contract import SandboxControls
from ...services import Services
from ...storage.tables import Record, Table
from ..finding import own
from ..reconciliation import review
from ..sandbox_provider import controls

Operation: TypeAlias = Callable[[Services, Call], Awaitable[Answer]]
Document: TypeAlias = dict[str, Any]

R = TypeVar("R", bound=Record)

DEFAULT_AMOUNT = 2500
DEFAULT_CURRENCY = "USD"


class Steps:
    """Carries out one trigger; `object_id` is the object that the call named, `seen` are those it dealt with."""

    def __init__(self, services: Services, call: Call) -> None:
        body = call.body or {}
        self.services = services
        self.call = call
        self.object_id = body.get("object_id")
        self.overrides = cast(Mapping[str, object], body.get("overrides") or {})
        self.seen: set[str] = set()

    @property
    def provider(self) -> SandboxControls:
        """What the simulated provider can be made to do."""
        return controls(self.services)

    @property
    def money(self) -> Document:
        """The amount and the currency to use."""
        return {
            "amount": self.overrides.get("amount", DEFAULT_AMOUNT),
            "currency": self.overrides.get("currency", DEFAULT_CURRENCY),
        }

    @property
    def digest(self) -> str:
        """A name that every repetition of the trigger has, and nothing else."""
        return hashlib.sha256(f"{self.call.account.id}\0{self.call.idempotency_key}".encode()).hexdigest()[:32]

    @property
    def metadata(self) -> Document:
        """The metadata of new objects, if any was given."""
        return {"metadata": self.overrides["metadata"]} if "metadata" in self.overrides else {}

    async def run(self, operation: Operation, body: Document | None = None, **path: str) -> Document:
        """The answer of an operation, of which a trigger takes each at most once.

        Raises invalid_state where it refuses because of a state.
        """
        name = operation.__name__
        step = Call(
            operation_id=name,
            account=self.call.account,
            request_id=self.call.request_id,
            path=path,
            body=body,
            idempotency_key=f"trigger-{self.digest}-{name}",
            fingerprint=fingerprint("POST", name, path, body),
            deadline=self.call.deadline,
            origin=self.call.origin,
        )
        answer = await operation(self.services, step)
        document: Document = json.loads(answer.body) if isinstance(answer.body, bytes) else dict(answer.body)
        if answer.status == 409:
            raise ProblemError("invalid_state", str(document["detail"]))
        return document

    async def end(self, reference: str, status: str, decline_code: str | None = None) -> None:
        """Make the provider end an instruction, and take notice. Raises invalid_state if it has ended otherwise."""
        failpoints.reach("before_trigger_step")
        if not await self.provider.end(reference, status, decline_code):
            raise ProblemError("invalid_state", f"The provider has ended this already, and not as {status}.")
        failpoints.reach("after_trigger_step")
        await self.settle(reference)

    async def settle(self, reference: str) -> None:
        """Take notice of what the provider was made to do."""
        await review(self.services, reference)

    async def find(self, table: Table[R], id: str) -> R:
        """An object of the account as it is now. Raises resource_missing."""
        async with self.services.store.reading() as reader:
            found = await own(reader, self.call, table, id)
        self.seen.add(id)
        return found


def no_step(event_type: str, status: str) -> ProblemError:
    """The object's state does not lead to this event."""
    return ProblemError("invalid_state", f"No legal step leads from {status} to {event_type}.")
