"""Signs outgoing webhooks in both schemes: `Molam-Signature` and Standard Webhooks 1.0."""

import base64
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from ..domain.webhook_endpoints import SECRET_PREFIX


@dataclass(frozen=True, slots=True)
class SigningSecret:
    """A signing secret with the key id that receivers select it by."""

    kid: str
    secret: str


def headers(event_id: str, body: bytes, secrets: Sequence[SigningSecret], timestamp: int) -> dict[str, str]:
    """The signature headers of one attempt; during a rotation `secrets` holds the new secret, then the old one.

    `timestamp` is real time in unix seconds, since receivers compare it with their own clock.
    """
    return {
        "Molam-Signature": _molam_signature(body, secrets, timestamp),
        "webhook-id": event_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(_standard_signature(event_id, body, each.secret, timestamp) for each in secrets),
    }


def _molam_signature(body: bytes, secrets: Sequence[SigningSecret], timestamp: int) -> str:
    signed = b"%d.%b" % (timestamp, body)
    pairs = [f"v1={hmac.digest(each.secret.encode(), signed, 'sha256').hex()},kid={each.kid}" for each in secrets]
    return ",".join([f"t={timestamp}", *pairs])


def _standard_signature(event_id: str, body: bytes, secret: str, timestamp: int) -> str:
    signed = b"%b.%d.%b" % (event_id.encode(), timestamp, body)
    digest = hmac.digest(_standard_key(secret), signed, "sha256")
    return "v1," + base64.b64encode(digest).decode()


def _standard_key(secret: str) -> bytes:
    """The key of the Standard Webhooks scheme: what follows `whsec_`, decoded; any other string stands for itself."""
    encoded = secret.removeprefix(SECRET_PREFIX)
    try:
        return base64.b64decode(encoded, validate=True)
    except ValueError:
        return encoded.encode()
