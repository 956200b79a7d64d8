"""Refunds: found by our note, told apart from those made by hand."""

import pytest

from molam_gateway.domain.attempts import AttemptKind
from molam_gateway.domain.outcomes import Failed, Pending, Succeeded, Unknown
from molam_gateway.providers.paystack.references import theirs
from molam_gateway.providers.paystack.statuses import WHILE_SOMEBODY_ACTS, refund_state
from tests.conformance.pair import Pair, child_of

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("pending", Pending),
        ("processing", Pending),
        ("needs-attention", Pending),
        ("processed", type(None)),
        ("failed", Failed),
        ("lost", Unknown),
        (None, Unknown),
    ],
)
def test_every_status_of_a_refund(status: object, expected: type) -> None:
    assert isinstance(refund_state(status), expected)


async def test_a_refund_that_needs_attention_waits_for_it(paystack: Pair) -> None:
    parent, paid = await paystack.paid(payment_method="pm_AUTH_refund_needs_attention")
    refund = paystack.instruct(AttemptKind.REFUND, **child_of(parent, paid))
    sent = await paystack.send(refund)
    assert isinstance(sent, Pending)
    assert sent.handle is not None
    await paystack.advance(3600)
    waiting = await paystack.provider.query(refund, sent.handle, paystack.configuration)
    assert isinstance(waiting, Pending)
    assert waiting.poll_after == WHILE_SOMEBODY_ACTS
    headers = {"Authorization": f"Bearer {paystack.configuration.secret('secret_key')}"}
    url = f"{paystack.configuration.base_url}/refund/retry_with_customer_details/{sent.handle}"
    answer = await paystack.simulation.post(url, "{}", headers)
    assert answer is not None
    assert answer[0] == 200
    assert isinstance(await paystack.conclude(refund, waiting), Succeeded)


async def test_a_lost_refund_is_found_among_many_by_its_note(paystack: Pair) -> None:
    parent, paid = await paystack.paid()
    for amount in range(1, 121):
        note = {"amount": amount, "merchant_note": f"by hand {amount}"}
        refund = {"transaction": int(paid.transaction_id), "id": amount, "status": "processed", "currency": "NGN"}
        paystack.simulation.book.put("refund", f"9{amount:03}", {**refund, **note})
    lost = paystack.instruct(AttemptKind.REFUND, **child_of(parent, paid))
    assert await paystack.provider.query(lost, None, paystack.configuration) is None
    ours = {"id": 7, "status": "processed", "currency": "NGN", "transaction": int(paid.transaction_id)}
    ours |= {"amount": lost.amount, "merchant_note": lost.reference}
    paystack.simulation.book.put("refund", "0007", ours)
    assert await paystack.provider.query(lost, None, paystack.configuration) == Succeeded("7", handle="7")


async def test_a_charge_that_was_sent_back_by_hand_has_failed(paystack: Pair) -> None:
    parent, paid = await paystack.paid()
    headers = {"Authorization": f"Bearer {paystack.configuration.secret('secret_key')}"}
    body = f'{{"transaction": "{theirs(parent.reference)}", "merchant_note": "by hand"}}'
    await paystack.simulation.post(f"{paystack.configuration.base_url}/refund", body, headers)
    await paystack.advance(60)
    await paystack.advance(60)
    outcome = await paystack.provider.query(parent, paid.handle, paystack.configuration)
    assert isinstance(outcome, Failed)
    assert outcome.code == "reversed"
    assert [kind for kind, _, _ in await paystack.moved()] == ["charge", "refund"]
