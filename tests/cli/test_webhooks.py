"""webhooks verify: the verdict, the cause and the exit status, from a file, from a pipe, and against the API."""

import json
from pathlib import Path

from molam_sdk.webhooks import generate_signature
from tests.cli.processes import Molam
from tests.gateway_fixtures import Api

SECRET = "whsec_c2VjcmV0IG9mIHRoZSB0ZXN0"
AT = ("--at", "1800000000")


def signed(body: bytes) -> str:
    return generate_signature(body, SECRET, timestamp=1_800_000_000)


def test_the_verdict_and_the_cause(bare: Molam, tmp_path: Path) -> None:
    body = b'{"id":"evt_1"}'
    file = tmp_path / "body"
    file.write_bytes(body + b"\n")
    verify = ("webhooks", "verify", "--header", signed(body), *AT)
    known = bare.having(MOLAM_WEBHOOK_SECRET=SECRET)
    found = known(*verify, "--json", stdin=body).json
    assert found == {
        "object": "verification",
        "authentic": True,
        "reason": None,
        "signed_at": "2027-01-15T08:00:00+00:00",
        "age_seconds": 0.0,
        "key_ids": ["1"],
        "matched_secret": 1,
        "findings": [],
    }
    altered = bare(*verify, "--body", str(file), "--secret", "whsec_a", "--secret", SECRET, status=7)
    assert "Not authentic: mismatch" in altered.out
    assert "a line break was added at its end; secret 2 fits" in altered.out
    assert SECRET not in altered.out + altered.err
    assert "no secret" in bare(*verify, stdin=body, status=7).out
    assert "cannot be read" in bare(*verify, "--body", str(tmp_path / "none"), status=2).err


def test_the_api_tells_an_altered_body_from_a_wrong_secret(molam: Molam, api: Api) -> None:
    api.intent()
    event = api.get("/v1/events", limit=1).json()["data"][0]
    verify = ("webhooks", "verify", "--secret", SECRET, "--compare", "--json", *AT)
    same = json.dumps(event).encode()
    codes = [each["code"] for each in molam(*verify, "--header", signed(b"x"), stdin=same, status=7).json["findings"]]
    assert codes == ["secret_or_body", "body_as_known"]
    event["data"]["object"]["amount"] = 1
    other = json.dumps(event).encode()
    findings = molam(*verify, "--header", signed(b"x"), stdin=other, status=7).json["findings"]
    assert findings[1]["message"] == "The body differs from the event: data.object.amount is 1, the API says 2500."
