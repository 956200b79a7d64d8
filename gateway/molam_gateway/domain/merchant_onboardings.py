"""The merchant onboarding and its state machine."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from .times import rfc3339, rfc3339_or_none
from .transitions import Edges, step

EDGES: Edges = {
    "pending": frozenset({"requires_information", "under_review"}),
    "requires_information": frozenset({"under_review"}),
    "under_review": frozenset({"requires_information", "approved", "rejected"}),
    "approved": frozenset(),
    "rejected": frozenset(),
}

REVIEW = 60.0
"""Seconds of business time a review takes in the sandbox."""


class Verdict(StrEnum):
    """What a review ends with."""

    APPROVED = "approved"
    REJECTED = "rejected"


LIFETIME = 7 * 86400.0
"""Seconds of business time the onboarding link works."""


@dataclass(frozen=True, slots=True)
class MerchantOnboarding:
    """A row of the merchant_onboardings table; `sealed` holds the contact's and settlement's numbers."""

    id: str
    account_id: str
    livemode: bool
    business_name: str
    business_type: str
    country: str
    email: str | None
    phone: str | None
    settlement: Mapping[str, object] | None
    sealed: str
    metadata: Mapping[str, object]
    status: str
    requirements: list[str]
    onboarding_url: str | None
    created_at: int
    updated_at: int
    expires_at: int | None
    sequence: int


def move(onboarding: MerchantOnboarding, status: str) -> MerchantOnboarding:
    """The onboarding in another status, if the machine allows it."""
    return replace(onboarding, status=step("merchant_onboarding", EDGES, onboarding.status, status))


def submitted(onboarding: MerchantOnboarding) -> MerchantOnboarding:
    """Handed in for review."""
    return replace(move(onboarding, "under_review"), requirements=[])


def verdict(onboarding: MerchantOnboarding) -> Verdict:
    """What the sandbox's review finds: a business name with REJECT in it is rejected."""
    return Verdict.REJECTED if "REJECT" in onboarding.business_name else Verdict.APPROVED


def view(onboarding: MerchantOnboarding) -> dict[str, object]:
    """The API form."""
    return {
        "id": onboarding.id,
        "object": "merchant_onboarding",
        "business_name": onboarding.business_name,
        "business_type": onboarding.business_type,
        "country": onboarding.country,
        "email": onboarding.email,
        "phone": onboarding.phone,
        "settlement": onboarding.settlement,
        "metadata": onboarding.metadata,
        "status": onboarding.status,
        "requirements": onboarding.requirements,
        "onboarding_url": onboarding.onboarding_url,
        "livemode": onboarding.livemode,
        "created_at": rfc3339(onboarding.created_at),
        "updated_at": rfc3339(onboarding.updated_at),
        "expires_at": rfc3339_or_none(onboarding.expires_at),
    }
