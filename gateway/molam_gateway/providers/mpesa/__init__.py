"""M-Pesa: the adapter to Safaricom's Daraja."""

from collections.abc import Callable
from datetime import UTC, datetime

from ..http_client import ProviderHttp
from .adapter import MPesa
from .daraja import Daraja
from .tokens import MemoryTokens, Obtain, Token, Tokens, TokenStore, TokensUnavailableError

LIVE_URL = "https://api.safaricom.co.ke"
SANDBOX_URL = "https://sandbox.safaricom.co.ke"

__all__ = [
    "LIVE_URL",
    "SANDBOX_URL",
    "MPesa",
    "MemoryTokens",
    "Obtain",
    "Token",
    "TokenStore",
    "TokensUnavailableError",
    "mpesa",
]


def mpesa(
    *,
    tokens: TokenStore | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    live_url: str = LIVE_URL,
    sandbox_url: str = SANDBOX_URL,
    http: ProviderHttp | None = None,
    pushes: ProviderHttp | None = None,
) -> MPesa:
    """The adapter; without `tokens` its access tokens are shared within this process only.

    `sandbox_url` is where payments of test mode go: Daraja's sandbox, or a simulator.
    """
    daraja = Daraja(
        http or ProviderHttp("M-Pesa"),
        pushes or ProviderHttp("M-Pesa", fresh_connections=True),
        Tokens(tokens or MemoryTokens(), lambda: now().timestamp()),
    )
    return MPesa(daraja, live_url, sandbox_url, now)
