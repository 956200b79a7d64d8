"""The steps of a trigger: ordinary operations under keys of their own, so that a repetition repeats nothing."""

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias, TypeVar, cast

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
    """Carries out one trigger; `object_id` is the object that the call named."""

    def __init__(self, services: Services, call: Call) -> None:
        body = call.body or {}
        self.services = services
        self.call = call
        self.object_id = body.get("object_id")
        self.overrides = cast(Mapping[str, object], body.get("overrides") or {})
        self._taken = 0

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
    def metadata(self) -> Document:
        """The metadata of new objects, if any was given."""
        return {"metadata": self.overrides["metadata"]} if "metadata" in self.overrides else {}

    async def run(self, operation: Operation, body: Document | None = None, **path: str) -> Document:
        """The answer of an operation. Raises invalid_state where it refuses because of a state."""
        self._taken += 1
        name = operation.__name__
        digest = hashlib.sha256(f"{self.call.account.id}\0{self.call.idempotency_key}".encode()).hexdigest()[:32]
        step = Call(
            operation_id=name,
            account=self.call.account,
            request_id=self.call.request_id,
            path=path,
            body=body,
            idempotency_key=f"trigger-{digest}-{self._taken}",
            fingerprint=fingerprint("POST", name, path, body),
            deadline=self.call.deadline,
        )
        answer = await operation(self.services, step)
        document: Document = json.loads(answer.body) if isinstance(answer.body, bytes) else dict(answer.body)
        if answer.status == 409:
            raise ProblemError("invalid_state", str(document["detail"]))
        return document

    async def settle(self, reference: str) -> None:
        """Take notice of what the provider was made to do."""
        await review(self.services, reference)

    async def find(self, table: Table[R], id: str) -> R:
        """An object of the account as it is now. Raises resource_missing."""
        async with self.services.store.reading() as reader:
            return await own(reader, self.call, table, id)


def no_step(event_type: str, status: str) -> ProblemError:
    """The object's state does not lead to this event."""
    return ProblemError("invalid_state", f"No legal step leads from {status} to {event_type}.")
