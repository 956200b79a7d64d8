"""Whole stories in a real browser, whose console must stay empty."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.wait import WebDriverWait

from molam_gateway.embedded import Sandbox
from tests.gateway_fixtures import Api, Receiver

from .letters import die

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
def quiet(browser: Chrome) -> Iterator[Chrome]:
    """The browser, which nothing may have to complain about in the end: no error, no breach of the policy."""
    yield browser
    log: list[dict[str, Any]] = browser.get_log("browser")  # type: ignore[no-untyped-call]
    assert [entry for entry in log if entry["level"] in ("SEVERE", "WARNING")] == []


def until(browser: Chrome, true: Callable[[], bool]) -> None:
    WebDriverWait(browser, 15, poll_frequency=0.05).until(lambda _: true())


def press(browser: Chrome, words: str) -> None:
    browser.find_element(By.XPATH, f"//button[contains(., '{words}')]").click()


def text(browser: Chrome) -> str:
    return browser.find_element(By.TAG_NAME, "main").text


def sign_in(browser: Chrome, sandbox: Sandbox) -> None:
    browser.delete_all_cookies()
    browser.get(f"{sandbox.url}/admin")
    browser.find_element(By.ID, "key").send_keys(sandbox.api_key)
    press(browser, "Sign in")
    until(browser, lambda: browser.current_url.endswith("/admin"))


def test_signing_in_seeing_a_payment_appear_and_signing_out(quiet: Chrome, sandbox: Sandbox, api: Api) -> None:
    sign_in(quiet, sandbox)
    quiet.find_element(By.LINK_TEXT, "Payments").click()
    assert text(quiet).startswith("Payments")
    intent = api.intent(customer_id="cus_live")
    until(quiet, lambda: intent["id"] in quiet.page_source)
    until(quiet, lambda: "new payment" in quiet.find_element(By.ID, "news").text)
    api.made(f"/v1/connect/payment_intents/{intent['id']}/confirm", {"payment_method": "pm_cpay_ok"})
    row = quiet.find_element(By.CSS_SELECTOR, f"tr[data-id={intent['id']}]")
    until(quiet, lambda: "succeeded" in row.text)
    press(quiet, "Pause updates")
    assert quiet.find_element(By.ID, "pause").text == "Resume updates"

    Select(quiet.find_element(By.NAME, "status")).select_by_value("canceled")
    press(quiet, "Filter")
    until(quiet, lambda: "status=canceled" in quiet.current_url)
    assert intent["id"] not in quiet.page_source

    quiet.find_element(By.ID, "q").send_keys(intent["latest_charge"] or intent["id"])
    press(quiet, "Find")
    until(quiet, lambda: quiet.current_url.endswith(intent["id"]))
    assert "create_payment_intent" in text(quiet)
    press(quiet, "Sign out")
    until(quiet, lambda: quiet.current_url.endswith("/admin/sign-in"))
    quiet.back()
    assert intent["id"] not in text(quiet)


def test_redriving_a_dead_letter(quiet: Chrome, sandbox: Sandbox, api: Api) -> None:
    with Receiver(*[500] * 6, 200) as recovering:
        endpoint = api.endpoint(recovering.url, "payment_intent.created")
        api.intent()
        die(api, endpoint["id"])
        sign_in(quiet, sandbox)
        quiet.find_element(By.LINK_TEXT, "Webhooks").click()
        quiet.find_element(By.CSS_SELECTOR, f"a[href*='redrive?endpoint={endpoint['id']}']").click()
        assert "1 dead letters would begin anew" in text(quiet)
        press(quiet, "Redrive them")
        until(quiet, lambda: "1 dead letters begin anew" in text(quiet))
        recovering.wait(7)
        assert len({delivery.headers["webhook-id"] for delivery in recovering.deliveries}) == 1


def test_the_printed_address_and_every_page(quiet: Chrome) -> None:
    """Without the key, at the width of a phone: no page is wider than the screen."""
    with Sandbox() as other:
        api = Api(other.url, other.api_key)
        intent = api.intent(payment_method="pm_cpay_ok", confirm=True)
        api.close()
        driver: Any = quiet  # what follows has no whole types in selenium
        driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": 360, "height": 740, "deviceScaleFactor": 1, "mobile": False},
        )
        try:
            quiet.get(other.admin_url)
            press(quiet, "Open the dashboard")
            until(quiet, lambda: quiet.current_url.endswith("/admin"))
            for path in ("", "/payments", f"/payments/{intent['id']}", "/webhooks", "/providers", "/cases", "/sdks"):
                quiet.get(f"{other.url}/admin{path}")
                assert driver.execute_script("return document.documentElement.scrollWidth") <= 360, path
                assert unnamed(driver) == []
        finally:
            driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def unnamed(browser: Any) -> list[str]:
    """Controls that a screen reader could not name, by the browser's own accessibility tree."""
    nodes = browser.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    roles = ("button", "link", "textbox", "combobox", "radio", "image", "navigation", "region")
    return [
        str(node["role"])
        for node in nodes
        if node.get("role", {}).get("value") in roles and not node.get("name", {}).get("value") and not node["ignored"]
    ]


def test_the_api_reference_shows_every_resource_and_calls_the_sandbox(quiet: Chrome, sandbox: Sandbox) -> None:
    quiet.get(f"{sandbox.url}/docs")
    until(quiet, lambda: bool(quiet.find_elements(By.CSS_SELECTOR, "[data-tag=gateway_health]")))
    tags = {each.get_attribute("data-tag") for each in quiet.find_elements(By.CSS_SELECTOR, "[data-tag]")}
    assert {"payment_intents", "refunds", "webhook_endpoints", "gateway_payments"} <= tags
    quiet.find_element(By.CSS_SELECTOR, "[data-tag=gateway_health]").click()
    until(quiet, lambda: bool(quiet.find_elements(By.ID, "operations-gateway_health-get_liveness")))
    operation = quiet.find_element(By.ID, "operations-gateway_health-get_liveness")
    operation.find_element(By.CSS_SELECTOR, ".opblock-summary-control").click()
    until(quiet, lambda: "Try it out" in operation.text)
    operation.find_element(By.CSS_SELECTOR, ".try-out__btn").click()
    operation.find_element(By.CSS_SELECTOR, ".execute").click()
    until(quiet, lambda: '"status": "ok"' in operation.find_element(By.CSS_SELECTOR, ".live-responses-table").text)
