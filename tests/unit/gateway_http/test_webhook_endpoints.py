"""Registering, changing and deleting receivers."""

import contextlib
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from molam_gateway.embedded import Sandbox
from tests.gateway_fixtures import Api, Receiver

ENDPOINTS = "/v1/webhook_endpoints"
URL = "https://shop.example.com/hook"


def test_the_secret_is_shown_once(api: Api) -> None:
    made = api.endpoint(URL, "payment_intent.succeeded", description="Shop")
    assert made["secret"].startswith("whsec_")
    assert made["enabled_events"] == ["payment_intent.succeeded"]
    assert (made["status"], made["description"], made["livemode"]) == ("enabled", "Shop", False)
    shown = api.get(f"{ENDPOINTS}/{made['id']}").json()
    assert shown == {**made, "secret": None}
    assert api.get(ENDPOINTS).json()["data"] == [shown]


def test_a_replayed_creation_shows_the_same_secret(api: Api) -> None:
    body = {"url": URL, "enabled_events": ["*"]}
    first = api.post(ENDPOINTS, body, key="endpoint-once")
    again = api.post(ENDPOINTS, body, key="endpoint-once")
    assert again.headers["idempotent-replayed"] == "true"
    assert again.content == first.content
    assert len(api.get(ENDPOINTS).json()["data"]) == 1


def test_lists_are_paged_newest_first(api: Api) -> None:
    made = [api.endpoint(f"{URL}/{number}")["id"] for number in range(3)]
    page = api.get(ENDPOINTS, limit=2).json()
    assert [each["id"] for each in page["data"]] == [made[2], made[1]]
    assert (page["has_more"], page["next_cursor"], page["url"]) == (True, made[1], ENDPOINTS)
    rest = api.get(ENDPOINTS, limit=2, starting_after=page["next_cursor"]).json()
    assert [each["id"] for each in rest["data"]] == [made[0]]
    assert rest["has_more"] is False


def test_updating_changes_what_is_named(api: Api) -> None:
    made = api.endpoint(URL, "*", description="Shop")
    path = f"{ENDPOINTS}/{made['id']}"
    changed = api.send("PATCH", path, {"status": "disabled", "enabled_events": ["ping"]}).json()
    assert (changed["status"], changed["enabled_events"]) == ("disabled", ["ping"])
    assert (changed["url"], changed["description"], changed["kid"]) == (URL, "Shop", made["kid"])
    assert changed["secret"] is None
    assert api.send("PATCH", path, {}).json()["enabled_events"] == ["ping"]


def test_a_disabled_endpoint_gets_nothing_until_it_is_enabled(api: Api, receiver: Receiver) -> None:
    path = f"{ENDPOINTS}/{api.endpoint(receiver.url)['id']}"
    api.send("PATCH", path, {"status": "disabled"})
    refused = api.post(f"{path}/test")
    assert (refused.status_code, refused.json()["code"]) == (409, "invalid_state")
    assert refused.json()["resource"]["status"] == "disabled"
    api.intent()
    api.advance(0)
    api.send("PATCH", path, {"status": "enabled"})
    later = api.intent()
    api.advance(0)
    assert [delivery.event["data"]["object"]["id"] for delivery in receiver.deliveries] == [later["id"]]


def test_disabling_stops_the_repetitions(api: Api) -> None:
    with Receiver(500) as receiver:
        path = f"{ENDPOINTS}/{api.endpoint(receiver.url)['id']}"
        api.post(f"{path}/test")
        receiver.wait(1)
        api.send("PATCH", path, {"status": "disabled"})
        api.advance(3600)
        assert len(receiver.deliveries) == 1


def test_deleting_stops_the_repetitions(api: Api) -> None:
    with Receiver(500) as receiver:
        made = api.endpoint(receiver.url)
        path = f"{ENDPOINTS}/{made['id']}"
        api.post(f"{path}/test")
        receiver.wait(1)
        api.advance(0)
        deleted = api.send("DELETE", path)
        assert (deleted.status_code, deleted.json()) == (
            200,
            {"id": made["id"], "object": "webhook_endpoint", "deleted": True},
        )
        api.advance(3600)
        assert len(receiver.deliveries) == 1
        assert api.get(path).status_code == 404
        assert api.get(ENDPOINTS).json()["data"] == []


