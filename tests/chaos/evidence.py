"""What gateways keep and say in the end, gathered for the oracle."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from tests.chaos.children import API_KEY
from tests.chaos.customers import Customers
from tests.chaos.databases import Database

_OPEN = "state IN ('sending', 'unsent', 'pending', 'unknown')"
_PARKED = "SELECT subject FROM operator_cases WHERE kind = 'parked' AND status = 'open'"
_LEFT: Mapping[str, str] = {
    "keys without an answer": "SELECT COUNT(*) AS n FROM idempotency_keys WHERE status IS NULL",
    "deliveries not made": "SELECT COUNT(*) AS n FROM webhook_deliveries WHERE status <> 'delivered'",
    "messages not acted on": "SELECT COUNT(*) AS n FROM provider_messages WHERE state = 'received'",
    "charges that gave back more than they took": (
        "SELECT COUNT(*) AS n FROM charges WHERE amount_refunded + amount_refund_pending > amount_captured"
    ),
}

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Evidence:
    """`documents` are the objects of calls by their keys; `parked` the ids of those of the `open` attempts that an
    operator has a case for; `left` counts what must not be there.
    """

    documents: Mapping[str, Row]
    open: Sequence[Row]
    parked: frozenset[str]
    journal: Sequence[Row]
    left: Mapping[str, int]
    events: Sequence[Row]
    audit: Row


def open_attempts(database: Database) -> int:
    """How many attempts somebody still has to find out about."""
    sql = f"SELECT COUNT(*) AS n FROM attempts WHERE {_OPEN} AND id NOT IN ({_PARKED})"  # noqa: S608 - constants
    return int(database.rows(sql)[0]["n"])


def evidence(database: Database, customers: Customers) -> Evidence:
    """Gather it while the gateways serve. Raises httpx.HTTPError."""
    with httpx.Client(headers={"Authorization": f"Bearer {API_KEY}"}, timeout=30) as client:
        moving = [told for told in customers.told.values() if told.step.moves and told.id is not None]
        documents = {told.step.key: customers.look(client, told) for told in moving}
    columns = "id, kind, state, provider, subject, payment_intent, currency, amount"
    return Evidence(
        documents=documents,
        open=database.rows(f"SELECT {columns} FROM attempts WHERE {_OPEN}"),  # noqa: S608 - constants
        parked=frozenset(str(row["subject"]) for row in database.rows(_PARKED)),
        journal=database.rows("SELECT entry_id, currency, ledger_account, amount FROM journal"),
        left={what: int(database.rows(sql)[0]["n"]) for what, sql in _LEFT.items()},
        events=database.rows("SELECT id, type, object_id FROM events WHERE type <> 'webhook_endpoint.created'"),
        audit=customers.get("/v1/audit_logs/verify"),
    )
