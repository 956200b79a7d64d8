"""Instructions to providers as they rest in the database: sealed, since they hold account numbers."""

import json
from dataclasses import asdict
from typing import Any

from ..domain.attempts import AttemptKind
from ..providers.contract import Instruction
from ..services import Vault


def seal(vault: Vault, attempt_id: str, instruction: Instruction) -> str:
    """The stored form."""
    return vault.encrypt(_purpose(attempt_id), json.dumps(asdict(instruction), separators=(",", ":")))


def unseal(vault: Vault, attempt_id: str, sealed: str) -> Instruction:
    """The instruction, exactly as it was sent the first time."""
    members: dict[str, Any] = json.loads(vault.decrypt(_purpose(attempt_id), sealed))
    members["kind"] = AttemptKind(members["kind"])
    return Instruction(**members)


def _purpose(attempt_id: str) -> str:
    return f"instruction:{attempt_id}"
