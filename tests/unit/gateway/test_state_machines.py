"""The state machines: exactly the documented edges, and no way out of a final state."""

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from molam_gateway.domain import (
    attempts,
    charges,
    merchant_onboardings,
    payment_intents,
    payouts,
    refunds,
)
from molam_gateway.domain.attempts import AttemptKind, provider_reference, slot_of, state_after
from molam_gateway.domain.charges import Charge, reserve_refund
from molam_gateway.domain.journal import REASONS, postings
from molam_gateway.domain.outcomes import Failed, Outcome, Pending, Succeeded, Unknown
from molam_gateway.domain.payment_intents import PaymentIntent
from molam_gateway.domain.problems import ProblemError
from molam_gateway.domain.snapshots import previous_attributes
from molam_gateway.domain.transitions import Edges, IllegalTransitionError, allowed, step, terminal

MACHINES: dict[str, Edges] = {
    "payment_intent": payment_intents.EDGES,
    "charge": charges.EDGES,
    "refund": refunds.EDGES,
    "payout": payouts.EDGES,
    "merchant_onboarding": merchant_onboardings.EDGES,
    "attempt": attempts.EDGES,
}
FINAL = {
    "payment_intent": {"succeeded", "canceled"},
    "charge": {"succeeded", "failed", "canceled"},
    "refund": {"failed", "canceled"},
    "payout": {"failed", "canceled", "reversed"},
    "merchant_onboarding": {"approved", "rejected"},
    "attempt": {"succeeded", "failed", "canceled"},
}
INTENT_EDGES = {
    "requires_payment_method": {"requires_confirmation", "canceled"},
    "requires_confirmation": {"requires_action", "processing", "canceled", "requires_payment_method"},
    "requires_action": {"processing", "requires_payment_method", "requires_capture", "succeeded", "canceled"},
    "processing": {"requires_action", "requires_capture", "succeeded", "requires_payment_method", "canceled"},
    "requires_capture": {"succeeded", "canceled"},
    "succeeded": set[str](),
    "canceled": set[str](),
}


def blank(record: Any, **members: object) -> Any:
    """A record whose members are all empty, except those that are given."""
    empty: dict[str, object] = {field.name: 0 if field.type is int else "" for field in fields(record)}
    return record(**{**empty, **members})


def test_the_intent_has_the_documented_edges() -> None:
    assert {status: set(targets) for status, targets in payment_intents.EDGES.items()} == INTENT_EDGES


@pytest.mark.parametrize("name", MACHINES)
def test_every_edge_leads_to_a_status_of_the_machine_and_final_ones_have_none(name: str) -> None:
    edges = MACHINES[name]
    assert {target for targets in edges.values() for target in targets} <= edges.keys()
    assert {status for status in edges if terminal(edges, status)} == FINAL[name]


@given(st.sampled_from(sorted(MACHINES)), st.data())
def test_a_step_is_taken_along_an_edge_or_not_at_all(name: str, data: st.DataObject) -> None:
    edges = MACHINES[name]
    statuses = st.sampled_from(sorted(edges))
    current, target = data.draw(statuses), data.draw(statuses)
    if allowed(edges, current, target):
        assert step(name, edges, current, target) == target
    else:
        with pytest.raises(IllegalTransitionError, match=f"{current} -> {target}"):
            step(name, edges, current, target)


def moves(intent: PaymentIntent) -> dict[str, Callable[[], PaymentIntent]]:
    """Everything that may happen to an intent."""
    action = {"type": "redirect"}
    return {
        "with_payment_method": lambda: payment_intents.with_payment_method(intent, "pm"),
        "sent": lambda: payment_intents.sent(intent, "ch", "ref"),
        "settling": lambda: payment_intents.settling(intent),
        "needs_action": lambda: payment_intents.needs_action(intent, action),
        "authorized": lambda: payment_intents.authorized(intent),
        "paid": lambda: payment_intents.paid(intent, 7),
        "declined": lambda: payment_intents.declined(intent, {"code": "card_declined"}),
        "canceled": lambda: payment_intents.canceled(intent, None, None),
    }


BLANK = blank(PaymentIntent, amount=10, status="requires_payment_method")


