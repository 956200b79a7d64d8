"""The example with subscriptions as it runs: uvicorn, a sandbox, a customer with a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from molam_gateway.embedded import Sandbox
from molam_sdk import MolamClient
from tests.admin.conftest import browser
from tests.contrib.running import running

__all__ = ["browser"]

pytestmark = pytest.mark.timeout(120)


def press(browser: Chrome, words: str) -> None:
    browser.find_element(By.XPATH, f"//button[contains(., '{words}')]").click()


def shows(browser: Chrome, words: str) -> None:
    WebDriverWait(browser, 20, poll_frequency=0.05).until(lambda _: words in browser.page_source)


def test_a_subscription_is_paid_and_activated_and_another_refused(browser: Chrome, tmp_path: Path) -> None:
    serve = ("-m", "uvicorn", "saas.app:app", "--port", "0")
    with Sandbox() as sandbox:
        variables = {
            "MOLAM_API_BASE": sandbox.url,
            "MOLAM_API_KEY": sandbox.api_key,
            "MOLAM_WEBHOOK_SECRET": sandbox.webhook_secret,
            "SAAS_DATABASE": str(tmp_path / "saas.db"),
        }
        with (
            running(
                "fastapi_subscriptions", tmp_path / "log", *serve, says=r"http://127\.0\.0\.1:\d+", **variables
            ) as url,
            MolamClient(api_key=sandbox.api_key, api_base=sandbox.url) as client,
        ):
            client.webhook_endpoints.create(url=f"{url}/webhooks/molam", enabled_events=["*"])
            for plan, decision, words in (
                ("basic", "Approve", "Your subscription is active."),
                ("team", "Refuse", "The payment did not succeed."),
            ):
                browser.get(url)
                press(browser, f"Subscribe to {plan}")
                shows(browser, decision)
                assert browser.current_url.startswith(sandbox.url)
                press(browser, decision)
                shows(browser, words)
                assert browser.current_url.startswith(f"{url}/subscriptions/sub_")
            documented = httpx.get(f"{url}/openapi.json").json()
            assert sorted(documented["paths"]) == ["/subscriptions", "/subscriptions/{subscription}"]
            assert httpx.post(f"{url}/webhooks/molam", content=b"{}").status_code == 400
            client.sandbox.advance_clock(seconds=0)  # everything that is due is delivered then
            deliveries = list(client.webhook_deliveries.list())
    assert {delivery.status for delivery in deliveries} == {"delivered"}
    log: list[dict[str, Any]] = browser.get_log("browser")  # type: ignore[no-untyped-call]
    assert [entry for entry in log if entry["level"] in ("SEVERE", "WARNING")] == []
