"""What is secret shows up nowhere: planted in configuration and requests, looked for in all that the gateway says."""

import json
from pathlib import Path

import httpx
import pytest

from molam_gateway.cli import main
from molam_gateway.configuration import settings_from
from molam_gateway.sandbox import Seed
from molam_gateway.serving import Launch
from molam_gateway.vault import Vault, generate_key

from .test_serve import serving, stop

PASSWORD = "hush-hush-password"
API_KEY = "sk_test_hushhushhushhushhushhush"
SIGNING = "whsec_aHVzaGh1c2hodXNoaHVzaGh1c2hodXNo"
GUESS = "sk_test_guessguessguessguess"
PROVIDER = "sk_test_4hushprovidersecret4hush"
REDIS = f"redis://:{PASSWORD}@127.0.0.1:1/0"


def test_nothing_that_it_says_holds_a_secret(tmp_path: Path) -> None:
    key = generate_key()
    environment = {
        "MOLAM_GATEWAY_KEY": key,
        "MOLAM_GATEWAY_API_KEY": API_KEY,
        "MOLAM_GATEWAY_WEBHOOK_SECRET": SIGNING,
        "MOLAM_GATEWAY_REDIS": REDIS,
        "MOLAM_GATEWAY_RATE_LIMITS": "read=1000/second,write=1000/second",
        "MOLAM_GATEWAY_LOG_LEVEL": "debug",
        "MOLAM_GATEWAY_LOG_FORMAT": "json",
    }
    with serving("--database", f"sqlite:///{tmp_path}/s.db", environment=environment) as (process, facts):
        told, made = conversation(str(facts["url"]))
        status, output, errors = stop(process)
    assert (status, output) == (0, "")
    assert "molam_gateway" in errors
    assert len(made) == 3
    for secret in (key, API_KEY, SIGNING, PASSWORD, GUESS, PROVIDER, *made):
        assert secret not in errors, "the log"
        assert secret not in told, "an answer"


def conversation(url: str) -> tuple[str, list[str]]:
    """All answers that are to hold no secret, and the secrets that other answers told once."""
    told: list[str] = []
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {API_KEY}"}) as client:
        token = client.post("/api/v1/auth/token", json={}).json()
        endpoint = {"url": "https://shop.example.com/hook", "enabled_events": ["*"]}
        rotated = client.post("/v1/webhook_endpoints", json=endpoint, headers={"Idempotency-Key": "hook"}).json()
        rotated = client.post(
            f"/v1/webhook_endpoints/{rotated['id']}/rotate_secret", json={}, headers={"Idempotency-Key": "rotate"}
        ).json()
        made = [token["access_token"], token["refresh_token"], rotated["secret"]]
        configure = {"settings": {"secret_key": PROVIDER}, "environment": "test"}
        asked = [
            client.get("/v1/account", headers={"Authorization": f"Bearer {GUESS}"}),
            client.get("/v1/account", headers={"Authorization": f"Bearer {made[0]}"}),
            client.get(f"/v1/account?api_key={API_KEY}"),
            client.get(f"/v1/nothing/{made[0]}"),
            client.post("/api/v1/providers/stripe/config", json=configure, headers={"Idempotency-Key": "configure"}),
            client.get("/api/v1/providers/stripe/config"),
            client.post("/api/v1/auth/refresh", json={"refresh_token": "rt_x", "more": made[1]}),
            client.post("/v1/connect/payment_intents", content=f'{{"a": "{API_KEY}', headers={"Idempotency-Key": "x"}),
            client.post("/api/v1/webhooks/stripe", content=b"{}", headers={"Stripe-Signature": f"v1={SIGNING}"}),
            client.get("/v1/webhook_endpoints"),
            client.get("/v1/audit_logs?limit=100"),
            *(client.get(path) for path in ("/api/v1/health", "/api/v1/health/ready", "/api/v1/metrics", "/metrics")),
        ]
        told += [answer.text + str(answer.headers) for answer in asked if "api_key=" not in str(answer.url)]
        refused = [answer for answer in asked if "api_key=" in str(answer.url)]
        assert [answer.status_code for answer in refused] == [400]
        assert client.post("/api/v1/auth/revoke", json={"token": made[1]}).is_success
    return json.dumps(told), made


def test_nothing_in_a_repr() -> None:
    key = generate_key()
    settings = settings_from({"MOLAM_GATEWAY_REDIS": REDIS})
    launch = Launch(keys=(key,), api_key=API_KEY, webhook_secret=SIGNING, settings=settings)
    shown = repr((settings, launch, Seed("acct_x", API_KEY, SIGNING), Vault([key])))
    assert not [secret for secret in (key, API_KEY, SIGNING, PASSWORD) if secret in shown]


def test_a_start_that_fails_tells_none(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOLAM_GATEWAY_KEY", generate_key())
    url = f"postgresql://me:{PASSWORD}@127.0.0.1:1/x"
    assert main(["serve", "--port", "0", "--database", url]) == 1
    assert main(["serve", "--port", "0", "--database", f"{url}?{PASSWORD}=1"]) == 2
    monkeypatch.setenv("MOLAM_GATEWAY_KEY", PASSWORD)
    assert main(["serve", "--port", "0", "--database", url]) == 1
    output = capsys.readouterr()
    assert PASSWORD not in output.out + output.err