@given(st.lists(st.sampled_from(sorted(moves(BLANK)))))
def test_no_sequence_of_moves_leaves_a_final_state(names: list[str]) -> None:
    intent: PaymentIntent = BLANK
    for name in names:
        before = intent
        try:
            intent = moves(intent)[name]()
        except IllegalTransitionError:
            continue
        assert intent.status == before.status or intent.status in INTENT_EDGES[before.status]
        assert intent.amount_received <= intent.amount
        assert not (intent.status == "succeeded" and intent.amount_capturable)


@given(
    st.integers(1, 1000),
    st.lists(st.tuples(st.sampled_from(["reserve", "done", "released", "returned"]), st.integers(0, 1200))),
)
def test_refunds_never_exceed_what_was_captured(captured: int, steps: list[tuple[str, int]]) -> None:
    charge: Charge = blank(Charge, status="succeeded", amount=1000, amount_captured=captured, currency="USD")
    pending: list[int] = []
    paid: list[int] = []
    for verb, amount in steps:
        if verb == "reserve":
            try:
                charge, taken = reserve_refund(charge, amount or None)
            except ProblemError:
                assert (amount or 1) > charge.refundable
                continue
            pending.append(taken)
        elif verb == "done" and pending:
            paid.append(pending.pop())
            charge = charges.refund_done(charge, paid[-1])
        elif verb == "released" and pending:
            charge = charges.refund_released(charge, pending.pop())
        elif verb == "returned" and paid:
            charge = charges.refund_returned(charge, paid.pop())
        assert (charge.amount_refund_pending, charge.amount_refunded) == (sum(pending), sum(paid))
        assert charge.amount_refund_pending + charge.amount_refunded <= captured


@pytest.mark.parametrize("status", sorted(charges.EDGES.keys() - {"succeeded"}))
def test_only_a_captured_charge_is_refunded(status: str) -> None:
    with pytest.raises(ProblemError, match="invalid_state"):
        reserve_refund(blank(Charge, status=status, amount=10, amount_captured=10), None)


@pytest.mark.parametrize("reason", REASONS)
def test_every_journal_entry_sums_to_zero(reason: str) -> None:
    lines = postings(reason, 123)
    assert sum(line.amount for line in lines) == 0
    assert len({line.account for line in lines}) == len(lines) == 2


def test_a_provider_reference_is_the_attempts_own_for_ever() -> None:
    assert provider_reference("at_1") == provider_reference("at_1") == "molam_" + provider_reference("at_1")[6:]
    assert provider_reference("at_1") != provider_reference("at_2")
    assert len(provider_reference("at_1")) == 38


@pytest.mark.parametrize(
    ("outcome", "state", "polls", "seconds"),
    [
        (Succeeded("t"), "succeeded", 0, None),
        (Failed("c", "m"), "failed", 0, None),
        (Pending(12.5), "pending", 3, 12.5),
        (Unknown("lost"), "unknown", 0, 30.0),
        (Unknown("lost"), "unknown", 3, 240.0),
        (Unknown("lost"), "unknown", 1000, 3600.0),
    ],
)
def test_an_outcome_decides_the_state_and_the_next_question(
    outcome: Outcome, state: str, polls: int, seconds: float | None
) -> None:
    assert state_after(outcome) == state
    assert attempts.poll_after(outcome, polls) == seconds


def test_captures_and_voids_share_a_slot() -> None:
    change = {kind for kind in AttemptKind if slot_of(kind) == "change"}
    assert change == {AttemptKind.CAPTURE, AttemptKind.VOID}


def test_what_changed_is_told_without_the_bookkeeping() -> None:
    before = {"a": 1, "b": 2, "updated_at": "x", "sequence": 1}
    after = {**before, "b": 3, "updated_at": "y", "sequence": 2}
    assert previous_attributes(before, after) == {"b": 2}


def test_a_refused_capture_leaves_the_money_held() -> None:
    held: PaymentIntent = blank(PaymentIntent, status="requires_capture", amount=10, amount_capturable=10)
    refused = payment_intents.capture_refused(replace(held, status_reason="provider_unknown"), {"code": "x"})
    assert (refused.status, refused.amount_capturable, refused.status_reason) == ("requires_capture", 10, None)


@pytest.mark.parametrize("name", MACHINES)
def test_a_final_state_is_not_even_entered_again(name: str) -> None:
    for state, edges in MACHINES[name].items():
        assert allowed(MACHINES[name], state, state) == bool(edges)
