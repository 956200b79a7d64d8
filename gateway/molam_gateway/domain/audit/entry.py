"""One entry of the audit trail: who did what to which object, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from ..times import rfc3339


@dataclass(frozen=True, slots=True)
class AuditLog:
    """A row of the audit_logs table, written once and never changed.

    `sequence` is how often the object had been written then. `before` and `after` hold only members that an allow-list
    names. `content_hash` is keyed (the key is `key_id`) and covers every other column.
    """

    id: str
    account_id: str
    livemode: bool
    created_at: int
    actor_type: str
    actor_id: str | None
    address: str | None
    user_agent: str | None
    request_id: str | None
    idempotency_key: str | None
    action: str
    resource_type: str | None
    resource_id: str | None
    sequence: int
    before: Mapping[str, object] | None
    after: Mapping[str, object] | None
    outcome: str
    body_hash: str | None
    key_id: str
    content_hash: str


def view(entry: AuditLog) -> dict[str, object]:
    """The API form."""
    return {
        "id": entry.id,
        "object": "audit_log",
        "livemode": entry.livemode,
        "created_at": rfc3339(entry.created_at),
        "actor": {"type": entry.actor_type, "id": entry.actor_id},
        "address": entry.address,
        "user_agent": entry.user_agent,
        "request_id": entry.request_id,
        "idempotency_key": entry.idempotency_key,
        "action": entry.action,
        "resource": None
        if entry.resource_type is None
        else {"type": entry.resource_type, "id": entry.resource_id, "sequence": entry.sequence},
        "before": entry.before,
        "after": entry.after,
        "outcome": entry.outcome,
        "body_sha256": entry.body_hash,
    }
