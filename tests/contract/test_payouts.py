"""Money sent out: the last four digits decide in the sandbox."""

import pytest

from molam_sdk import ConflictError, MolamClient
from tests.contract.flows import pay


def balance(client: MolamClient) -> tuple[int, int]:
    """What is available and what is reserved, in US cents."""
    current = client.balance.retrieve()
    available = {each.currency: each.amount for each in current.available}
    reserved = {each.currency: each.amount for each in current.reserved}
    return available.get("USD", 0), reserved.get("USD", 0)


def ledger(client: MolamClient, payout: str) -> list[tuple[str, int]]:
    rows = client.sandbox.retrieve_ledger().data
    return [(str(row.kind), row.amount) for row in rows if row.payout == payout]


@pytest.mark.parametrize(
    ("last4", "at_once", "after", "final", "left", "moved"),
    [
        ("0000", "succeeded", 0, "succeeded", 1500, ["payout"]),
        ("0001", "pending", 30, "failed", 2500, []),
        ("0002", "processing", 60, "succeeded", 1500, ["payout"]),
        ("0003", "succeeded", 60, "reversed", 2500, ["payout", "payout_reversal"]),
        ("1234", "pending", 30, "succeeded", 1500, ["payout"]),
    ],
)
def test_a_payout_ends_as_its_digits_say(
    client: MolamClient, last4: str, at_once: str, after: int, final: str, left: int, moved: list[str]
) -> None:
    pay(client)
    payout = client.payouts.create(
        amount=1000,
        currency="USD",
        beneficiary={"type": "mobile_money", "network": "mpesa", "phone": f"+25470000{last4}"},
        origin_module="marketplace",
        metadata={"seller": "42"},
    )
    assert (payout.status, payout.beneficiary.last4) == (at_once, last4)
    client.sandbox.advance_clock(seconds=after)
    settled = client.payouts.retrieve(payout.id)
    assert settled.status == final
    assert (settled.failure_code is not None) == (final in ("failed", "reversed"))
    assert balance(client) == (left, 0)
    assert sorted(kind for kind, _ in ledger(client, payout.id)) == moved


def test_a_bank_account_is_paid_and_its_number_never_shown(client: MolamClient) -> None:
    pay(client)
    payout = client.payouts.create(
        amount=1000,
        currency="USD",
        beneficiary={
            "type": "bank_account",
            "bank_code": "CBAO",
            "account_number": "SN08010001520000",
            "account_holder": "Amina Diallo",
        },
    )
    assert (payout.status, payout.beneficiary.last4) == ("succeeded", "0000")
    assert "SN0801000152" not in str(client.with_raw_response.payouts.retrieve(payout.id).content)


def test_no_more_is_paid_out_than_is_available(client: MolamClient) -> None:
    pay(client)
    beneficiary = {"type": "mobile_money", "phone": "+254700001234"}
    client.payouts.create(amount=2000, currency="USD", beneficiary=beneficiary)
    assert balance(client) == (500, 2000)
    with pytest.raises(ConflictError) as refused:
        client.payouts.create(amount=501, currency="USD", beneficiary=beneficiary)
    assert (refused.value.code, refused.value.outcome) == ("balance_insufficient", "rejected")
    assert client.payouts.create(amount=500, currency="USD", beneficiary=beneficiary).status == "pending"


def test_a_payout_that_has_not_been_sent_can_be_called_off(client: MolamClient) -> None:
    pay(client)
    payout = client.payouts.create(
        amount=1000, currency="USD", beneficiary={"type": "mobile_money", "phone": "+254700001234"}
    )
    assert client.payouts.cancel(payout.id).status == "canceled"
    assert balance(client) == (2500, 0)
    with pytest.raises(ConflictError) as again:
        client.payouts.cancel(payout.id)
    assert again.value.code == "invalid_state"
    client.sandbox.advance_clock(seconds=60)
    assert client.payouts.retrieve(payout.id).status == "canceled"
    assert ledger(client, payout.id) == []
