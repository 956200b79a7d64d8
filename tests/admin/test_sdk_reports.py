"""What SDKs tell of themselves is added up by version and day, and by nothing else."""

from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from molam_gateway.domain.sdk_reports import Tally, percentile, tally, version_of
from molam_gateway.embedded import Sandbox
from molam_gateway.http.permissions import ALL_SCOPES, MERCHANT_SCOPES
from molam_sdk import MolamClient
from molam_sdk import __version__ as sdk_version
from tests.contract.tenants import Operator

from .person import Person

REPORT = "op=create_payment_intent;status=200;attempts=2;ms=120"


def test_a_report_is_read() -> None:
    told = tally(f"{REPORT},op=list_refunds;status=0;attempts=1;ms=9000,op=x;status=503;attempts=1;ms=3000")
    assert told == Tally(3, 1, 1, 1, 12_120, within_300=1, within_3000=1)


@pytest.mark.parametrize("header", ["", "op=x", "op=X;status=1;attempts=1;ms=1", "x" * 600, f"{REPORT};acct=1", "op=é"])
def test_what_is_in_another_form_is_not(header: str) -> None:
    assert tally(header) == Tally()


@given(st.text(max_size=600))
def test_no_header_is_too_strange(header: str) -> None:
    assert tally(header).calls >= 0
    version_of(header)


@pytest.mark.parametrize(
    ("agent", "version"),
    [
        ("molam-sdk-python/1.2.3 python/3.12.1", "1.2.3"),
        ("molam-sdk-python/1.0.0rc1 x", "1.0.0rc1"),
        ("molam-sdk-python/acct_secret python/3", None),
        ("molam-sdk-python/1.2.3-merchant python/3", None),
        ("curl/8", None),
    ],
)
def test_only_versions_count(agent: str, version: str | None) -> None:
    assert version_of(agent) == version


def test_percentiles_are_bounds() -> None:
    told = Tally(calls=10, within_100=5, within_300=4)
    assert (percentile(told, 0.5), percentile(told, 0.9), percentile(told, 0.95)) == (100, 300, None)
    assert percentile(Tally(), 0.5) is None


def test_the_sdks_own_reports_arrive(sandbox: Sandbox, person: Person) -> None:
    with MolamClient(api_key=sandbox.api_key, api_base=sandbox.url, telemetry=True) as client:
        for _ in range(3):
            client.payment_intents.create(amount=100, currency="USD")
    assert f">{sdk_version}</th><td>2</td>" in person.get("/admin/sdks").text


def test_an_account_sees_its_own_and_the_platform_all(sandbox: Sandbox, database: Path) -> None:
    operator = Operator(database)
    other, reporting = operator.account(), {"User-Agent": "molam-sdk-python/7.7.7 x", "Molam-Client-Telemetry": REPORT}
    key = operator.key(other, MERCHANT_SCOPES).secret
    assert httpx.get(f"{sandbox.url}/v1/account", headers={**reporting, "Authorization": f"Bearer {key}"}).is_success
    owner = operator.account()
    pages = {
        "their own": key,
        "another account's": operator.key(owner, MERCHANT_SCOPES).secret,
        "the platform's": operator.key(owner, ALL_SCOPES).secret,
    }
    seen: dict[str, bool] = {}
    for name, secret in pages.items():
        with Person(sandbox.url) as person:
            person.sign_in(secret)
            seen[name] = "7.7.7" in person.get("/admin/sdks").text
    assert seen == {"their own": True, "another account's": False, "the platform's": True}


@pytest.mark.parametrize("path", ["/api/v1/health", "/api/v1/health/live", "/nowhere"])
def test_what_needs_no_key_reports_nothing(sandbox: Sandbox, person: Person, path: str) -> None:
    agent = {"User-Agent": "molam-sdk-python/9.9.8 python/3.12", "Molam-Client-Telemetry": REPORT}
    httpx.get(f"{sandbox.url}{path}", headers=agent)
    assert "9.9.8" not in person.get("/admin/sdks").text


def test_strangers_report_nothing(sandbox: Sandbox) -> None:
    agent = {"User-Agent": "molam-sdk-python/9.9.9 python/3.12", "Molam-Client-Telemetry": REPORT}
    httpx.get(f"{sandbox.url}/v1/account", headers={**agent, "Authorization": "Bearer sk_test_wrong"})
    with Person(sandbox.url) as person:
        person.sign_in(sandbox.api_key)
        assert "9.9.9" not in person.get("/admin/sdks").text
