"""The merchant_onboardings table."""

from ..domain.merchant_onboardings import MerchantOnboarding
from .port import Reader
from .tables import Table

TABLE = Table("merchant_onboardings", MerchantOnboarding, json=("settlement", "metadata", "requirements"))

STATUS = "SELECT status FROM merchant_onboardings WHERE id = :id"

NEWEST = """
SELECT * FROM merchant_onboardings
WHERE (CAST(:status AS TEXT) IS NULL OR status = :status) ORDER BY id DESC LIMIT :limit
"""


async def newest(reader: Reader, status: str | None, limit: int) -> list[MerchantOnboarding]:
    """Onboardings of every account, newest first, those of one status if one is given."""
    return [TABLE.read(row) for row in await reader.fetch_all(NEWEST, {"status": status, "limit": limit})]


async def status(reader: Reader, id: str) -> str | None:
    """The status of an onboarding, whosever it is; None for an unknown one."""
    row = await reader.fetch_one(STATUS, {"id": id})
    return None if row is None else str(row["status"])
