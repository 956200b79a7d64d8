"""What a failure of TLS says of the client's certificate, in words."""

from __future__ import annotations

import ssl

import pytest

from molam_sdk._network.alerts import refusal


def failure(reason: str) -> ssl.SSLError:
    error = ssl.SSLError(1, f"[SSL: {reason}] as OpenSSL says it")
    error.reason = reason
    return error


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("TLSV13_ALERT_CERTIFICATE_REQUIRED", "wants a client certificate (tlsv13 alert certificate required)"),
        ("TLSV1_ALERT_UNKNOWN_CA", "refused the client certificate (tlsv1 alert unknown ca)"),
        ("SSLV3_ALERT_CERTIFICATE_EXPIRED", "refused the client certificate (sslv3 alert certificate expired)"),
        ("SSLV3_ALERT_HANDSHAKE_FAILURE", "perhaps it wants another mtls_cert"),
    ],
)
def test_a_refused_certificate(reason: str, said: str) -> None:
    words = refusal(failure(reason))
    assert words is not None
    assert said in words
    assert "mtls_cert" in words


def test_it_is_found_behind_what_was_raised_for_it() -> None:
    lost = ConnectionError("lost")
    lost.__cause__ = failure("TLSV1_ALERT_UNKNOWN_CA")
    assert refusal(lost) is not None


@pytest.mark.parametrize("reason", ["CERTIFICATE_VERIFY_FAILED", "WRONG_VERSION_NUMBER", "UNEXPECTED_EOF"])
def test_other_failures_are_none(reason: str) -> None:
    assert refusal(failure(reason)) is None
    assert refusal(TimeoutError()) is None
    assert refusal(None) is None
