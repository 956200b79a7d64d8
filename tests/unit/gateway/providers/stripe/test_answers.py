"""What the adapter makes of objects that Stripe should not say, or not any more."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from molam_gateway.domain.attempts import AttemptKind
from molam_gateway.domain.outcomes import Failed, NotSent, Pending, Succeeded, Unknown
from molam_gateway.providers.contract import Instruction
from molam_gateway.providers.http_client import Reply
from molam_gateway.providers.stripe import answers, refusals

REFERENCE = "molam_1"
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=5,
)


def instruction(kind: AttemptKind = AttemptKind.CHARGE) -> Instruction:
    return Instruction(kind, REFERENCE, "acct_1", False, 2500, "USD")


def document(**members: Any) -> dict[str, Any]:
    ours = {"id": "x_1", "amount": 2500, "currency": "usd", "metadata": {"molam_reference": REFERENCE}}
    return {**ours, "amount_received": 2500, **members}


@pytest.mark.parametrize(
    "members",
    [
        {"amount": 2600},
        {"amount": "2500"},
        {"currency": "eur"},
        {"currency": None},
        {"id": None},
        {"metadata": {"molam_reference": "molam_2"}},
        {"metadata": None},
        {"status": "requires_capture"},
        {"status": "requires_confirmation"},
        {"status": "requires_payment_method"},
        {"status": "on_holiday"},
        {"status": None},
        {"amount": 550, "currency": "ugx"},
    ],
)
def test_what_cannot_be_believed_of_a_payment_or_refund_is_unknown(members: dict[str, Any]) -> None:
    found = document(**{"status": "succeeded", **members})
    assert isinstance(answers.of_payment(found, instruction()), Unknown)
    assert isinstance(answers.of_refund(found, instruction(AttemptKind.REFUND)), Unknown)


@pytest.mark.parametrize(
    "members",
    [
        {"amount_received": 2000},
        {"metadata": {"molam_capture": "molam_2"}},
        {"metadata": {"molam_capture": ["molam_1"]}},
        {"status": "processing"},
        {"status": "requires_action"},
    ],
)
def test_a_capture_by_somebody_else_or_of_another_amount_is_unknown(members: dict[str, Any]) -> None:
    found = document(**{"status": "succeeded", **members})
    assert isinstance(answers.of_capture(found, instruction(AttemptKind.CAPTURE)), Unknown)


def test_a_payment_without_its_charge_still_succeeded() -> None:
    for charge, receipt in (("ch_1", "ch_1"), (None, "x_1"), ({}, "x_1"), ({"id": "ch_1"}, "ch_1")):
        outcome = answers.of_payment(document(status="succeeded", latest_charge=charge), instruction())
        assert outcome == Succeeded(receipt, None, "x_1")


def test_an_action_without_an_address_is_pending_all_the_same() -> None:
    for action in (None, {}, {"redirect_to_url": {"url": 7}}, "x"):
        outcome = answers.of_payment(document(status="requires_action", next_action=action), instruction())
        assert isinstance(outcome, Pending)
        assert outcome.next_action is None


@pytest.mark.parametrize(("status", "code"), [("canceled", "canceled"), ("failed", "refund_failed")])
def test_refunds_that_came_to_nothing(status: str, code: str) -> None:
    outcome = answers.of_refund(document(status=status), instruction(AttemptKind.REFUND))
    assert isinstance(outcome, Failed)
    assert outcome.code == code


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(["id", "status", "amount", "currency", "metadata", "latest_charge"]), _JSON))
def test_no_object_makes_it_stumble_or_believe(found: dict[str, Any]) -> None:
    assert isinstance(answers.of_payment(found, instruction()), Unknown)
    assert isinstance(answers.of_refund(found, instruction()), Unknown)
    assert not isinstance(answers.of_capture(found, instruction()), Succeeded)
    answers.of_void(found)


@settings(deadline=None)
@given(st.integers(100, 599), st.binary(max_size=40) | st.just(b"<html>") | st.just(b'{"error": {}}'))
def test_only_stripes_own_envelope_is_final(status: int, body: bytes) -> None:
    for repeated in (False, True):
        assert isinstance(refusals.of_reply(Reply(status, {}, body), repeated=repeated), Unknown)


@pytest.mark.parametrize(
    ("status", "error", "kind"),
    [
        (500, b'{"error": {"type": "api_error"}}', Unknown),
        (409, b'{"error": {"type": "idempotency_error"}}', Unknown),
        (400, b'{"error": {"type": "idempotency_error"}}', Unknown),
        (424, b'{"error": {"type": "api_error"}}', Unknown),
        (302, b'{"error": {"type": "api_error"}}', Unknown),
        (429, b'{"error": {"type": "invalid_request_error"}}', NotSent),
        (400, b'{"error": {"type": "invalid_request_error"}}', Failed),
        (402, b'{"error": {"type": "card_error", "code": "card_declined", "payment_intent": 7}}', Failed),
        (402, b'{"error": {"type": "invalid_request_error"}}', Failed),
        (401, b'{"error": {"type": "invalid_request_error"}}', Failed),
    ],
)
def test_statuses(status: int, error: bytes, kind: type) -> None:
    assert isinstance(refusals.of_reply(Reply(status, {}, error), repeated=False), kind)
