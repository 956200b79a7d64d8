"""The oracle finds what it is there for: nothing in a world where all agrees, each thing that is wrong in another."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from tests.chaos.customers import Told
from tests.chaos.errands import INTENTS, PAYOUTS, Step
from tests.chaos.evidence import Evidence, Row
from tests.chaos.oracle import verdict
from tests.gateway_fixtures import Delivery


def step(number: int, moves: str, amount: int, kind: str, currency: str = "USD") -> Step:
    return Step(f"call-{number}", PAYOUTS if kind == "payout" else INTENTS, {}, moves, amount, currency, kind)


def told(each: Step, id: str | None, status: int = 201) -> Told:
    return Told(each, each.path, {}, set() if id is None else {id}, status)


def entry(id: str, debited: str, credited: str, amount: int, currency: str = "USD") -> Sequence[Row]:
    lines = ((debited, amount), (credited, -amount))
    return [
        {"entry_id": id, "currency": currency, "ledger_account": account, "amount": each} for account, each in lines
    ]


def moved(kind: str, amount: int, currency: str = "USD") -> Mapping[str, Any]:
    return {"kind": kind, "amount": amount, "currency": currency, "provider": "stripe"}


def attempt(id: str, kind: str, subject: str, amount: int, currency: str, provider: str, intent: str | None) -> Row:
    return {
        "id": id,
        "kind": kind,
        "state": "unknown",
        "provider": provider,
        "subject": subject,
        "payment_intent": intent,
        "currency": currency,
        "amount": amount,
    }


def delivered(id: str, body: str = "", name: str | None = None) -> Delivery:
    document = json.dumps({"id": id, "type": "payment_intent.succeeded", "said": body})
    return Delivery("/hook", {"webhook-id": name or id}, document.encode(), 0.0)


@dataclass
class World:
    """What the oracle is given."""

    said: Evidence
    movements: list[Mapping[str, Any]]
    told: list[Told]
    deliveries: list[Delivery]

    def judged(self) -> list[str]:
        return verdict(self.said, self.movements, self.told, self.deliveries).defects

    def says(self, **members: Any) -> None:
        self.said = replace(self.said, **members)


@pytest.fixture
def world() -> World:
    """A payment, a part of which was given back; a payout that came back; a refusal; a payment that an operator has."""
    return World(
        said=Evidence(
            documents={
                "call-1": {"status": "partially_refunded"},
                "call-2": {"status": "succeeded"},
                "call-3": {"status": "reversed"},
                "call-5": {"status": "processing"},
            },
            open=[attempt("att_5", "charge", "ch_5", 900, "KES", "mpesa", "pi_5")],
            parked=frozenset({"att_5"}),
            journal=[
                *entry("je_1", "provider_clearing", "merchant_payable", 5_000),
                *entry("je_2", "merchant_payable", "refund_reserve", 1_000),
                *entry("je_3", "refund_reserve", "provider_clearing", 1_000),
                *entry("je_4", "merchant_payable", "payout_in_transit", 700),
                *entry("je_5", "payout_in_transit", "provider_clearing", 700),
                *entry("je_6", "provider_clearing", "merchant_payable", 700),
            ],
            left={"keys without an answer": 0, "deliveries not made": 0},
            events=[
                {"id": "evt_1", "type": "payment_intent.succeeded", "object_id": "pi_1"},
                {"id": "evt_2", "type": "refund.processed", "object_id": "ref_2"},
            ],
            audit={"verified": True},
        ),
        movements=[
            moved("charge", 5_000),
            moved("refund", 1_000),
            moved("payout", 700),
            moved("payout_reversal", 700),
            moved("charge", 900, "KES"),
        ],
        told=[
            told(step(1, "charge", 5_000, "intent"), "pi_1"),
            told(step(2, "refund", 1_000, "refund"), "ref_2"),
            told(step(3, "payout", 700, "payout"), "po_3"),
            told(step(4, "charge", 800, "intent"), None, 402),
            told(step(5, "charge", 900, "intent", "KES"), "pi_5"),
        ],
        deliveries=[delivered("evt_1"), delivered("evt_2"), delivered("evt_1")],
    )


def test_nothing_is_wrong_where_all_agrees(world: World) -> None:
    """Not even that nobody knows of one payment whether it moved; it is counted."""
    assert world.judged() == []
    world.movements.pop()
    assert world.judged() == []
    assert verdict(world.said, world.movements, world.told, world.deliveries).parked == 1


def charge_twice(world: World) -> str:
    world.movements.append(moved("charge", 5_000))
    return "moved 2 times"


def charge_in_doubt_twice(world: World) -> str:
    world.movements.append(moved("charge", 900, "KES"))
    return "call-5 (charge of 900 KES) is processing and moved 2 times"


def lose_a_charge(world: World) -> str:
    del world.movements[0]
    return "call-1 (charge of 5000 USD) is partially_refunded and moved 0 times"


def move_what_was_refused(world: World) -> str:
    world.movements.append(moved("charge", 800))
    return "after 402 and moved"


def move_what_nobody_asked_for(world: World) -> str:
    world.movements.append(moved("refund", 4_999))
    return "nobody asked for"


def take_back_what_nobody_paid_out(world: World) -> str:
    world.movements.append(moved("payout_reversal", 123))
    return "nobody asked for"


def doubt_another_object(world: World) -> str:
    """One payment with an operator is no excuse for another."""
    world.says(documents={**world.said.documents, "call-1": {"status": "processing"}})
    return "call-1 (charge of 5000 USD) is processing and moved 1 times"


def leave_another_currency_out(world: World) -> str:
    """Nor is its currency one for the journal."""
    world.says(journal=[*world.said.journal, *entry("je_9", "provider_clearing", "merchant_payable", 10, "KES")])
    return "provider_clearing holds 10 KES instead of 0"


def answer_with_another_object(world: World) -> str:
    world.told[0].ids.add("pi_other")
    return "call-1 made ['pi_1', 'pi_other']"


def unbalance_an_entry(world: World) -> str:
    world.says(journal=world.said.journal[1:])
    return "journal entry je_1 sums to"


def keep_a_reserve(world: World) -> str:
    world.says(journal=[*world.said.journal, *entry("je_9", "merchant_payable", "refund_reserve", 10)])
    return "refund_reserve holds -10 USD instead of 0"


def give_up_what_can_be_asked(world: World) -> str:
    world.says(open=[attempt("att_5", "charge", "ch_5", 900, "KES", "stripe", "pi_5")])
    return "was left to operators, and the provider knows"


def leave_an_attempt(world: World) -> str:
    world.says(parked=frozenset())
    return "charge att_5 at mpesa is still unknown"


def leave_a_case(world: World) -> str:
    world.says(parked=frozenset({"att_5", "att_1"}))
    return "1 cases for operators are open although their attempts are not"


def leave_a_key(world: World) -> str:
    world.says(left={"keys without an answer": 1})
    return "1 keys without an answer"


def lose_an_event(world: World) -> str:
    del world.deliveries[1]
    return "1 events never arrived, such as evt_2"


def rename_an_event(world: World) -> str:
    world.deliveries.append(delivered("evt_1", name="evt_other"))
    return "evt_1 was delivered as evt_other"


def change_an_event(world: World) -> str:
    world.deliveries.append(delivered("evt_1", "something else"))
    return "evt_1 arrived with 2 contents"


def tell_success_twice(world: World) -> str:
    again = {"id": "evt_9", "type": "payment_intent.succeeded", "object_id": "pi_1"}
    world.says(events=[*world.said.events, again])
    world.deliveries.append(delivered("evt_9"))
    return "pi_1 was told to be payment_intent.succeeded 2 times"


def break_the_trail(world: World) -> str:
    world.says(audit={"verified": False})
    return "the audit trail is broken"


WRONG: Sequence[Callable[[World], str]] = [
    charge_twice,
    charge_in_doubt_twice,
    lose_a_charge,
    move_what_was_refused,
    move_what_nobody_asked_for,
    take_back_what_nobody_paid_out,
    doubt_another_object,
    leave_another_currency_out,
    answer_with_another_object,
    unbalance_an_entry,
    keep_a_reserve,
    give_up_what_can_be_asked,
    leave_an_attempt,
    leave_a_case,
    leave_a_key,
    lose_an_event,
    rename_an_event,
    change_an_event,
    tell_success_twice,
    break_the_trail,
]


@pytest.mark.parametrize("spoil", WRONG, ids=lambda each: each.__name__)
def test_what_is_wrong_is_found(world: World, spoil: Callable[[World], str]) -> None:
    """One thing at a time."""
    expected = spoil(world)
    found = world.judged()
    assert any(expected in each for each in found), found
