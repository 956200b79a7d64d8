"""A simulated Stripe account."""

from .knobs import Knobs
from .simulator import ACCOUNT, API_VERSION, SECRET_KEY, StripeSimulator

__all__ = ["ACCOUNT", "API_VERSION", "SECRET_KEY", "Knobs", "StripeSimulator"]
