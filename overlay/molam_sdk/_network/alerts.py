"""What a failure of TLS says of the client's own certificate."""

from __future__ import annotations

_OF_THE_CERTIFICATE = frozenset(
    {
        "SSLV3_ALERT_BAD_CERTIFICATE",
        "SSLV3_ALERT_CERTIFICATE_EXPIRED",
        "SSLV3_ALERT_CERTIFICATE_REVOKED",
        "SSLV3_ALERT_CERTIFICATE_UNKNOWN",
        "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE",
        "TLSV1_ALERT_ACCESS_DENIED",
        "TLSV1_ALERT_DECRYPT_ERROR",
        "TLSV1_ALERT_UNKNOWN_CA",
    }
)
_MISSING = "TLSV13_ALERT_CERTIFICATE_REQUIRED"
_PERHAPS = "SSLV3_ALERT_HANDSHAKE_FAILURE"


def refusal(error: BaseException | None) -> str | None:
    """Return in words that the server has refused the client's certificate, or None if that is not what happened.

    With TLS 1.3 (RFC 8446, 4.4.2.4) a client learns of it when it begins to read, and its request has left by then.

    Args:
        error: What was raised; what it was raised from is looked through too.
    """
    while error is not None:
        reason = getattr(error, "reason", None)
        if isinstance(reason, str):
            reason = reason.removeprefix("SSL_")
            said = reason.replace("_", " ").lower()
            if reason == _MISSING:
                return f"the server wants a client certificate ({said}): pass mtls_cert, or check the one given"
            if reason in _OF_THE_CERTIFICATE:
                return f"the server refused the client certificate ({said}): check mtls_cert and mtls_key"
            if reason == _PERHAPS:
                return f"the server broke the handshake off ({said}): perhaps it wants another mtls_cert"
        error = error.__cause__ or error.__context__
    return None
