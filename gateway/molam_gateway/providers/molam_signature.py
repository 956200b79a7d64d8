"""Signs and verifies messages in the gateway's own scheme, `Molam-Signature`, for providers that speak it."""

import hmac
import re

from .inbound import ForgedError

HEADER = "molam-signature"
TOLERANCE = 300
"""How many seconds a timestamp may be away from now."""

_HEADER = re.compile(r"t=(\d{1,12}),v1=([0-9a-f]{64}),kid=([A-Za-z0-9_-]{1,64})", re.ASCII)


def sign(body: bytes, secret: str, kid: str, timestamp: int) -> str:
    """The header's value for a body, signed at a moment (seconds of unix time)."""
    return f"t={timestamp},v1={_digest(body, secret, timestamp)},kid={kid}"


def verify(header: str | None, body: bytes, secret: str, now: float) -> None:
    """Check a body against the header that came with it. Raises ForgedError."""
    found = _HEADER.fullmatch(header or "")
    if found is None:
        raise ForgedError("there is no signature of this scheme")
    timestamp = int(found[1])
    if not hmac.compare_digest(found[2], _digest(body, secret, timestamp)):
        raise ForgedError("the signature is not of this body")
    if abs(now - timestamp) > TOLERANCE:
        raise ForgedError(f"the signature is more than {TOLERANCE} seconds away from now")


def _digest(body: bytes, secret: str, timestamp: int) -> str:
    return hmac.digest(secret.encode(), b"%d.%b" % (timestamp, body), "sha256").hex()
