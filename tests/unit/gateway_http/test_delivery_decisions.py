"""When deliveries are repeated, and how they are signed."""

from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from molam_gateway.delivery import schedule, signing
from molam_gateway.delivery.schedule import DeadLetter, Retry
from molam_gateway.delivery.signing import SigningSecret

NOW = datetime(2026, 11, 1, tzinfo=UTC)
BODY = b'{"id":"evt_1","type":"ping"}'
FIRST = SigningSecret("k1", "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")
SECOND = SigningSecret("k2", "whsec_b3RoZXItc2VjcmV0LW90aGVyLXNlY3JldC1vdGhlciE=")


@pytest.mark.parametrize(("attempt", "minutes"), [(1, 1), (2, 5), (3, 15), (4, 60), (5, 360)])
def test_delays_after_each_failure(attempt: int, minutes: int) -> None:
    earliest = schedule.after_failure(attempt, NOW, 0.0)
    latest = schedule.after_failure(attempt, NOW, 0.999)
    assert earliest == Retry(NOW + timedelta(minutes=minutes))
    assert isinstance(latest, Retry)
    assert timedelta(minutes=minutes) < latest.at - NOW <= timedelta(minutes=minutes * 1.1)


def test_the_sixth_failure_is_the_last() -> None:
    assert schedule.after_failure(6, NOW, 0.5) == DeadLetter()


def test_signatures_equal_those_of_openssl() -> None:
    assert signing.headers("evt_1", BODY, [FIRST], 1700000000) == {
        "Molam-Signature": "t=1700000000,v1=7f91130a3670ff1bc0c5ee85750110885e39c3290ce0cc106a235227c6d5a97c,kid=k1",
        "webhook-id": "evt_1",
        "webhook-timestamp": "1700000000",
        "webhook-signature": "v1,cb9RFQI9UQ1EX9j3ZP+uIsSZGRpbCZB+/+l+z5xTARE=",
    }


def test_during_a_rotation_both_secrets_sign() -> None:
    headers = signing.headers("evt_1", BODY, [SECOND, FIRST], 1700000000)
    assert headers["Molam-Signature"] == (
        "t=1700000000,v1=77e55ae6303152942f3bf1e29e990bd7ce0124b1528559963a642e9319c3c990,kid=k2"
        ",v1=7f91130a3670ff1bc0c5ee85750110885e39c3290ce0cc106a235227c6d5a97c,kid=k1"
    )
    assert headers["webhook-signature"] == (
        "v1,f4ykz5e22Sop+hJGlAAKaVcEod+aE7Ao1BNsxEaqMrc= v1,cb9RFQI9UQ1EX9j3ZP+uIsSZGRpbCZB+/+l+z5xTARE="
    )


def test_a_secret_in_no_notation_stands_for_itself() -> None:
    headers = signing.headers("evt_1", BODY, [SigningSecret("k1", "plain secret")], 1700000000)
    assert "v1=b0abe03a0320723bfdf3596d5bb575ee96b3080434ec46ce3b039fe97e538d1e" in headers["Molam-Signature"]
    assert headers["webhook-signature"] == "v1,di+gJA5Mb+Npgc2MEeIVTXel8XswtQ1iiYRUdN8tiiA="


@pytest.mark.parametrize("secret", [FIRST, SECOND])
def test_the_reference_library_verifies(secret: SigningSecret) -> None:
    now = int(datetime.now(UTC).timestamp())
    headers = signing.headers("evt_1", BODY, [SECOND, FIRST], now)
    assert Webhook(secret.secret).verify(BODY.decode(), headers) == {"id": "evt_1", "type": "ping"}
