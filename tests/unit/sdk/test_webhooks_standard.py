"""The Standard Webhooks headers prove the same as Molam-Signature."""

import base64
import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from molam_sdk import webhooks
from molam_sdk.errors import SignatureError

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "vectors" / "signatures.json").read_text("utf-8")
)
REFUSED: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "vectors" / "refusals.json").read_text("utf-8")
)["standard"]
STANDARD = [vector for vector in VECTORS if "standard" in vector]
SECRET: str = STANDARD[0]["secret"]
HEADERS: dict[str, str] = STANDARD[0]["standard"]
BODY = base64.b64decode(STANDARD[0]["body_base64"])
NOW = float(STANDARD[0]["timestamp"])


def refusal(headers: dict[str, str], body: bytes = BODY, secret: Any = SECRET, now: float = NOW) -> str:
    with pytest.raises(SignatureError) as caught:
        webhooks.verify_standard_signature(headers, body, secret, now=now)
    return caught.value.reason


@pytest.mark.parametrize("vector", STANDARD, ids=lambda vector: vector["name"])
def test_vectors_verify(vector: dict[str, Any]) -> None:
    digits = vector["timestamp"]
    now = int(digits) / 1000 if len(digits) >= 12 else int(digits)
    body = base64.b64decode(vector["body_base64"])
    webhooks.verify_standard_signature(vector["standard"], body, vector["secret"], now=now)


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case["name"])
def test_refusals(case: dict[str, Any]) -> None:
    vector = next(vector for vector in STANDARD if vector["name"] == "json")
    headers = {name: value for name, value in {**vector["standard"], **case["headers"]}.items() if value is not None}
    body = base64.b64decode(vector["body_base64"])
    webhooks.verify_standard_signature(vector["standard"], body, vector["secret"], now=1763697600)
    assert refusal(headers, body, vector["secret"], now=1763697600) == case["reason"]


def test_what_the_reference_library_signs_verifies() -> None:
    from datetime import UTC, datetime

    moment = datetime.now(UTC)
    signed = Webhook(SECRET).sign("evt_1", moment, BODY.decode())
    headers = {
        "Webhook-Id": "evt_1",
        "Webhook-Timestamp": str(int(moment.timestamp())),
        "Webhook-Signature": f"v1a,other {signed}",
        "Content-Type": "application/json",
    }
    webhooks.verify_standard_signature(headers, BODY, ["whsec_bm90IHRoaXM=", SECRET])
    assert abs(time.time() - moment.timestamp()) < 300


@pytest.mark.parametrize("name", list(HEADERS))
def test_each_header_is_needed(name: str) -> None:
    assert refusal({key: value for key, value in HEADERS.items() if key != name}) == "missing_header"
    assert refusal({**HEADERS, name: ""}) == "missing_header"
    assert refusal({**HEADERS, name: "é"}) == "malformed"
    assert refusal({**HEADERS, name: "1" * 5000}) == "too_large"


def test_no_headers_at_all() -> None:
    with pytest.raises(SignatureError) as caught:
        webhooks.verify_standard_signature(None, BODY, SECRET)
    assert caught.value.reason == "missing_header"


def test_what_is_signed_is_compared() -> None:
    assert refusal(HEADERS, BODY + b"\n") == "mismatch"
    assert refusal({**HEADERS, "webhook-id": "evt_other"}) == "mismatch"
    assert refusal({**HEADERS, "webhook-timestamp": str(int(NOW) + 1)}) == "mismatch"
    assert refusal({**HEADERS, "webhook-signature": "v1,AAAA"}) == "mismatch"
    assert refusal({**HEADERS, "webhook-signature": HEADERS["webhook-signature"].replace("v1,", "v1a,")}) == "mismatch"
    assert refusal(HEADERS, secret=STANDARD[1]["secret"]) == "mismatch"


def test_time_and_number_are_bounded() -> None:
    assert refusal(HEADERS, now=NOW + 301) == "expired"
    assert refusal(HEADERS, now=NOW - 301) == "future"
    assert refusal({**HEADERS, "webhook-timestamp": "1e9"}) == "malformed"
    assert refusal({**HEADERS, "webhook-timestamp": "1" * 17}) == "malformed"
    assert (
        refusal({**HEADERS, "webhook-signature": " ".join(["v1,AAAA"] * 8 + [HEADERS["webhook-signature"]])})
        == "too_large"
    )


@pytest.mark.parametrize("secret", ["", "whsec_", " ", "whsec_not base64!", "whsec_é", None, [], [""], [None]])
def test_a_secret_that_is_no_key_is_refused(secret: Any) -> None:
    assert refusal(HEADERS, secret=secret) == "unknown_kid"


@given(
    headers=st.dictionaries(st.sampled_from(list(HEADERS)), st.text()),
    body=st.binary(),
    secret=st.text() | st.just(SECRET),
)
def test_any_headers_body_and_secret_end_in_a_signature_error(
    headers: dict[str, str], body: bytes, secret: str
) -> None:
    assert refusal(headers, body, secret)
