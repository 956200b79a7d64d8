"""Events reach the endpoints that want them: promptly, signed, repeated on schedule."""

import contextlib
import hashlib
import hmac
import sqlite3
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from standardwebhooks import Webhook

from molam_gateway.embedded import Sandbox
from tests.gateway_fixtures import Api, Delivery, Receiver, eventually, silent

FIRST_RETRY = 67
SCHEDULE = (60, 300, 900, 3600, 21600)


def ping(api: Api, endpoint: dict[str, object]) -> dict[str, object]:
    return api.made(f"/v1/webhook_endpoints/{endpoint['id']}/test")


def verifies(delivery: Delivery, secret: str, kid: str) -> bool:
    """An independent reading of `Molam-Signature`."""
    fields = [_pair(field) for field in delivery.headers["molam-signature"].split(",")]
    timestamp = dict(fields)["t"]
    signed = timestamp.encode() + b"." + delivery.body
    expected = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    pairs = list(zip(fields[1::2], fields[2::2], strict=True))
    assert abs(int(timestamp) - time.time()) < 60
    return (("v1", expected), ("kid", kid)) in pairs


def _pair(field: str) -> tuple[str, str]:
    name, _, value = field.partition("=")
    return name, value


def test_the_first_attempt_starts_within_a_second(api: Api, receiver: Receiver) -> None:
    api.endpoint(receiver.url, "payment_intent.created")
    api.intent()
    committed = time.monotonic()
    assert receiver.wait(1)[0].at - committed < 1.0


def test_the_body_is_the_event_that_the_api_shows(api: Api, receiver: Receiver) -> None:
    api.endpoint(receiver.url, "payment_intent.created")
    intent = api.intent()
    delivery = receiver.wait(1)[0]
    assert delivery.event == api.get(f"/v1/events/{delivery.event['id']}").json()
    assert delivery.event["data"]["object"]["id"] == intent["id"]
    assert delivery.headers["webhook-id"] == delivery.event["id"]
    assert delivery.headers["content-type"] == "application/json"
    assert delivery.headers["user-agent"].startswith("Molam-Webhooks/")


def test_both_signatures_verify(api: Api, gateway: Sandbox, receiver: Receiver) -> None:
    endpoint = api.endpoint(receiver.url)
    assert endpoint["secret"] == gateway.webhook_secret
    ping(api, endpoint)
    delivery = receiver.wait(1)[0]
    assert verifies(delivery, endpoint["secret"], endpoint["kid"])
    assert not verifies(delivery, "whsec_other", endpoint["kid"])
    Webhook(endpoint["secret"]).verify(delivery.body.decode(), dict(delivery.headers))


def test_signatures_carry_real_time_whatever_the_sandbox_says(api: Api, receiver: Receiver) -> None:
    api.advance(30 * 86_400)
    endpoint = api.endpoint(receiver.url)
    ping(api, endpoint)
    assert verifies(receiver.wait(1)[0], endpoint["secret"], endpoint["kid"])


def test_endpoints_get_what_they_subscribed_to(api: Api, receiver: Receiver) -> None:
    with Receiver() as other:
        api.endpoint(receiver.url, "charge.succeeded", "payment_intent.succeeded")
        api.endpoint(other.url, "*")
        api.intent(payment_method="pm_cpay_ok", confirm=True)
        api.advance(0)
        assert sorted(receiver.types) == ["charge.succeeded", "payment_intent.succeeded"]
        assert sorted(other.types) == ["charge.succeeded", "payment_intent.created", "payment_intent.succeeded"]


def test_endpoints_get_only_what_happens_after_they_were_made(api: Api, receiver: Receiver) -> None:
    api.intent()
    api.endpoint(receiver.url)
    later = api.intent()
    api.advance(0)
    assert [delivery.event["data"]["object"]["id"] for delivery in receiver.deliveries] == [later["id"]]


