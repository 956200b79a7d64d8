"""The gateway in live mode, as a process: nothing simulated, nothing seeded, keys made by the operator."""

import contextlib
import io
import json
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from molam_gateway.cli import main
from molam_gateway.providers.simulators.stripe import signatures
from molam_gateway.vault import generate_key
from tests.unit.gateway_telemetry.figures import figure

from .test_serve import serving

PUBLIC = "https://pay.example.com"


@dataclass(frozen=True)
class Live:
    """A live gateway with the key of an account that may do everything."""

    api: httpx.Client
    database: str
    facts: dict[str, object]


@pytest.fixture(scope="module")
def environment() -> dict[str, str]:
    return {
        "MOLAM_GATEWAY_KEY": generate_key(),
        "MOLAM_GATEWAY_PUBLIC_URL": PUBLIC,
        "MOLAM_GATEWAY_MODE": "live",
        "MOLAM_GATEWAY_TRUSTED_PROXIES": "127.0.0.1",
        "MOLAM_GATEWAY_CORS_ORIGINS": "https://shop.example",
        "MOLAM_GATEWAY_RATE_LIMITS": "refused=3/hour,flood=20/hour",
    }


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Iterator[Live]:
    url = f"sqlite:///{tmp_path_factory.mktemp('live')}/live.db"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOLAM_GATEWAY_KEY", environment["MOLAM_GATEWAY_KEY"])
        assert main(["migrate", "--database", url]) == 0
        with serving("--database", url, environment=environment) as (_, facts):
            key = made_key(url)
            with httpx.Client(base_url=str(facts["listening"]), headers={"Authorization": f"Bearer {key}"}) as api:
                yield Live(api, url, facts)


def made_key(url: str) -> str:
    """A key that is made beside the running gateway."""
    account = printed(["accounts", "create", "--database", url])["id"]
    return new_key(url, str(account), "all")


def new_key(url: str, account: str, scopes: str) -> str:
    create = ["keys", "create", "--database", url, "--account", account, "--mode", "live", "--scopes", scopes]
    return str(printed(create)["secret"])


def printed(arguments: list[str]) -> dict[str, object]:
    with contextlib.redirect_stdout(io.StringIO()) as output:
        assert main(arguments) == 0
    document: dict[str, object] = json.loads(output.getvalue())
    return document


def test_it_says_where_it_is_and_no_secret(live: Live) -> None:
    assert live.facts["url"] == PUBLIC
    assert set(live.facts) == {"url", "admin_url", "database", "pid", "version", "listening"}


def test_everything_is_live(live: Live) -> None:
    account = live.api.get("/v1/account")
    assert account.json()["livemode"] is True
    assert account.headers["Request-Id"]


@pytest.mark.parametrize("path", ["/v1/sandbox/ledger", "/v1/sandbox/faults", "/simulators/stripe/v1/charges"])
def test_the_sandbox_is_not_there(live: Live, path: str) -> None:
    assert live.api.get(path).status_code == 404
    assert live.api.post(path, json={}).status_code == 404


def test_cpay_is_not_there(live: Live) -> None:
    names = [each["name"] for each in live.api.get("/api/v1/providers").json()["data"]]
    assert "cpay" not in names
    assert {"mpesa", "paystack", "stripe"} <= set(names)
    for provider in ("cpay", None):
        body = {"amount": 100, "currency": "KES"} | ({} if provider is None else {"provider": provider})
        made = live.api.post("/v1/connect/payment_intents", json=body, headers={"Idempotency-Key": str(provider)})
        assert made.is_client_error
        assert made.json()["param"] == "provider"


def test_test_keys_are_of_the_other_mode(live: Live) -> None:
    refused = live.api.get("/v1/account", headers={"Authorization": "Bearer sk_test_x"})
    assert (refused.status_code, refused.json()["code"]) == (403, "livemode_mismatch")


def test_who_sends_no_key_is_told_of_live_ones(live: Live) -> None:
    refused = live.api.get("/v1/account", headers={"Authorization": ""})
    assert (refused.status_code, "sk_live_" in refused.json()["detail"]) == (401, True)


def test_hosts(live: Live) -> None:
    public = live.api.get("/v1/account", headers={"Host": "pay.example.com"})
    assert public.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "Strict-Transport-Security" not in live.api.get("/v1/account").headers
    assert live.api.get("/v1/account", headers={"Host": "evil.example"}).status_code == 403


def test_guessing_is_counted_by_who_is_behind_the_proxy(live: Live) -> None:
    def guess(forwarded: str) -> int:
        headers = {"Authorization": "Bearer sk_live_guess", "X-Forwarded-For": forwarded}
        return live.api.get("/v1/account", headers=headers).status_code

    assert [guess(f"198.51.100.{number}, 203.0.113.7") for number in range(4)] == [401, 401, 401, 429]
    assert guess("203.0.113.8") == 401


