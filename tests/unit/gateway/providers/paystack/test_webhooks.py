"""Webhooks: repeated until taken, twice, out of order or never; read without believing them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from molam_gateway.domain.attempts import AttemptKind
from molam_gateway.domain.outcomes import NotSent, Succeeded, Unknown
from molam_gateway.providers.http_client import Reply
from molam_gateway.providers.inbound import News, UnreadableError
from molam_gateway.providers.paystack import webhooks
from molam_gateway.providers.paystack.api import Data, Refusal, opened
from molam_gateway.providers.simulators.paystack.webhooks import Delivery, sign
from tests.conformance.pair import Pair, child_of

pytestmark = pytest.mark.anyio


def events(pair: Pair) -> list[str]:
    return [json.loads(message.body)["event"] for message in pair.mailbox.messages]


async def deliver(pair: Pair, **how: object) -> None:
    answer = await pair.simulation.post(f"{pair.served.url}/_control/webhooks", json.dumps(how), {})
    assert answer is not None
    assert answer[0] == 200


async def test_what_is_not_taken_comes_again_every_three_minutes_and_then_every_hour(paystack: Pair) -> None:
    paystack.mailbox.statuses = [500] * 6
    await paystack.paid()
    for seconds in (0, 180, 180, 180, 180, 3600, 3600, 3600):
        await paystack.advance(seconds)
    assert events(paystack) == ["charge.success"] * 7


async def test_deliveries_can_be_doubled_disordered_and_lost(paystack: Pair) -> None:
    assert Delivery() == Delivery(copies=1, last_first=False, lost=0)
    await deliver(paystack, copies=2, last_first=True)
    for last in ("0000", "0003"):
        beneficiary = {"type": "bank_account", "account_number": last * 3, "account_holder": "A", "bank_code": "1"}
        await paystack.perform(paystack.instruct(AttemptKind.PAYOUT, beneficiary=beneficiary))
    await paystack.paid()
    await paystack.advance(2)
    assert events(paystack) == ["charge.success"] * 2 + ["transfer.success"] * 4
    await deliver(paystack, lost=1)
    await paystack.paid()
    await paystack.advance(2)
    assert len(events(paystack)) == 6


async def test_refunds_are_told_under_the_name_of_their_charge(paystack: Pair) -> None:
    parent, paid = await paystack.paid()
    refund = paystack.instruct(AttemptKind.REFUND, **child_of(parent, paid))
    assert isinstance(await paystack.perform(refund), Succeeded)
    await paystack.advance(1)
    assert events(paystack) == ["charge.success", "refund.pending", "refund.processing", "refund.processed"]
    reports = [webhooks.read(message.body) for message in paystack.mailbox.messages]
    assert {each.reference for (each,) in reports if isinstance(each, News)} == {parent.reference}
    assert len({each.key for (each,) in reports if isinstance(each, News)}) == 4


@pytest.mark.parametrize(
    "body",
    [
        b'{"event": "charge.dispute.create", "data": {"id": 1}}',
        b'{"event": "subscription.create", "data": {"reference": "molam-1"}}',
        b'{"event": "charge.success", "data": {"reference": "somebody else\'s"}}',
        b'{"event": "refund.failed", "data": {"transaction_reference": null}}',
    ],
)
def test_what_is_not_about_us_says_nothing(body: bytes) -> None:
    assert webhooks.read(body) == ()


def test_the_signature_is_of_the_bytes() -> None:
    body = b'{"event":  "charge.success"}'
    webhooks.verify(body, {"x-paystack-signature": sign(body, "sk_test_1")}, "sk_test_1")


@given(
    st.binary(max_size=64) | st.dictionaries(st.text(max_size=5), st.integers()).map(lambda d: json.dumps(d).encode())
)
def test_unreadable_bodies_are_called_so(body: bytes) -> None:
    with pytest.raises(UnreadableError):
        webhooks.read(body)


_VALUES: st.SearchStrategy[object] = st.sampled_from([None, True, False, 0, 7, "", "x", "not found", {}, [1]])


@given(
    st.sampled_from([200, 201, 204, 400, 401, 403, 404, 422, 429, 500, 503]),
    st.fixed_dictionaries({}, optional={"status": _VALUES, "message": _VALUES, "data": _VALUES, "code": _VALUES}),
)
def test_envelopes_are_opened_or_unknown(status: int, envelope: dict[str, object]) -> None:
    match opened(Reply(status, {}, json.dumps(envelope).encode())):
        case Data(value):
            assert (status in {200, 201}, envelope["status"], envelope.get("data")) == (True, True, value)
        case Refusal() as refusal:
            assert status in {400, 401, 403, 404, 422}
            assert refusal.forbidden == (status in {401, 403})
        case NotSent():
            assert status == 429
        case Unknown():
            pass
