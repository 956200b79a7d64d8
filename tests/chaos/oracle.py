"""Compares what the gateways say and keep with the providers' own books, and with what receivers were told."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.chaos.customers import Told
from tests.chaos.evidence import Evidence, Row
from tests.gateway_fixtures import Delivery

SIGNS = {"charge": 1, "refund": -1, "refund_reversal": 1, "payout": -1, "payout_reversal": 1}
_MOVED = {"succeeded": 1, "refunded": 1, "partially_refunded": 1, "paid": 1}
_IN_DOUBT = frozenset({"processing", "pending", "unknown", "requires_action"})
_COLLECTING = frozenset({"authorize", "charge", "capture", "void"})
_RESERVED = {"payout": "payout_in_transit", "refund": "refund_reserve"}
_UNANSWERABLE = frozenset({("mpesa", "charge"), ("mpesa", "refund")})
"""What cannot be asked about once its acknowledgement is lost: everything else is found out in the end."""

Movement = tuple[str, str, int]
"""Kind, currency and amount."""


@dataclass
class Verdict:
    """`parked` are attempts that nobody can find out about, each with an open case for an operator."""

    duplicates: int = 0
    losses: int = 0
    parked: int = 0
    defects: list[str] = field(default_factory=list[str])


def verdict(
    said: Evidence, movements: Sequence[Mapping[str, Any]], told: Sequence[Told], deliveries: Sequence[Delivery]
) -> Verdict:
    """What is wrong; `movements` are those of the providers' books."""
    parked = [row for row in said.open if row["id"] in said.parked]
    found = Verdict(parked=len(parked))
    doubtful = _Doubtful(parked)
    _money(found, said, movements, told, doubtful)
    _journal(found, said, movements, told, doubtful)
    _leftovers(found, said)
    _events(found, said, deliveries)
    if not said.audit["verified"]:
        found.defects.append(f"the audit trail is broken: {said.audit}")
    return found


class _Doubtful:
    """The objects, each by itself, whose fate an operator has to find out."""

    def __init__(self, parked: Sequence[Row]) -> None:
        self._subjects = {str(row["subject"]) for row in parked}
        self._intents = {str(row["payment_intent"]) for row in parked if row["kind"] in _COLLECTING}

    def __contains__(self, told: Told) -> bool:
        return told.id in (self._intents if told.step.object == "intent" else self._subjects)


def _movement(told: Told) -> Movement:
    return (told.step.moves, told.step.currency, told.step.amount)


def _money(
    found: Verdict,
    said: Evidence,
    movements: Sequence[Mapping[str, Any]],
    told: Sequence[Told],
    doubtful: _Doubtful,
) -> None:
    """Each call has moved its own amount as often as its object says: once, or not at all."""
    moved = Counter((each["kind"], each["currency"], each["amount"]) for each in movements)
    expected: set[Movement] = set()
    for each in told:
        if len(each.ids) > 1:
            found.defects.append(f"{each.step.key} made {sorted(each.ids)}")
        if not each.step.moves:
            continue
        expected.add(_movement(each))
        back = moved[(f"{each.step.moves}_reversal", each.step.currency, each.step.amount)]
        status = said.documents.get(each.step.key, {}).get("status")
        _compare(found, each, moved[_movement(each)], back, status, doubtful=each in doubtful)
    for movement, times in moved.items():
        if (movement[0].removesuffix("_reversal"), *movement[1:]) not in expected:
            found.duplicates += times
            found.defects.append(f"nobody asked for {movement}, which moved {times} times")


def _compare(found: Verdict, told: Told, times: int, back: int, status: str | None, *, doubtful: bool) -> None:
    said = f"{told.step.key} ({told.step.moves} of {told.step.amount} {told.step.currency}) is {status}"
    if times > 1:
        found.duplicates += times - 1
        found.defects.append(f"{said} and moved {times} times")
    elif doubtful and status in _IN_DOUBT:
        return
    elif status is None and told.status is not None and 400 <= told.status < 500:
        if times:
            found.losses += 1
            found.defects.append(f"{said} after {told.status} and moved")
    elif status == "reversed" and times == back:
        return
    elif _MOVED.get(str(status), 0) != times - back:
        found.losses += 1
        found.defects.append(f"{said} and moved {times} times, back {back} times")


def _journal(
    found: Verdict,
    said: Evidence,
    movements: Sequence[Mapping[str, Any]],
    told: Sequence[Told],
    doubtful: _Doubtful,
) -> None:
    """Its entries sum to zero, its clearing to what the providers moved, its reserves to what is still on its way."""
    entries: defaultdict[str, int] = defaultdict(int)
    booked: defaultdict[tuple[str, str], int] = defaultdict(int)
    for row in said.journal:
        entries[row["entry_id"]] += int(row["amount"])
        booked[row["currency"], row["ledger_account"]] += int(row["amount"])
    found.defects += [f"journal entry {id} sums to {total}" for id, total in entries.items() if total]
    unknown = {_movement(each) for each in told if each in doubtful}
    owed: defaultdict[tuple[str, str], int] = defaultdict(int)
    for each in movements:
        if (each["kind"].removesuffix("_reversal"), each["currency"], each["amount"]) not in unknown:
            owed[each["currency"], "provider_clearing"] += SIGNS[each["kind"]] * each["amount"]
    for row in said.open:
        if row["kind"] in _RESERVED:
            owed[row["currency"], _RESERVED[row["kind"]]] -= int(row["amount"])
    accounts = {"provider_clearing", *_RESERVED.values()}
    for currency, account in sorted({each for each in (*owed, *booked) if each[1] in accounts}):
        if owed[currency, account] != booked[currency, account]:
            found.defects.append(
                f"{account} holds {booked[currency, account]} {currency} instead of {owed[currency, account]}"
            )


def _leftovers(found: Verdict, said: Evidence) -> None:
    """Nothing is unfinished but what is an operator's."""
    for row in said.open:
        what = f"{row['kind']} {row['id']} at {row['provider']}"
        if row["id"] not in said.parked:
            found.defects.append(f"{what} is still {row['state']}")
        elif (row["provider"], row["kind"]) not in _UNANSWERABLE:
            found.defects.append(f"{what} was left to operators, and the provider knows")
    if strays := said.parked - {row["id"] for row in said.open}:
        found.defects.append(f"{len(strays)} cases for operators are open although their attempts are not")
    found.defects += [f"{count} {what}" for what, count in said.left.items() if count]


def _events(found: Verdict, said: Evidence, deliveries: Sequence[Delivery]) -> None:
    """Every event arrived under its one id, always with the same content, and success was told once."""
    arrived: defaultdict[str, set[bytes]] = defaultdict(set)
    for each in deliveries:
        if each.headers["webhook-id"] != each.event["id"]:
            found.defects.append(f"{each.event['id']} was delivered as {each.headers['webhook-id']}")
        arrived[each.event["id"]].add(each.body)
    made = {str(row["id"]) for row in said.events}
    if missing := made - arrived.keys():
        found.losses += len(missing)
        found.defects.append(f"{len(missing)} events never arrived, such as {min(missing)}")
    found.defects += [f"{id} arrived with {len(bodies)} contents" for id, bodies in arrived.items() if len(bodies) > 1]
    endings = Counter(
        (row["object_id"], row["type"]) for row in said.events if row["type"].endswith(("succeeded", "paid"))
    )
    found.defects += [f"{id} was told to be {type} {times} times" for (id, type), times in endings.items() if times > 1]
