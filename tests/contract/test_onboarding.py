"""A merchant on the way to approval."""

import pytest

from molam_sdk import ConflictError, MolamClient, ValidationError


@pytest.mark.parametrize(
    ("business_name", "final"), [("Teranga Foods SARL", "approved"), ("REJECT Trading Ltd", "rejected")]
)
def test_an_application_is_decided_a_minute_after_it_was_submitted(
    client: MolamClient, business_name: str, final: str
) -> None:
    onboarding = client.merchant_onboardings.create(
        business_name=business_name,
        business_type="company",
        country="SN",
        email="owner@example.com",
        phone="+221771235678",
        settlement={"type": "bank_account", "account_number": "SN08010001520000", "account_holder": business_name},
        metadata={"crm_id": "881"},
    )
    assert onboarding.status == "pending"
    assert onboarding.settlement is not None
    assert onboarding.settlement.last4 == "0000"
    submitted = client.merchant_onboardings.submit(onboarding.id)
    assert (submitted.id, submitted.status) == (onboarding.id, "under_review")
    with pytest.raises(ConflictError) as again:
        client.merchant_onboardings.submit(onboarding.id)
    assert again.value.code == "invalid_state"
    client.sandbox.advance_clock(seconds=59)
    assert client.merchant_onboardings.retrieve(onboarding.id).status == "under_review"
    client.sandbox.advance_clock(seconds=2)
    assert client.merchant_onboardings.retrieve(onboarding.id).status == final
    types = [event.type_ for event in client.events.list(object_id=onboarding.id)]
    assert types[0] == f"merchant_onboarding.{final}"


def test_a_settlement_without_its_number_is_refused(client: MolamClient) -> None:
    with pytest.raises(ValidationError) as refused:
        client.merchant_onboardings.create(
            business_name="Teranga Foods SARL",
            business_type="company",
            country="SN",
            email="owner@example.com",
            settlement={"type": "bank_account", "account_holder": "Teranga Foods SARL"},
        )
    assert refused.value.status_code == 400
    assert refused.value.param == "settlement.account_number"
