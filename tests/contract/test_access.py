"""Who may call: keys, modes and accounts, as the SDK reports them."""

import pytest

from molam_gateway.embedded import Sandbox
from molam_sdk import AuthenticationError, PermissionDeniedError
from tests.contract.conftest import Connect


def test_an_unknown_key_is_an_authentication_error_without_the_key(connect: Connect, shared_gateway: Sandbox) -> None:
    client = connect(shared_gateway, api_key="sk_test_nobody_has_this_one")
    with pytest.raises(AuthenticationError) as refused:
        client.payment_intents.create(amount=2500, currency="USD", idempotency_key="order-1")
    assert (refused.value.status_code, refused.value.code) == (401, "api_key_invalid")
    assert (refused.value.outcome, refused.value.idempotency_key) == ("rejected", "order-1")
    assert "nobody_has_this_one" not in f"{refused.value!r} {refused.value} {vars(refused.value)}"


def test_a_live_key_is_not_taken_by_a_sandbox(connect: Connect, shared_gateway: Sandbox) -> None:
    client = connect(shared_gateway, api_key="sk_live_somebody")
    with pytest.raises(PermissionDeniedError) as refused:
        client.balance.retrieve()
    assert (refused.value.status_code, refused.value.code) == (403, "livemode_mismatch")


def test_a_key_acts_for_its_own_account_only(connect: Connect, shared_gateway: Sandbox) -> None:
    own = connect(shared_gateway, account=shared_gateway.account_id)
    assert own.account.retrieve().id == shared_gateway.account_id
    with pytest.raises(PermissionDeniedError) as refused:
        connect(shared_gateway, account="acct_0000000000000000000000").account.retrieve()
    assert refused.value.outcome == "rejected"
