"""Merchants of a platform, on their way to being paid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from molam_sdk._front_door import async_front_door
from molam_sdk.resources import _arguments as arguments

if TYPE_CHECKING:
    from collections.abc import Mapping

    from molam_api.models import BeneficiaryRequest, MerchantOnboarding
    from molam_sdk._calls.async_caller import AsyncCaller


class AsyncMerchantOnboardings:
    """Methods of `client.merchant_onboardings`."""

    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    @async_front_door
    async def create(
        self,
        *,
        business_name: str,
        business_type: str,
        country: str,
        email: str,
        phone: str | None = None,
        settlement: BeneficiaryRequest | Mapping[str, str | None] | None = None,
        metadata: Mapping[str, str] | None = None,
        idempotency_key: str | None = None,
    ) -> MerchantOnboarding:
        """Begin to onboard a merchant.

        Args:
            business_name: Registered name.
            business_type: Legal form (`company`, `individual`, ...).
            country: ISO 3166-1 alpha-2 code in upper case.
            email: Contact address.
            phone: Contact number in E.164 form.
            settlement: Where to pay out to, as the `beneficiary` of a payout.
            metadata: Up to 50 strings of your own.
            idempotency_key: Your key for this onboarding; made if there is none.

        Raises:
            MolamError: As every call does.
        """
        from molam_api.api.merchant_onboardings import create_merchant_onboarding
        from molam_api.models import (
            BeneficiaryRequest,
            BusinessType,
            CreateMerchantOnboardingRequest,
        )

        return await self._caller.call(
            create_merchant_onboarding,
            body=CreateMerchantOnboardingRequest(
                business_name=business_name,
                business_type=arguments.required_word(BusinessType, business_type, "business_type"),
                country=country,
                email=email,
                phone=arguments.given(phone),
                settlement=arguments.optional(BeneficiaryRequest, settlement, "settlement"),
                metadata=arguments.metadata(metadata),
            ),
            idempotency_key=arguments.given(idempotency_key),
        )

    @async_front_door
    async def retrieve(self, merchant_onboarding_id: str) -> MerchantOnboarding:
        """Return a merchant onboarding as it is now.

        Raises:
            NotFoundError: If there is none with this id.
            MolamError: As every call does.
        """
        from molam_api.api.merchant_onboardings import retrieve_merchant_onboarding

        return await self._caller.call(retrieve_merchant_onboarding, merchant_onboarding_id)

    @async_front_door
    async def submit(self, merchant_onboarding_id: str, *, idempotency_key: str | None = None) -> MerchantOnboarding:
        """Submit an onboarding for review.

        Args:
            merchant_onboarding_id: Id of the onboarding.
            idempotency_key: Your key for this call; made if there is none.

        Raises:
            ConflictError: If it was submitted before.
            MolamError: As every call does.
        """
        from molam_api.api.merchant_onboardings import submit_merchant_onboarding

        return await self._caller.call(
            submit_merchant_onboarding, merchant_onboarding_id, idempotency_key=arguments.given(idempotency_key)
        )