def test_a_replayed_deletion_is_still_a_success(api: Api) -> None:
    path = f"{ENDPOINTS}/{api.endpoint(URL)['id']}"
    assert [api.send("DELETE", path, key="delete-once").status_code for _ in range(2)] == [200, 200]
    assert api.send("DELETE", path).status_code == 404


@pytest.mark.parametrize(
    ("method", "suffix", "body"),
    [("PATCH", "", {}), ("DELETE", "", None), ("POST", "/test", None), ("POST", "/rotate_secret", {})],
)
def test_what_does_not_exist(api: Api, method: str, suffix: str, body: dict[str, object] | None) -> None:
    answer = api.send(method, f"{ENDPOINTS}/we_unknown{suffix}", body)
    assert (answer.status_code, answer.json()["code"]) == (404, "resource_missing")


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example.com/hook",
        "https://user@shop.example.com/",
        "https://shop.example.com/#x",
        "https://10.0.0.1/hook",
        "https://169.254.169.254/latest",
        "https://db.internal/",
        "file:///etc/passwd",
        "",
    ],
)
def test_urls_that_are_refused(api: Api, url: str) -> None:
    made = api.endpoint(URL)
    attempts = [
        api.post(ENDPOINTS, {"url": url, "enabled_events": ["*"]}),
        api.send("PATCH", f"{ENDPOINTS}/{made['id']}", {"url": url}),
    ]
    for answer in attempts:
        assert (answer.status_code, answer.json()["code"], answer.json()["param"]) == (400, "parameter_invalid", "url")
        assert answer.json()["errors"][0]["pointer"] == "/url"


@pytest.mark.parametrize("events", [[], ["unknown.event"], ["ping", "ping"], "ping"])
def test_subscriptions_that_are_refused(api: Api, events: Any) -> None:
    answer = api.post(ENDPOINTS, {"url": URL, "enabled_events": events})
    assert (answer.status_code, answer.json()["code"]) == (400, "parameter_invalid")


def test_secrets_rest_encrypted(tmp_path: Path) -> None:
    database = tmp_path / "sandbox.db"
    with Sandbox(database=database) as sandbox:
        api = Api(sandbox.url, sandbox.api_key)
        made = api.endpoint(URL)
        rotated = api.made(f"{ENDPOINTS}/{made['id']}/rotate_secret", {}, key="rotate-once")
        assert api.made(f"{ENDPOINTS}/{made['id']}/rotate_secret", {}, key="rotate-once") == rotated
        api.close()
        secrets = [sandbox.api_key, sandbox.webhook_secret, rotated["secret"]]
    with contextlib.closing(sqlite3.connect(database)) as connection:
        dump = "\n".join(connection.iterdump())
    stored = dump.encode() + b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.suffix != ".key")
    assert not [secret for secret in secrets if secret.encode() in stored]


def test_events_can_be_listed_and_retrieved(api: Api) -> None:
    first, second = api.intent(), api.intent()
    listed = api.get("/v1/events", type="payment_intent.created").json()
    assert [each["data"]["object"]["id"] for each in listed["data"]] == [second["id"], first["id"]]
    of_first = api.get("/v1/events", object_id=first["id"]).json()["data"]
    assert [each["data"]["object"] for each in of_first] == [first]
    assert api.get(f"/v1/events/{of_first[0]['id']}").json() == of_first[0]
    assert api.get("/v1/events/evt_unknown").status_code == 404
    assert api.get("/v1/events", type="payout.failed").json()["data"] == []


def test_the_event_names_its_request(api: Api) -> None:
    answer = api.post("/v1/connect/payment_intents", {"amount": 1, "currency": "USD"}, key="named")
    event = api.get("/v1/events").json()["data"][0]
    assert event["request"] == {"id": answer.headers["request-id"], "idempotency_key": "named"}


def test_the_account(api: Api, gateway: Sandbox) -> None:
    account = api.get("/v1/account").json()
    assert (account["id"], account["livemode"], account["home_region"]) == (gateway.account_id, False, "eu-west")
    assert "payments" in account["capabilities"]
