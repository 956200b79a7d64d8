"""The pages for people."""

import httpx
import pytest

from molam_gateway.http import pages
from tests.gateway_fixtures import Api, Receiver

INTENTS = "/v1/connect/payment_intents"


def action(api: Api, **members: object) -> tuple[str, str]:
    intent = api.intent(payment_method="pm_cpay_action", confirm=True, **members)
    assert intent["status"] == "requires_action"
    return intent["id"], intent["next_action"]["redirect_url"]


def status(api: Api, intent_id: str) -> str:
    return str(api.get(f"{INTENTS}/{intent_id}").json()["status"])


def assert_safe(page: httpx.Response) -> None:
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script" not in policy
    assert "<script" not in page.text.lower()
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["cache-control"] == "no-store"


def test_the_customer_is_asked_before_anything_happens(api: Api) -> None:
    intent_id, url = action(api)
    page = httpx.get(url)
    assert (page.status_code, "Approve" in page.text, intent_id in page.text) == (200, True, True)
    assert_safe(page)
    assert status(api, intent_id) == "requires_action"


def test_approving(api: Api, receiver: Receiver) -> None:
    api.endpoint(receiver.url, "payment_intent.succeeded")
    intent_id, url = action(api)
    done = httpx.post(url, data={"decision": "approve"})
    assert (done.status_code, "approved" in done.text) == (200, True)
    assert_safe(done)
    assert status(api, intent_id) == "succeeded"
    receiver.wait(1)


def test_a_browser_lets_the_customer_go_back_to_the_shop_and_nowhere_else(api: Api) -> None:
    """Chromium follows no redirect of a form to where the page's policy does not let forms go."""
    _, url = action(api, return_url="http://shop.example:8000/back?order=1", cancel_url="https://shop.example/no")
    policy = httpx.get(url).headers["content-security-policy"]
    assert policy.endswith("form-action 'self' http://shop.example:8000 https://shop.example")
    assert httpx.get(action(api)[1]).headers["content-security-policy"].endswith("form-action 'self'")


def test_refusing(api: Api) -> None:
    intent_id, url = action(api)
    assert "refused" in httpx.post(url, data={"decision": "refuse"}).text
    assert status(api, intent_id) == "requires_payment_method"


def test_a_second_decision_changes_nothing(api: Api) -> None:
    intent_id, url = action(api)
    httpx.post(url, data={"decision": "approve"})
    httpx.post(url, data={"decision": "refuse"})
    assert status(api, intent_id) == "succeeded"
    assert "does not wait" in httpx.get(url).text


def test_the_customer_is_sent_back_to_the_shop(api: Api) -> None:
    shop, cancel = "https://shop.example.com/thanks?a=1", "https://shop.example.com/cart"
    _, approved = action(api, return_url=shop, cancel_url=cancel)
    _, refused = action(api, return_url=shop, cancel_url=cancel)
    _, plain = action(api, return_url=shop)
    assert httpx.post(approved, data={"decision": "approve"}).headers["location"] == shop
    assert httpx.post(refused, data={"decision": "refuse"}).headers["location"] == cancel
    answer = httpx.post(plain, data={"decision": "refuse"})
    assert (answer.status_code, answer.headers["location"]) == (303, shop)


@pytest.mark.parametrize("content", [b"", b"decision=maybe", b"x" * 5000, b"\xff"])
def test_a_form_without_a_decision_asks_again(api: Api, content: bytes) -> None:
    intent_id, url = action(api)
    assert "Approve" in httpx.post(url, content=content).text
    assert status(api, intent_id) == "requires_action"


def test_an_unknown_link(api: Api) -> None:
    url = f"{api.client.base_url}/sandbox/actions/act_unknown"
    for answer in (httpx.get(url), httpx.post(url, data={"decision": "approve"})):
        assert (answer.status_code, "no payment" in answer.text) == (404, True)


def test_whatever_is_shown_is_escaped() -> None:
    shown = pages.page("<b>", pages.paragraph("<i>"), pages.table("<u>", ["<th>"], [["<script>", None, 5]]))
    text = bytes(shown.body).decode()
    assert not [tag for tag in ("<b>", "<i>", "<u>", "<th><th>", "<script>") if tag in text]
    assert "&lt;script&gt;" in text


def test_an_onboardings_link_leads_somewhere(api: Api) -> None:
    members = {"business_name": "Shop", "business_type": "company", "country": "SN", "email": "a@example.com"}
    onboarding = api.made("/v1/connect/merchant_onboardings", {**members, "phone": "+221771235678"})
    page = httpx.get(onboarding["onboarding_url"])
    assert (page.status_code, onboarding["id"] in page.text) == (200, True)
    assert httpx.get(onboarding["onboarding_url"] + "x").status_code == 404
