"""Brings merchant onboardings to where an event tells of."""

from ...domain.merchant_onboardings import MerchantOnboarding, verdict
from ...storage import merchant_onboardings as onboarding_rows
from ..merchant_onboardings import create_merchant_onboarding, review, submit_merchant_onboarding
from .steps import Steps, no_step


async def updated(steps: Steps) -> str:
    """An onboarding under review."""
    onboarding = await _onboarding(steps, "Trigger Ltd")
    if onboarding.status not in {"pending", "requires_information"}:
        raise no_step("merchant_onboarding.updated", onboarding.status)
    await steps.run(submit_merchant_onboarding, merchant_onboarding_id=onboarding.id)
    return onboarding.id


async def approved(steps: Steps) -> str:
    """An onboarding whose review went well."""
    return await _reviewed(steps, await _onboarding(steps, "Trigger Ltd"), "approved")


async def rejected(steps: Steps) -> str:
    """An onboarding whose review did not."""
    return await _reviewed(steps, await _onboarding(steps, "Trigger REJECT Ltd"), "rejected")


async def _reviewed(steps: Steps, onboarding: MerchantOnboarding, status: str) -> str:
    if onboarding.status in {"approved", "rejected"} or verdict(onboarding) != status:
        raise no_step(f"merchant_onboarding.{status}", f"{onboarding.status} as {onboarding.business_name}")
    if onboarding.status != "under_review":
        await steps.run(submit_merchant_onboarding, merchant_onboarding_id=onboarding.id)
    await review(steps.services, onboarding.id)
    return onboarding.id


async def _onboarding(steps: Steps, business_name: str) -> MerchantOnboarding:
    id = steps.object_id
    if id is None:
        new = {
            "business_name": business_name,
            "business_type": "company",
            "country": "KE",
            "email": "trigger@example.com",
            **steps.metadata,
        }
        id = (await steps.run(create_merchant_onboarding, new))["id"]
    return await steps.find(onboarding_rows.TABLE, str(id))