def test_the_schedule(api: Api) -> None:
    with Receiver(500) as receiver:
        endpoint = api.endpoint(receiver.url)
        ping(api, endpoint)
        receiver.wait(1)
        api.advance(0)
        slack = 3  # the most that can have passed since the last attempt
        for count, delay in enumerate(SCHEDULE, start=1):
            api.advance(delay - slack - 10)
            assert len(receiver.deliveries) == count
            api.advance(10 + slack + delay // 10 + 2)
            assert len(receiver.deliveries) == count + 1
            slack += delay // 10 + 2
        api.advance(7 * 86_400)
        assert len(receiver.deliveries) == 6


def test_repetitions_have_the_same_id_and_bytes_and_fresh_signatures(api: Api) -> None:
    with Receiver(500, 302, 404, 200) as receiver:
        endpoint = api.endpoint(receiver.url)
        ping(api, endpoint)
        receiver.wait(1)
        time.sleep(1.1)
        api.advance(2 * 3600)
        deliveries = receiver.deliveries
        assert len(deliveries) == 4
        assert len({delivery.body for delivery in deliveries}) == 1
        assert len({delivery.headers["webhook-id"] for delivery in deliveries}) == 1
        assert deliveries[0].headers["webhook-timestamp"] != deliveries[1].headers["webhook-timestamp"]
        assert all(verifies(delivery, endpoint["secret"], endpoint["kid"]) for delivery in deliveries)


def test_redirects_are_not_followed(api: Api, receiver: Receiver) -> None:
    with Receiver(307, headers={"Location": receiver.url}) as redirecting:
        ping(api, api.endpoint(redirecting.url))
        api.advance(FIRST_RETRY)
        assert len(redirecting.deliveries) == 2
        assert receiver.deliveries == []


def test_nobody_listening_is_a_failure_like_others(api: Api) -> None:
    with Receiver() as receiver:
        url = receiver.url
    endpoint = api.endpoint(url)
    ping(api, endpoint)
    eventually(lambda: _delivery(api)["status"] == "retrying")
    assert "ClientConnectorError" in _delivery(api)["attempts"][0]["error"]


def test_a_slow_endpoint_does_not_delay_another(api: Api, receiver: Receiver) -> None:
    with Receiver(200, delay=4) as slow:
        api.endpoint(slow.url)
        api.endpoint(receiver.url)
        for _ in range(10):
            api.intent()
        receiver.wait(10, timeout=3)


def test_gone_disables_the_endpoint_and_tells_the_others(api: Api, receiver: Receiver) -> None:
    with Receiver(410) as gone:
        endpoint = api.endpoint(gone.url, "payment_intent.created")
        api.endpoint(receiver.url, "webhook_endpoint.disabled")
        api.intent()
        disabled = receiver.wait(1)[0].event
        assert disabled["type"] == "webhook_endpoint.disabled"
        assert disabled["data"]["object"]["id"] == endpoint["id"]
        assert disabled["data"]["object"]["status"] == "disabled"
        assert disabled["data"]["object"]["secret"] is None
        assert disabled["data"]["previous_attributes"] == {"status": "enabled", "status_reason": None}
        assert disabled["data"]["object"]["status_reason"] == "gone"
        assert api.get(f"/v1/webhook_endpoints/{endpoint['id']}").json()["status"] == "disabled"
        api.intent()
        api.advance(3600)
        assert len(gone.deliveries) == 1


def test_rotation_signs_with_both_secrets_for_a_day(api: Api, receiver: Receiver) -> None:
    endpoint = api.endpoint(receiver.url)
    rotated = api.made(f"/v1/webhook_endpoints/{endpoint['id']}/rotate_secret", {})
    assert rotated["secret"] != endpoint["secret"]
    assert rotated["kid"] != endpoint["kid"]
    ping(api, endpoint)
    both = receiver.wait(1)[0]
    assert verifies(both, endpoint["secret"], endpoint["kid"])
    assert verifies(both, rotated["secret"], rotated["kid"])
    for secret in (endpoint["secret"], rotated["secret"]):
        Webhook(secret).verify(both.body.decode(), dict(both.headers))
    api.advance(int(timedelta(hours=24).total_seconds()))
    ping(api, endpoint)
    after = receiver.wait(2)[1]
    assert not verifies(after, endpoint["secret"], endpoint["kid"])
    assert verifies(after, rotated["secret"], rotated["kid"])


def test_however_often_it_is_rotated_the_newest_two_sign(api: Api, receiver: Receiver) -> None:
    endpoint = api.endpoint(receiver.url)
    rotations = [api.made(f"/v1/webhook_endpoints/{endpoint['id']}/rotate_secret", {}) for _ in range(9)]
    ping(api, endpoint)
    delivery = receiver.wait(1)[0]
    assert all(verifies(delivery, each["secret"], each["kid"]) for each in rotations[-2:])
    assert delivery.headers["molam-signature"].count("v1=") == 2
    assert delivery.headers["webhook-signature"].count("v1,") == 2


def test_silent_endpoints_do_not_delay_others(api: Api, receiver: Receiver) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(20):
            api.endpoint(stack.enter_context(silent()), "payment_intent.created")
        for _ in range(4):
            api.intent()
        time.sleep(0.5)
        endpoint = api.endpoint(receiver.url, "ping")
        ping(api, endpoint)
        committed = time.monotonic()
        assert receiver.wait(1)[0].at - committed < 1.0


def test_an_endpoint_with_more_due_than_it_may_get_keeps_nobody_busy(api: Api) -> None:
    with silent() as url:
        api.endpoint(url, "payment_intent.created")
        for _ in range(400):
            api.intent()
        time.sleep(0.5)
        began = time.process_time()
        time.sleep(1.5)
        assert time.process_time() - began < 0.08


def test_what_was_canceled_under_way_stays_canceled(tmp_path: Path) -> None:
    database = tmp_path / "sandbox.db"
    with Sandbox(database=database) as sandbox, Receiver(500, delay=0.5) as receiver:
        api = Api(sandbox.url, sandbox.api_key)
        endpoint = api.endpoint(receiver.url)
        ping(api, endpoint)
        receiver.wait(1)
        assert api.send("DELETE", f"/v1/webhook_endpoints/{endpoint['id']}").is_success
        time.sleep(1)
        with contextlib.closing(sqlite3.connect(database)) as connection:
            rows = connection.execute("SELECT status, lease_until FROM webhook_deliveries").fetchall()
        assert rows == [("canceled", 0)]
        api.close()


def test_an_endpoint_that_cannot_be_read_keeps_nothing_from_the_others(tmp_path: Path) -> None:
    database = tmp_path / "sandbox.db"
    with Sandbox(database=database) as sandbox, Receiver() as receiver, Receiver() as other:
        api = Api(sandbox.url, sandbox.api_key)
        broken = api.endpoint(other.url)
        api.endpoint(receiver.url)
        _write(database, "UPDATE webhook_endpoints SET enabled_events = '{' WHERE id = :id", id=broken["id"])
        api.intent()
        api.intent()
        receiver.wait(2)
        _write(database, "UPDATE webhook_endpoints SET enabled_events = '[\"*\"]' WHERE id = :id", id=broken["id"])
        api.intent()
        other.wait(3)
        api.advance(0)
        assert len(receiver.deliveries) == 3
        api.close()


def test_a_secret_that_cannot_be_read_is_a_failed_attempt(tmp_path: Path) -> None:
    database = tmp_path / "sandbox.db"
    with Sandbox(database=database) as sandbox, Receiver() as receiver:
        api = Api(sandbox.url, sandbox.api_key)
        endpoint = api.endpoint(receiver.url)
        _write(database, "UPDATE webhook_secrets SET secret = 'nonsense' WHERE endpoint_id = :id", id=endpoint["id"])
        ping(api, endpoint)
        eventually(lambda: _delivery(api)["status"] == "retrying")
        assert "VaultError" in _delivery(api)["attempts"][0]["error"]
        api.advance(8 * 3600)
        assert _delivery(api)["status"] == "dead_letter"
        assert receiver.deliveries == []
        api.close()


def _delivery(api: Api) -> dict[str, Any]:
    """The newest delivery with its attempts."""
    newest = api.get("/v1/webhook_deliveries", limit=1).json()["data"][0]["id"]
    document: dict[str, Any] = api.get(f"/v1/webhook_deliveries/{newest}").json()
    return document


def _write(database: Path, sql: str, **parameters: str) -> None:
    with contextlib.closing(sqlite3.connect(database, timeout=5)) as connection, connection:
        connection.execute(sql, parameters)


def test_a_ping_reaches_its_endpoint_only(api: Api, receiver: Receiver) -> None:
    with Receiver() as other:
        endpoint = api.endpoint(receiver.url, "refund.created")
        api.endpoint(other.url)
        event = ping(api, endpoint)
        api.advance(0)
        assert [delivery.event for delivery in receiver.deliveries] == [event]
        assert event["type"] == "ping"
        assert other.deliveries == []


def test_deliveries_survive_a_restart(tmp_path: Path) -> None:
    with Receiver(500, 200) as receiver:
        with Sandbox(database=tmp_path / "sandbox.db") as sandbox:
            api = Api(sandbox.url, sandbox.api_key)
            endpoint = api.endpoint(receiver.url)
            ping(api, endpoint)
            receiver.wait(1)
            api.advance(0)
            api.close()
        with Sandbox(database=tmp_path / "sandbox.db") as sandbox:
            api = Api(sandbox.url, sandbox.api_key)
            api.advance(FIRST_RETRY)
            api.close()
        first, second = receiver.deliveries
        assert first.body == second.body
        assert verifies(second, endpoint["secret"], endpoint["kid"])
