"""The merchant_onboardings table."""

from ..domain.merchant_onboardings import MerchantOnboarding
from .tables import Table

TABLE = Table("merchant_onboardings", MerchantOnboarding, json=("settlement", "metadata", "requirements"))
