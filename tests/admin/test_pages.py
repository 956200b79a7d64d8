"""What the dashboard's pages show, and to whom."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from molam_gateway.embedded import Sandbox
from tests.gateway_fixtures import Api, Receiver, eventually

from .keys import new_key, read, write
from .letters import die
from .person import Markup, Person

HOSTILE = ("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "javascript:alert(1)", "{{ 7 * 7 }}", "' x='")
LISTS = ("", "/payments", "/payments/rows", "/webhooks", "/webhooks/redrive", "/providers", "/cases", "/sdks")


def paid(api: Api, **members: object) -> dict[str, Any]:
    return api.intent(payment_method="pm_cpay_ok", confirm=True, **members)


def test_every_page_is_strict(person: Person, api: Api) -> None:
    paths = [*LISTS, "/sign-in", f"/payments/{paid(api)['id']}", "/payments/pi_x", "/static/x.css"]
    for path in paths:
        answer = person.get(f"/admin{path}")
        assert answer.headers["x-content-type-options"] == "nosniff", path
        assert answer.headers["cache-control"] == "no-store", path
        if "text/html" in answer.headers.get("content-type", ""):
            policy = answer.headers["content-security-policy"]
            assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
            assert "frame-ancestors 'none'" in policy
            assert "unsafe" not in policy
            for tag, attributes in Markup(answer.text).tags:
                assert not {name for name in attributes if name.startswith("on") or name == "style"}, (path, tag)
                assert tag != "style"
                assert tag != "script" or attributes.get("src", "").startswith("/admin/static/")  # type: ignore[union-attr]


def test_files_never_change_under_their_names(person: Person) -> None:
    paths = {
        str(attributes.get("src") or attributes.get("href"))
        for tag, attributes in Markup(person.get("/admin").text).tags
        if tag in ("script", "link")
    }
    assert len(paths) == 3
    for path in paths:
        answer = httpx.get(person.url + path)
        assert (answer.status_code, "immutable" in answer.headers["cache-control"]) == (200, True)
        assert "set-cookie" not in answer.headers


def test_hostile_text_is_text(person: Person, api: Api) -> None:
    for text in HOSTILE:
        members = {"metadata": {"note": text, "<b>": "x"}, "description": text}
        intent = paid(api, **members, return_url="https://shop.example/?a=%22%3E%3Cscript%3E")
        for answer in (
            person.get(f"/admin/payments/{intent['id']}"),
            person.get("/admin/payments", customer=text),
            person.get("/admin/payments/rows", customer=text, provider=text, begin=text, after=text),
            person.get("/admin/webhooks/redrive", endpoint=text, begin=text),
            person.get("/admin/payments/" + text.replace("/", "")),
        ):
            tags = Markup(answer.text).tags
            assert not [tag for tag, _ in tags if tag in ("img", "b")], text
            assert not [value for tag, each in tags if tag == "script" for value in each.values() if value == "x"]
            assert "alert(1)" not in " ".join(str(value) for tag, each in tags if tag == "a" for value in each.values())
            assert "<script>alert" not in answer.text
        assert "49" not in person.get("/admin/payments", customer="{{ 7 * 7 }}").text.partition("<tbody")[0][-200:]


def test_what_an_endpoint_answers_is_text(person: Person, api: Api) -> None:
    with Receiver(500) as failing:
        failing.answer = b"<script>alert(1)</script>"
        endpoint = api.endpoint(f"{failing.url}?token=hunter2", "payment_intent.created")
        intent = api.intent()
        failing.wait(1)
        eventually(lambda: "500" in person.get(f"/admin/payments/{intent['id']}").text)
        delivery = api.get("/v1/webhook_deliveries", endpoint_id=endpoint["id"]).json()["data"][0]["id"]
        shown = person.get(f"/admin/deliveries/{delivery}").text
        assert "&lt;script&gt;alert(1)" in shown
        assert "<script>alert" not in shown
        assert "hunter2" not in person.get("/admin/webhooks").text
    api.client.delete(f"/v1/webhook_endpoints/{endpoint['id']}", headers={"Idempotency-Key": endpoint["id"]})


def test_no_page_shows_a_secret(person: Person, api: Api, sandbox: Sandbox) -> None:
    endpoint = api.endpoint("http://127.0.0.1:9/hook")
    intent = paid(api, customer={"email": "amina@example.com", "phone": "+221771235678"})
    secrets = (sandbox.api_key, sandbox.webhook_secret, endpoint["secret"], "771235678", "amina@example.com")
    for path in (*LISTS, f"/payments/{intent['id']}"):
        text = person.get(f"/admin{path}").text
        assert not [secret for secret in secrets if secret in text], path
    api.client.delete(f"/v1/webhook_endpoints/{endpoint['id']}", headers={"Idempotency-Key": endpoint["id"]})


def test_the_list_narrows_down(person: Person, api: Api) -> None:
    open_one, done = api.intent(customer_id="cus_narrow"), paid(api, customer_id="cus_narrow")
    both = person.get("/admin/payments", customer="cus_narrow").text
    assert (open_one["id"] in both, done["id"] in both) == (True, True)
    succeeded = person.get("/admin/payments", customer="cus_narrow", status="succeeded", provider="cpay").text
    assert (open_one["id"] in succeeded, done["id"] in succeeded) == (False, True)
    assert "No payments here." in person.get("/admin/payments", begin="2999-01-01T00:00").text
    assert done["id"] in person.get("/admin/payments", begin="2001-01-01T00:00", end="2999-01-01T00:00").text
    for nonsense in ({"status": "x"}, {"begin": "x"}, {"after": "x\0"}, {"customer": "\0"}):
        assert person.get("/admin/payments", **nonsense).status_code == 200


def test_pages_of_the_list_follow_each_other(person: Person, api: Api) -> None:
    made = [api.intent(customer_id="cus_many")["id"] for _ in range(26)]
    first = person.get("/admin/payments", customer="cus_many").text
    assert (made[-1] in first, made[0] in first) == (True, False)
    (older,) = [str(each["href"]) for _, each in Markup(first).tags if each.get("rel") == "next"]
    second = person.get(older).text
    assert (made[0] in second, made[1] in second, "data-live" in second) == (True, False, False)


def test_the_search_finds_a_payment_by_what_belongs_to_it(person: Person, api: Api) -> None:
    intent = paid(api, customer_id="cus_found")
    refund = api.made(f"/v1/connect/charges/{intent['latest_charge']}/refund", {"amount": 100})
    charge = api.get(f"/v1/connect/charges/{intent['latest_charge']}").json()
    words = [intent["id"], intent["latest_charge"], refund["id"], charge.get("provider_reference")]
    for word in filter(None, words):
        assert person.get("/admin/search", q=f" {word} ").headers["location"] == f"/admin/payments/{intent['id']}"
    assert person.get("/admin/search", q="cus_found").headers["location"] == "/admin/payments?customer=cus_found"
    assert person.get("/admin/search", q="\0").headers["location"] == "/admin/payments"


def test_a_timeline_has_everything_in_the_order_of_time(person: Person, api: Api, receiver: Receiver) -> None:
    endpoint = api.endpoint(receiver.url)
    intent = paid(api)
    api.made(f"/v1/connect/charges/{intent['latest_charge']}/refund", {"amount": 100})
    receiver.wait(4)
    api.advance(0)
    page = person.get(f"/admin/payments/{intent['id']}").text
    kinds = {str(each.get("class")) for tag, each in Markup(page).tags if tag == "li"}
    assert {"attempt", "refund", "event", "audit"} <= kinds
    times = [str(each["datetime"]) for tag, each in Markup(page.partition("timeline")[2]).tags if tag == "time"]
    assert times == sorted(times)
    assert "create_payment_intent" in page
    assert endpoint["id"] in page
    api.client.delete(f"/v1/webhook_endpoints/{endpoint['id']}", headers={"Idempotency-Key": endpoint["id"]})


def test_scopes_decide_what_is_shown(sandbox: Sandbox, database: Path, api: Api) -> None:
    intent = paid(api)
    with Person(sandbox.url) as watcher:
        watcher.sign_in(new_key(database, "ops:read"))
        expected = {"": 200, "/sdks": 200, "/cases": 200, "/payments": 403, "/webhooks": 403, "/providers": 403}
        assert {path: watcher.get(f"/admin{path}").status_code for path in expected} == expected
        assert "/admin/webhooks" not in watcher.get("/admin").text
        assert watcher.get("/admin/payments/rows").status_code == 403
        form = {"csrf": watcher.csrf("/admin"), "once": "0" * 32}
        assert watcher.post("/admin/webhooks/redrive", form).status_code == 403
    with Person(sandbox.url) as reader:
        reader.sign_in(new_key(database, "ops:read", "payments:read"))
        page = reader.get(f"/admin/payments/{intent['id']}").text
        assert ("audit:read and webhooks:admin" in page, 'class="audit"' in page, 'class="event"' in page) == (
            True,
            False,
            False,
        )


def test_another_account_sees_nothing_of_ours(sandbox: Sandbox, database: Path, api: Api) -> None:
    """Every page that names an object is 404, and every list is empty."""
    scopes = ("ops:read", "payments:read", "webhooks:admin", "audit:read", "providers:admin")
    with Receiver(500) as failing, Person(sandbox.url) as stranger:
        endpoint = api.endpoint(failing.url, "payment_intent.created")
        intent = paid(api, customer_id="cus_ours")
        die(api, endpoint["id"])
        delivery = api.get("/v1/webhook_deliveries", endpoint_id=endpoint["id"]).json()["data"][0]["id"]
        case = a_case(database, intent)
        stranger.sign_in(new_key(database, *scopes, account="acct_stranger"))
        for path in (f"payments/{intent['id']}", f"deliveries/{delivery}", f"cases/{case}"):
            assert stranger.get(f"/admin/{path}").status_code == 404
        for path in LISTS:
            text = stranger.get(f"/admin{path}").text
            assert not [id for id in (intent["id"], endpoint["id"], delivery, case, "cus_ours") if id in text], path
        found = stranger.get("/admin/search", q=intent["latest_charge"]).headers["location"]
        assert intent["id"] not in found
        form = {"csrf": stranger.csrf("/admin"), "once": "1" * 32}
        assert stranger.post(f"/admin/deliveries/{delivery}/redrive", form).status_code == 404
        assert (
            stranger.post(f"/admin/cases/{case}", {**form, "resolution": "failed", "evidence": "x"}).status_code == 404
        )
        redriven = stranger.post("/admin/webhooks/redrive", {**form, "once": "2" * 32})
        assert redriven.headers["location"].endswith("redriven=0")
        assert len(failing.deliveries) == 6
    api.client.delete(f"/v1/webhook_endpoints/{endpoint['id']}", headers={"Idempotency-Key": endpoint["id"]})


def test_providers_are_shown_with_their_health_and_no_settings(person: Person, api: Api) -> None:
    paid(api)
    page = person.get("/admin/providers").text
    assert all(name in page for name in ("cpay", "mpesa", "stripe", "paystack", "last success".title()[:4]))
    assert not [word for word in ("secret_key", "passkey", "sk_test", "consumer_secret") if word in page]


def a_case(database: Path, intent: dict[str, Any]) -> str:
    (account,) = read(database, "SELECT account_id FROM payment_intents WHERE id = ?", intent["id"])
    id = f"oc_{intent['id'].partition('_')[2]}"
    write(
        database,
        "INSERT INTO operator_cases (id, account_id, livemode, kind, subject, provider, payment_intent, detail,"
        " status, created_at, updated_at, sequence)"
        " VALUES (?, ?, 0, 'contradiction', ?, 'cpay', ?, 'It <b>differs</b>.', 'open', 1, 1, 1)",
        id,
        str(account[0]),
        f"at_{id}",
        intent["id"],
    )
    return id


def test_a_case_is_resolved_on_evidence(person: Person, api: Api, database: Path) -> None:
    path = f"/admin/cases/{a_case(database, paid(api))}"
    assert "It &lt;b&gt;differs&lt;/b&gt;." in person.get(path).text
    form = {"csrf": person.csrf(path), "resolution": "succeeded"}
    assert person.post(path, form).status_code == 400
    assert person.post(path, {**form, "evidence": "4242 4242 4242 4242"}).status_code == 400
    assert person.post(path, {**form, "resolution": "x", "evidence": "receipt"}).status_code == 400
    assert person.post(path, {**form, "evidence": "seen", "receipt": "receipt QK12"}).status_code == 400
    assert person.post(path, {**form, "evidence": "receipt QK12", "receipt": "QK12"}).status_code == 303
    shown = person.get(path).text
    assert ("receipt QK12" in shown, "key_" in shown) == (True, True)
    assert person.post(path, {**form, "evidence": "receipt QK12"}).status_code == 409
    entries = api.get("/v1/audit_logs", resource_id=path.rpartition("/")[2]).json()["data"]
    assert [(entry["action"], entry["actor"]["type"]) for entry in entries] == [("operator_case.resolved", "user")]


@pytest.mark.parametrize(
    "edge", ["0001-01-01T00:00+14:00", "9999-12-31T23:59-14:00", "9999-12-31T23:59:59.999999", "10000-01-01"]
)
def test_dates_at_the_edge_are_no_dates(person: Person, edge: str) -> None:
    for path in ("/admin/payments", "/admin/payments/rows", "/admin/webhooks/redrive"):
        for name in ("begin", "end"):
            assert person.get(path, **{name: edge}).status_code == 200
    form = {"csrf": person.csrf("/admin/webhooks"), "once": "2" * 32, "begin": "9999-12-31T00:00", "end": edge}
    assert person.post("/admin/webhooks/redrive", form).status_code < 500


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_nothing_else_is_answered(person: Person, method: str) -> None:
    assert person.client.request(method, "/admin/payments").status_code == 405
    assert person.get("/admin/nothing").status_code == 404


def test_the_lists_script_gets_a_ticket_for_a_form_of_ours(person: Person) -> None:
    csrf = person.csrf("/admin/payments")
    answer = person.post("/admin/payments/ticket", {"csrf": csrf})
    assert (answer.status_code, answer.json()["channel"]) == (201, "events")
    assert person.post("/admin/payments/ticket", {"csrf": csrf}, origin="http://evil.example").status_code == 403
