"""What the gateway signs is what openssl signed, and nothing that every verifier must refuse."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from molam_gateway.delivery.signing import SigningSecret, headers
from molam_sdk import webhooks

VECTORS = Path(__file__).parents[1] / "vectors"
SIGNATURES: list[dict[str, Any]] = json.loads((VECTORS / "signatures.json").read_text("utf-8"))
REFUSALS: dict[str, Any] = json.loads((VECTORS / "refusals.json").read_text("utf-8"))
SIGNED = [
    vector
    for vector in SIGNATURES
    if "kid=" in vector["header"] and vector["timestamp"] == str(int(vector["timestamp"]))
]


@pytest.mark.parametrize("vector", SIGNED, ids=lambda vector: vector["name"])
def test_the_gateway_signs_as_the_vectors_are_signed(vector: dict[str, Any]) -> None:
    body = base64.b64decode(vector["body_base64"])
    kid = vector["header"].rpartition("kid=")[2]
    standard: dict[str, str] = vector.get("standard", {})
    secrets = [SigningSecret(kid, vector["secret"])]
    made = headers(standard.get("webhook-id", "evt_1"), body, secrets, int(vector["timestamp"]))
    assert made["Molam-Signature"] == vector["header"]
    assert {name: made[name] for name in standard} == standard


def test_the_gateway_signs_nothing_that_is_refused() -> None:
    body, now = REFUSALS["body"].encode(), REFUSALS["now"]
    second = next(vector["secret"] for vector in SIGNATURES if vector["name"] == "second_secret")
    secrets = [SigningSecret("2", second), SigningSecret("1", REFUSALS["secret"])]
    made = headers("evt_1", body, secrets, now)
    for secret in secrets:
        webhooks.verify_signature(made["Molam-Signature"], body, {secret.kid: secret.secret}, now=now)
        webhooks.verify_standard_signature(made, body, secret.secret, now=now)
    texts = {str(case["header"]) for case in REFUSALS["refused"] if not {"secret", "body", "now"} & set(case)}
    v1 = webhooks.parse_signature_header(made["Molam-Signature"]).signatures[1].v1
    assert f"t={now},v1={v1},kid=1" not in {text.replace("{v1}", v1) for text in texts}
    assert f"t={now},v1={v1},kid=1" == headers("evt_1", body, secrets[1:], now)["Molam-Signature"]
