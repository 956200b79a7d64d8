"""A shop whose client has a warm connection before anything forks, as `--preload` leaves it."""

from __future__ import annotations

import os

from molam_sdk import MolamClient

client = MolamClient(api_key=os.environ["SHOP_KEY"], api_base=os.environ["SHOP_URL"], require_attempt_id=True)


def sell(order: str) -> str:
    """Return the id of the payment for an order."""
    who = {"order": order, "process": str(os.getpid())}
    return client.payment_intents.create(amount=2500, currency="USD", metadata=who).id


assert sell("warm") == "pi_warm"