def test_the_audit_trail_names_who_is_behind_the_proxy(live: Live) -> None:
    body = {"url": "https://shop.example/hook", "enabled_events": ["*"]}
    made = live.api.post(
        "/v1/webhook_endpoints", json=body, headers={"Idempotency-Key": "hook", "X-Forwarded-For": "203.0.113.9"}
    )
    assert made.status_code == 201
    entries = live.api.get("/v1/audit_logs").json()["data"]
    assert "203.0.113.9" in [entry["address"] for entry in entries]


def test_endpoints_are_public_https(live: Live) -> None:
    for url in ("http://127.0.0.1:9/", "http://shop.example/", "https://10.0.0.1/"):
        body = {"url": url, "enabled_events": ["*"]}
        refused = live.api.post("/v1/webhook_endpoints", json=body, headers={"Idempotency-Key": url})
        assert refused.status_code == 400


def test_preflights_need_no_key(live: Live) -> None:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,idempotency-key"}
    answered = httpx.options(
        f"{live.api.base_url}/v1/connect/payment_intents", headers={"Origin": "https://shop.example", **asked}
    )
    assert (answered.status_code, answered.headers["Access-Control-Allow-Origin"]) == (200, "https://shop.example")
    assert "Access-Control-Allow-Credentials" not in answered.headers
    for origin in ("https://evil.example", "null", "https://shop.example.evil.example"):
        refused = httpx.options(f"{live.api.base_url}/v1/account", headers={"Origin": origin, **asked})
        assert "Access-Control-Allow-Origin" not in refused.headers


