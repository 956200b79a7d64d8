"""Builds the providers of live mode: the real ones and what installed packages announce, with nothing simulated."""

from collections.abc import Callable
from datetime import datetime

from .providers.mpesa import TokenStore, mpesa
from .providers.paystack.adapter import Paystack
from .providers.registry import Providers, announced, registry
from .providers.stripe import Stripe

_ALIASES = {"card": ("stripe",), "visa": ("stripe",)}


def live_providers(now: Callable[[], datetime], tokens: TokenStore) -> Providers:
    """The first one that the account configured takes what names no provider."""
    return registry(None, [mpesa(tokens=tokens, now=now), Paystack(), Stripe(now), *announced()], aliases=_ALIASES)
