"""The merchant_onboardings table."""

from ..domain.merchant_onboardings import MerchantOnboarding
from .port import Reader
from .tables import Table

TABLE = Table("merchant_onboardings", MerchantOnboarding, json=("settlement", "metadata", "requirements"))

STATUS = "SELECT status FROM merchant_onboardings WHERE id = :id"


async def status(reader: Reader, id: str) -> str | None:
    """The status of an onboarding, whosever it is; None for an unknown one."""
    row = await reader.fetch_one(STATUS, {"id": id})
    return None if row is None else str(row["status"])
