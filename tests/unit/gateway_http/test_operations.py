"""Who may see how the gateway is, over HTTP."""

import sqlite3
from pathlib import Path

import httpx
import pytest

from molam_gateway.embedded import Sandbox
from tests.gateway_fixtures import Api

HEALTH = ("/api/v1/health", "/api/v1/health/live", "/api/v1/health/ready")


@pytest.mark.parametrize("path", HEALTH)
def test_health_needs_no_key_and_tells_strangers_nothing_else(shared_gateway: Sandbox, path: str) -> None:
    answer = httpx.get(shared_gateway.url + path)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert answer.json() == {"object": "health", "status": "ok", "checks": [], "livemode": False}


def test_a_key_with_the_scope_sees_the_parts(shared_api: Api) -> None:
    checks = shared_api.get("/api/v1/health").json()["checks"]
    assert {check["name"]: check["status"] for check in checks} == {"database": "ok", "jobs": "ok"}
    assert shared_api.get("/api/v1/health/live").json()["checks"] == []


def test_a_wrong_key_is_refused_where_keys_count_and_not_looked_at_elsewhere(shared_gateway: Sandbox) -> None:
    wrong = {"Authorization": "Bearer sk_test_nobody"}
    assert httpx.get(shared_gateway.url + HEALTH[0], headers=wrong).status_code == 401
    for path in HEALTH[1:]:
        assert httpx.get(shared_gateway.url + path, headers=wrong).status_code == 200


def test_figures_need_a_key_and_the_scope(tmp_path: Path) -> None:
    database = tmp_path / "gateway.db"
    with Sandbox(database=database) as sandbox:
        assert httpx.get(f"{sandbox.url}/api/v1/metrics").status_code == 401
        api = Api(sandbox.url, sandbox.api_key)
        assert api.get("/api/v1/metrics").status_code == 200
        connection = sqlite3.connect(database)
        with connection:
            connection.execute("UPDATE api_keys SET scopes = 'payments:read payments:write'")
        connection.close()
        refused = api.get("/api/v1/metrics")
        assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
        assert api.get("/api/v1/health").json()["checks"] == []
        intent = api.intent(payment_method="pm_cpay_ok", confirm=True)
        path = f"/api/v1/payments/{intent['id']}"
        assert api.post(f"{path}/refund", {}).json()["code"] == "scope_missing"
        assert {entry["address"] for entry in api.get(path).json()["audit_trail"]} == {None}
        api.client.close()