def test_answers_are_shared_with_listed_origins_only(live: Live) -> None:
    shared = live.api.get("/v1/account", headers={"Origin": "https://shop.example"})
    assert shared.headers["Access-Control-Allow-Origin"] == "https://shop.example"
    exposed = shared.headers["Access-Control-Expose-Headers"]
    assert all(name in exposed for name in ("Request-Id", "Retry-After", "RateLimit"))
    assert "Origin" in shared.headers["Vary"]
    foreign = live.api.get("/v1/account", headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in foreign.headers
    refused = live.api.get("/v1/account", headers={"Origin": "https://shop.example", "Authorization": ""})
    assert (refused.status_code, refused.headers["Access-Control-Allow-Origin"]) == (401, "https://shop.example")


def test_a_sandbox_does_not_open_a_live_database(
    live: Live, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "copy.db"
    for suffix in ("", "-wal"):
        shutil.copy(live.database.removeprefix("sqlite:///") + suffix, f"{copy}{suffix}")
    monkeypatch.setenv("MOLAM_GATEWAY_KEY", generate_key())
    assert main(["serve", "--port", "0", "--database", f"sqlite:///{copy}"]) == 1
    assert "a live gateway's" in capsys.readouterr().err


def test_a_live_gateway_does_not_open_a_sandboxs_database(
    tmp_path: Path, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"sqlite:///{tmp_path}/sandbox.db"
    for name in ("MOLAM_GATEWAY_KEY", "MOLAM_GATEWAY_PUBLIC_URL"):
        monkeypatch.setenv(name, environment[name])
    assert main(["migrate", "--database", url]) == 0
    account = str(printed(["accounts", "create", "--database", url])["id"])
    create = ["keys", "create", "--database", url, "--account", account, "--scopes", "all", "--mode"]
    assert printed([*create, "test"])["livemode"] is False
    assert main([*create, "live"]) == 2
    assert "databases of their own" in capsys.readouterr().err
    assert main(["serve", "--live", "--port", "0", "--database", url]) == 1
    assert "a sandbox's" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"MOLAM_GATEWAY_KEY": ""}, "MOLAM_GATEWAY_KEY"),
        ({"MOLAM_GATEWAY_PUBLIC_URL": ""}, "MOLAM_GATEWAY_PUBLIC_URL"),
        ({"MOLAM_GATEWAY_PUBLIC_URL": "http://127.0.0.1:8080"}, "https://"),
        ({"MOLAM_GATEWAY_API_KEY": "sk_test_x"}, "keys create"),
        ({"MOLAM_GATEWAY_SIMULATORS_URL": "http://127.0.0.1:1"}, "SIMULATORS_URL"),
        ({"MOLAM_GATEWAY_DATABASE": ""}, "--database"),
        ({"MOLAM_GATEWAY_MODE": "production"}, "write live or sandbox"),
    ],
)
def test_what_live_mode_needs(
    changed: dict[str, str],
    words: str,
    tmp_path: Path,
    environment: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    given = {**environment, "MOLAM_GATEWAY_DATABASE": f"sqlite:///{tmp_path}/live.db", **changed}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert main(["serve", "--port", "0"]) == 2
    assert words in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_sandbox_that_is_reachable_from_elsewhere(tmp_path: Path, environment: dict[str, str]) -> None:
    variables = {**environment, "MOLAM_GATEWAY_MODE": ""}
    with serving("--host", "0.0.0.0", environment=variables) as (_, facts):
        assert facts["url"] == PUBLIC
        url = str(facts["listening"]).replace("0.0.0.0", "127.0.0.1")
        headers = {"Authorization": f"Bearer {facts['api_key']}", "Host": "pay.example.com"}
        assert httpx.get(f"{url}/v1/account", headers=headers).json()["livemode"] is False
        assert httpx.get(f"{url}/v1/account", headers={**headers, "Host": "0.0.0.0"}).status_code == 403


@pytest.fixture(scope="module")
def watcher(live: Live) -> dict[str, str]:
    """The headers of somebody who runs the gateway."""
    account = live.api.get("/v1/account").json()["id"]
    return {"Authorization": f"Bearer {new_key(live.database, account, 'platform:read')}"}


def stripe(live: Live, account: str) -> dict[str, Any]:
    """A configuration of Stripe for an account there."""
    settings = {"secret_key": "sk_live_0123456789", "webhook_secrets": f"whsec_{account}", "account": account}
    body = {"settings": settings, "environment": "live"}
    made = live.api.post("/api/v1/providers/stripe/config", json=body, headers={"Idempotency-Key": account})
    assert made.status_code == 200, made.text
    document: dict[str, Any] = made.json()
    return document


def sent(live: Live, path: str, sender: str, secret: str = "") -> httpx.Response:  # a secret that signs nothing of ours
    """What an address sends to where a provider's webhooks arrive, signed as Stripe does."""
    body = json.dumps({"id": "evt_1", "object": "event", "type": "unknown.to.us", "data": {"object": {}}})
    signature = signatures.header(body, [secret], int(time.time()))
    headers = {"Stripe-Signature": signature, "X-Forwarded-For": sender, "Content-Type": "application/json"}
    return httpx.post(f"{live.facts['listening']}{path}", content=body, headers=headers)


def refusals(live: Live, watcher: dict[str, str], **labels: str) -> float:
    """How many messages were refused so far."""
    text = httpx.get(f"{live.facts['listening']}/metrics", headers=watcher).text
    return figure(text, "provider_messages_refused_total", **labels) or 0


def test_refused_messages_are_limited_by_address_and_configuration(live: Live, watcher: dict[str, str]) -> None:
    ours, theirs = stripe(live, "acct_ours1"), stripe(live, "acct_theirs")
    here, there = (str(each["webhook_url"]).removeprefix(PUBLIC) for each in (ours, theirs))
    codes = ("signature_invalid", "rate_limited")
    before = [refusals(live, watcher, provider="stripe", code=code) for code in codes]
    forged = [sent(live, here, "203.0.113.60").status_code for _ in range(5)]
    assert forged == [401, 401, 401, 429, 429]
    assert sent(live, here, "203.0.113.60", "whsec_acct_ours1").status_code == 200, "the provider's is never lost"
    assert sent(live, there, "203.0.113.60", "whsec_acct_theirs").status_code == 200, "another merchant's at one sender"
    assert sent(live, here, "203.0.113.61", "whsec_acct_ours1").status_code == 200, "another address"
    after = [refusals(live, watcher, provider="stripe", code=code) for code in codes]
    assert [now - then for now, then in zip(after, before, strict=True)] == [3, 2]


def test_a_flood_from_where_a_provider_sends_does_not_stop_what_is_somebodys(live: Live) -> None:
    """Bad messages of one merchant arrive from the addresses that everybody's messages arrive from."""
    here, there = (str(stripe(live, f"acct_{name}1")["webhook_url"]).removeprefix(PUBLIC) for name in ("bad", "good"))
    assert [sent(live, here, "203.0.113.65").status_code for _ in range(25)] == [401] * 3 + [429] * 22
    assert sent(live, there, "203.0.113.65", "whsec_acct_good1").status_code == 200
    assert sent(live, "/api/v1/webhooks/stripe?configuration=pc_nobody", "203.0.113.65").status_code == 429
    assert sent(live, f"/api/v1/callbacks/{'7' * 40}", "203.0.113.65").status_code == 429


def test_guessed_callback_addresses_are_a_flood(live: Live, watcher: dict[str, str]) -> None:
    before = refusals(live, watcher, provider="callback")
    answers = [sent(live, f"/api/v1/callbacks/{number:040}", "203.0.113.70").status_code for number in range(22)]
    assert answers == [404] * 20 + [429] * 2
    assert refusals(live, watcher, provider="callback") - before == 22


def test_all_is_what_concerns_an_account_and_not_the_platform(live: Live, watcher: dict[str, str]) -> None:
    url = str(live.facts["listening"])
    assert live.api.get("/metrics").json()["code"] == "scope_missing"
    assert live.api.get("/api/v1/health").json()["checks"] == []
    figures = live.api.get("/api/v1/metrics").json()
    assert (figures["process"], figures["jobs"]) == (None, [])
    assert httpx.get(f"{url}/metrics", headers=watcher).status_code == 200
    assert {each["name"] for each in httpx.get(f"{url}/api/v1/health", headers=watcher).json()["checks"]} >= {
        "database"
    }
    assert httpx.get(f"{url}/api/v1/metrics", headers=watcher).json()["code"] == "scope_missing"
