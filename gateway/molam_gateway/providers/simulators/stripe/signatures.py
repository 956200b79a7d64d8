"""Signs webhooks as Stripe does."""

import hashlib
import hmac
from collections.abc import Sequence


def header(body: str, secrets: Sequence[str], timestamp: int) -> str:
    """The Stripe-Signature of a body: one `v1` for each secret, and a `v0` that nobody may rely on."""
    signed = f"{timestamp}.{body}".encode()
    found = [hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in secrets]
    legacy = hashlib.sha256(signed).hexdigest()
    return ",".join([f"t={timestamp}", *(f"v1={each}" for each in found), f"v0={legacy}"])
