"""Compares what the gateways say and keep with the providers' own books, and with what receivers were told."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.chaos.children import API_KEY
from tests.chaos.customers import Customers, Told
from tests.chaos.databases import Database
from tests.gateway_fixtures import Delivery

SIGNS = {"charge": 1, "refund": -1, "refund_reversal": 1, "payout": -1, "payout_reversal": 1}
_OPEN = "state IN ('sending', 'unsent', 'pending', 'unknown')"
_PARKED = "SELECT subject FROM operator_cases WHERE kind = 'parked' AND status = 'open'"
_UNBALANCED = "SELECT entry_id, SUM(amount) AS n FROM journal GROUP BY entry_id HAVING SUM(amount) <> 0"
_MOVED = {"succeeded": 1, "refunded": 1, "partially_refunded": 1, "paid": 1}
_IN_DOUBT = frozenset({"processing", "pending", "unknown", "requires_action"})


@dataclass
class Verdict:
    """`parked` are attempts that nobody can find out about, each with an open case for an operator."""

    duplicates: int = 0
    losses: int = 0
    parked: int = 0
    defects: list[str] = field(default_factory=list[str])


def open_attempts(database: Database) -> int:
    """How many attempts somebody still has to find out about."""
    sql = f"SELECT COUNT(*) AS n FROM attempts WHERE {_OPEN} AND id NOT IN ({_PARKED})"  # noqa: S608 - constants
    return int(database.rows(sql)[0]["n"])


def verdict(
    database: Database,
    movements: Sequence[Mapping[str, Any]],
    customers: Customers,
    deliveries: Sequence[Delivery],
) -> Verdict:
    """What is wrong; `movements` are those of the providers' books."""
    found = Verdict(parked=int(database.rows(f"SELECT COUNT(*) AS n FROM ({_PARKED}) AS cases")[0]["n"]))  # noqa: S608
    _money(found, movements, customers)
    _journal(found, database, movements)
    _leftovers(found, database)
    _events(found, database, deliveries)
    _audit(found, customers)
    return found


def _money(found: Verdict, movements: Sequence[Mapping[str, Any]], customers: Customers) -> None:
    """Each call has moved its own amount as often as its object says: once, or not at all."""
    moved = Counter((each["kind"], each["currency"], each["amount"]) for each in movements)
    expected: set[tuple[str, str, int]] = set()
    with httpx.Client(headers={"Authorization": f"Bearer {API_KEY}"}, timeout=30) as client:
        for told in customers.told.values():
            if len(told.ids) > 1:
                found.defects.append(f"{told.step.key} made {sorted(told.ids)}")
            if not told.step.moves:
                continue
            movement = (told.step.moves, told.step.currency, told.step.amount)
            expected.add(movement)
            reversals = moved[(f"{told.step.moves}_reversal", told.step.currency, told.step.amount)]
            _compare(found, told, moved[movement], reversals, customers.look(client, told) if told.id else {})
    for movement, times in moved.items():
        if not movement[0].endswith("_reversal") and movement not in expected:
            found.duplicates += times
            found.defects.append(f"nobody asked for {movement}, which moved {times} times")


def _compare(found: Verdict, told: Told, times: int, reversals: int, document: Mapping[str, Any]) -> None:
    status = document.get("status")
    said = f"{told.step.key} ({told.step.moves} of {told.step.amount} {told.step.currency}) is {status}"
    if times > 1:
        found.duplicates += times - 1
        found.defects.append(f"{said} and moved {times} times")
    elif status in _IN_DOUBT and found.parked:
        return
    elif status is None and told.status is not None and 400 <= told.status < 500:
        if times:
            found.losses += 1
            found.defects.append(f"{said} after {told.status} and moved")
    elif _MOVED.get(str(status), 0) != times - reversals and not (status == "reversed" and times == reversals):
        found.losses += 1
        found.defects.append(f"{said} and moved {times} times, back {reversals} times")


def _journal(found: Verdict, database: Database, movements: Sequence[Mapping[str, Any]]) -> None:
    """Its lines sum to zero, and its clearing to what the providers have moved, where nothing is in doubt."""
    for row in database.rows(_UNBALANCED):
        found.defects.append(f"journal entry {row['entry_id']} sums to {row['n']}")
    doubtful = {row["currency"] for row in database.rows(f"SELECT currency FROM attempts WHERE {_OPEN}")}  # noqa: S608
    moved: defaultdict[str, int] = defaultdict(int)
    for each in movements:
        moved[each["currency"]] += SIGNS[each["kind"]] * each["amount"]
    sums = "SELECT currency, ledger_account, SUM(amount) AS n FROM journal GROUP BY currency, ledger_account"
    booked = {(row["currency"], row["ledger_account"]): int(row["n"]) for row in database.rows(sums)}
    for currency in {*moved, *(each for each, _ in booked)} - doubtful:
        if moved[currency] != booked.get((currency, "provider_clearing"), 0):
            clearing = booked.get((currency, "provider_clearing"), 0)
            found.defects.append(f"providers moved {moved[currency]} {currency}, the journal has {clearing}")
        for account in ("payout_in_transit", "refund_reserve"):
            if booked.get((currency, account), 0):
                found.defects.append(f"{account} holds {booked[currency, account]} {currency} for nothing")


def _leftovers(found: Verdict, database: Database) -> None:
    """Nothing is unfinished but what is an operator's."""
    for row in database.rows(
        f"SELECT id, kind, state, provider FROM attempts WHERE {_OPEN} AND id NOT IN ({_PARKED})"  # noqa: S608
    ):
        found.defects.append(f"{row['kind']} {row['id']} at {row['provider']} is still {row['state']}")
    for what, sql in (
        ("keys without an answer", "SELECT COUNT(*) AS n FROM idempotency_keys WHERE status IS NULL"),
        ("deliveries not made", "SELECT COUNT(*) AS n FROM webhook_deliveries WHERE status <> 'delivered'"),
        ("messages not acted on", "SELECT COUNT(*) AS n FROM provider_messages WHERE state = 'received'"),
        (
            "charges that gave back more than they took",
            "SELECT COUNT(*) AS n FROM charges WHERE amount_refunded + amount_refund_pending > amount_captured",
        ),
    ):
        if count := int(database.rows(sql)[0]["n"]):
            found.defects.append(f"{count} {what}")


def _events(found: Verdict, database: Database, deliveries: Sequence[Delivery]) -> None:
    """Every event arrived, always with the same content."""
    arrived: defaultdict[str, set[bytes]] = defaultdict(set)
    for each in deliveries:
        if each.headers["webhook-id"] != each.event["id"]:
            found.defects.append(f"{each.event['id']} was delivered as {each.headers['webhook-id']}")
        arrived[each.event["id"]].add(each.body)
    made = {row["id"] for row in database.rows("SELECT id FROM events WHERE type <> 'webhook_endpoint.created'")}
    if missing := made - arrived.keys():
        found.losses += len(missing)
        found.defects.append(f"{len(missing)} events never arrived, such as {min(missing)}")
    found.defects += [f"{id} arrived with {len(bodies)} contents" for id, bodies in arrived.items() if len(bodies) > 1]
    told = Counter(
        (row["object_id"], row["type"])
        for row in database.rows("SELECT object_id, type FROM events WHERE type LIKE '%succeeded' OR type LIKE '%paid'")
    )
    found.defects += [f"{id} was told to be {type} {times} times" for (id, type), times in told.items() if times > 1]


def _audit(found: Verdict, customers: Customers) -> None:
    report = customers.get("/v1/audit_logs/verify")
    if not report["verified"]:
        found.defects.append(f"the audit trail is broken: {report}")
