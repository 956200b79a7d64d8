"""Transfers: every status, recipients that exist already, accounts that cannot be paid."""

import pytest

from molam_gateway.domain.attempts import AttemptKind
from molam_gateway.domain.outcomes import Failed, Pending, Succeeded, Unknown
from molam_gateway.providers.contract import Instruction
from molam_gateway.providers.paystack.statuses import transfer_state
from molam_gateway.providers.paystack.transfers import recipient_type
from tests.conformance.pair import Pair

pytestmark = pytest.mark.anyio

BANK = {"type": "bank_account", "account_holder": "Awa Diop", "bank_code": "058"}


def payout(pair: Pair, last4: str) -> Instruction:
    return pair.instruct(AttemptKind.PAYOUT, beneficiary={**BANK, "account_number": f"000123{last4}"})


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("success", type(None)),
        ("pending", Pending),
        ("received", Pending),
        ("otp", Pending),
        *((status, Failed) for status in ("failed", "reversed", "abandoned", "blocked", "rejected")),
        ("elsewhere", Unknown),
        (None, Unknown),
        (["success"], Unknown),
    ],
)
def test_every_status_of_a_transfer(status: object, expected: type) -> None:
    assert isinstance(transfer_state(status), expected)


@pytest.mark.parametrize(
    ("last4", "code"),
    [
        ("0001", "failed"),
        ("0004", "blocked"),
        ("0005", "rejected"),
        ("0006", "abandoned"),
        ("0008", "balance_insufficient"),
        ("0009", "beneficiary_rejected"),
    ],
)
async def test_what_cannot_be_paid_out_says_why(paystack: Pair, last4: str, code: str) -> None:
    outcome = await paystack.perform(payout(paystack, last4))
    assert isinstance(outcome, Failed)
    assert outcome.code == code
    assert await paystack.moved() == []


async def test_a_transfer_that_waits_for_a_password_stays_open(paystack: Pair) -> None:
    instruction = payout(paystack, "0002")
    assert isinstance(await paystack.send(instruction), Pending)
    await paystack.advance(86400)
    assert isinstance(await paystack.provider.query(instruction, None, paystack.configuration), Pending)


async def test_the_same_recipient_is_made_once(paystack: Pair) -> None:
    for _ in range(2):
        assert isinstance(await paystack.perform(payout(paystack, "0000")), Succeeded)
    assert len(paystack.simulation.book.all("recipient")) == 1
    assert len(await paystack.moved()) == 2


@pytest.mark.parametrize(
    ("beneficiary", "currency", "expected"),
    [
        (BANK, "NGN", "nuban"),
        (BANK, "GHS", "ghipss"),
        (BANK, "KES", "kepss"),
        (BANK, "ZAR", "basa"),
        (BANK, "USD", None),
        ({**BANK, "bank_code": None}, "NGN", None),
        ({"type": "mobile_money", "phone": "+233541234567", "network": "mtn"}, "GHS", "mobile_money"),
        ({"type": "mobile_money", "phone": "+2348012345678", "network": "mtn"}, "NGN", None),
        ({"type": "mobile_money", "phone": "+233541234567"}, "GHS", None),
    ],
)
def test_recipients_by_currency(beneficiary: dict[str, object], currency: str, expected: str | None) -> None:
    assert recipient_type(beneficiary, currency) == expected
