"""What became of deliveries is told by the API, and what was given up can be sent again."""

import contextlib
import itertools
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from molam_gateway.embedded import Sandbox
from tests.gateway_fixtures import Api, Receiver, eventually

DELIVERIES = "/v1/webhook_deliveries"
NOBODY = "http://127.0.0.1:9/hook"
AT_ONCE = [1]


def ping(api: Api, endpoint: dict[str, Any]) -> str:
    return str(api.made(f"/v1/webhook_endpoints/{endpoint['id']}/test")["id"])


def listed(api: Api, **filters: object) -> list[dict[str, Any]]:
    answer = api.get(DELIVERIES, **filters)
    assert answer.is_success, answer.text
    data: list[dict[str, Any]] = answer.json()["data"]
    return data


def retrieved(api: Api, id: str) -> dict[str, Any]:
    document: dict[str, Any] = api.get(f"{DELIVERIES}/{id}").json()
    return document


def buried(api: Api, url: str = NOBODY, count: int = 1) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """An endpoint with so many dead letters."""
    endpoint = api.endpoint(url, "refund.created", retry_schedule=AT_ONCE)
    for _ in range(count):
        ping(api, endpoint)
    api.advance(120)
    dead = listed(api, endpoint_id=endpoint["id"], status="dead_letter")
    assert len(dead) == count
    return endpoint, dead


def test_a_delivery_tells_its_attempts(api: Api) -> None:
    with Receiver(500, 200) as receiver:
        endpoint = api.endpoint(receiver.url)
        event = ping(api, endpoint)
        receiver.wait(1)
        api.advance(70)
    (delivery,) = listed(api, event_id=event)
    assert delivery["attempts"] is None
    told = retrieved(api, delivery["id"])
    first, second = told.pop("attempts")
    assert (first["number"], first["status_code"], first["excerpt"], first["error"]) == (1, 500, "ok", None)
    assert (second["number"], second["status_code"], second["excerpt"]) == (2, 200, "")
    assert (told["status"], told["attempt_count"], told["next_attempt_at"]) == ("delivered", 2, None)
    assert (told["event_id"], told["event_type"], told["endpoint_id"]) == (event, "ping", endpoint["id"])


def test_a_delivery_that_waits_says_until_when(api: Api) -> None:
    with Receiver(500) as receiver:
        ping(api, api.endpoint(receiver.url))
        receiver.wait(1)
        eventually(lambda: listed(api)[0]["status"] == "retrying")
    (delivery,) = listed(api)
    wait = datetime.fromisoformat(delivery["next_attempt_at"]) - datetime.now(UTC)
    assert timedelta(seconds=50) < wait < timedelta(seconds=67)


def test_lists_are_filtered_and_paged(api: Api) -> None:
    one, dead = buried(api, count=3)
    other, _ = buried(api)
    assert {each["endpoint_id"] for each in listed(api)} == {one["id"], other["id"]}
    page = api.get(DELIVERIES, endpoint_id=one["id"], limit=2).json()
    assert [each["id"] for each in page["data"]] == [each["id"] for each in dead[:2]]
    rest = listed(api, endpoint_id=one["id"], starting_after=page["next_cursor"])
    assert [each["id"] for each in rest] == [dead[2]["id"]]
    assert listed(api, status="delivered") == []
    assert listed(api, created_at_gte="2100-01-01T00:00:00Z") == []
    assert api.get(DELIVERIES, status="lost").status_code == 400


def test_the_answer_that_is_kept_holds_no_card_number_and_no_key(api: Api) -> None:
    with Receiver(500) as receiver:
        receiver.answer = b"card 4242 4242 4242 4242, Authorization: Bearer abcdefghijklmnop"
        ping(api, api.endpoint(receiver.url))
        receiver.wait(1)
        eventually(lambda: listed(api)[0]["status"] == "retrying")
    (attempt,) = retrieved(api, listed(api)[0]["id"])["attempts"]
    assert attempt["excerpt"] == "card [redacted], [redacted]"


def test_a_schedule_of_ones_own(api: Api) -> None:
    with Receiver(500) as receiver:
        endpoint = api.endpoint(receiver.url, retry_schedule=[5, 7])
        assert endpoint["retry_schedule"] == [5, 7]
        ping(api, endpoint)
        api.advance(60)
        assert len(receiver.deliveries) == 3
        assert listed(api)[0]["status"] == "dead_letter"
        changed = api.send("PATCH", f"/v1/webhook_endpoints/{endpoint['id']}", {"retry_schedule": None})
        assert changed.json()["retry_schedule"] is None


@pytest.mark.parametrize(
    "member",
    [
        {"retry_schedule": []},
        {"retry_schedule": [0]},
        {"retry_schedule": [86401]},
        {"retry_schedule": [1] * 21},
        {"retry_schedule": [1.5]},
        {"max_concurrency": 0},
        {"max_concurrency": 65},
    ],
)
def test_settings_are_bounded(shared_api: Api, member: dict[str, object]) -> None:
    answer = shared_api.post("/v1/webhook_endpoints", {"url": NOBODY, "enabled_events": ["*"], **member})
    assert answer.status_code == 400


def test_a_cap_of_ones_own(api: Api) -> None:
    """With a cap of one, the second of many events waits until the first was answered."""
    with Receiver(200, delay=0.2) as receiver:
        api.endpoint(receiver.url, "payment_intent.created", max_concurrency=1)
        for _ in range(4):
            api.intent()
        receiver.wait(4)
        at = [delivery.at for delivery in receiver.deliveries]
    assert all(later - earlier >= 0.19 for earlier, later in itertools.pairwise(at))


def test_a_redrive_has_the_same_id_and_bytes_and_a_schedule_of_its_own(api: Api) -> None:
    with Receiver(500, 500, 500, 200) as receiver:
        _, (dead,) = buried(api, receiver.url)
        redriven = api.made(f"{DELIVERIES}/{dead['id']}/redrive")
        assert (redriven["status"], redriven["attempt_count"]) == ("pending", 2)
        api.advance(120)
        deliveries = receiver.deliveries
    assert len(deliveries) == 4
    assert len({delivery.body for delivery in deliveries}) == 1
    assert {delivery.headers["webhook-id"] for delivery in deliveries} == {dead["event_id"]}
    told = retrieved(api, dead["id"])
    assert told["status"] == "delivered"
    assert [attempt["number"] for attempt in told["attempts"]] == [1, 2, 3, 4]


def test_a_redrive_is_done_once_for_its_key(api: Api) -> None:
    with Receiver(500, 500, 200) as receiver:
        _, (dead,) = buried(api, receiver.url)
        first, second = (api.post(f"{DELIVERIES}/{dead['id']}/redrive", key="once") for _ in range(2))
        assert first.content == second.content
        assert second.headers["idempotent-replayed"] == "true"
        api.advance(120)
        assert len(receiver.deliveries) == 3
        refused = api.post(f"{DELIVERIES}/{dead['id']}/redrive")
    assert (refused.status_code, refused.json()["code"]) == (409, "invalid_state")
    assert refused.json()["resource"] == {"object": "webhook_delivery", "id": dead["id"], "status": "delivered"}


def test_of_many_redrives_at_once_one_is_done(api: Api) -> None:
    with Receiver(500, 500, 200, delay=0.1) as receiver:
        _, (dead,) = buried(api, receiver.url)
        with ThreadPoolExecutor(8) as pool:
            path = f"{DELIVERIES}/{dead['id']}/redrive"
            answers = [each.result() for each in [pool.submit(api.post, path, key=f"key-{n}") for n in range(8)]]
        assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7
        api.advance(120)
        assert len(receiver.deliveries) == 3


def test_a_redrive_waits_for_the_attempt_that_is_under_way(api: Api) -> None:
    """Given up while it was under way, then redriven: at no time are two attempts at it under way."""
    together, most = 0, 0
    lock, go = threading.Lock(), threading.Event()

    def meanwhile() -> None:
        nonlocal together, most
        with lock:
            together += 1
            most = max(most, together)
        go.wait(5)
        with lock:
            together -= 1

    with Receiver(500, 200) as receiver:
        receiver.meanwhile = meanwhile
        endpoint = api.endpoint(receiver.url)
        ping(api, endpoint)
        receiver.wait(1)
        (delivery,) = listed(api)
        api.send("PATCH", f"/v1/webhook_endpoints/{endpoint['id']}", {"status": "disabled"})
        assert api.post(f"{DELIVERIES}/{delivery['id']}/redrive").status_code == 409
        api.send("PATCH", f"/v1/webhook_endpoints/{endpoint['id']}", {"status": "enabled"})
        assert api.post(f"{DELIVERIES}/{delivery['id']}/redrive").status_code == 409
        go.set()
        api.advance(70)
        assert len(receiver.deliveries) == 2
    assert most == 1


def test_deliveries_to_what_is_not_there_are_not_redriven(api: Api) -> None:
    endpoint, (dead,) = buried(api)
    api.send("PATCH", f"/v1/webhook_endpoints/{endpoint['id']}", {"status": "disabled"})
    disabled = api.post(f"{DELIVERIES}/{dead['id']}/redrive")
    assert disabled.json()["resource"] == {"object": "webhook_endpoint", "id": endpoint["id"], "status": "disabled"}
    assert api.made(f"{DELIVERIES}/redrive", {})["redriven"] == 0
    api.send("DELETE", f"/v1/webhook_endpoints/{endpoint['id']}")
    deleted = api.post(f"{DELIVERIES}/{dead['id']}/redrive")
    assert (deleted.status_code, deleted.json()["resource"]["status"]) == (409, "deleted")
    assert api.post(f"{DELIVERIES}/wd_none/redrive").status_code == 404
    assert api.post(f"{DELIVERIES}/redrive", {"endpoint_id": endpoint["id"]}).status_code == 404
    assert api.post(f"{DELIVERIES}/redrive", {"created_at_gte": "yesterday"}).status_code == 400


def test_dead_letters_are_redriven_by_endpoint_type_and_time(api: Api) -> None:
    one, dead = buried(api, count=2)
    buried(api)
    kept = {"created_at_lte": dead[-1]["created_at"], "endpoint_id": one["id"], "event_type": "ping"}
    assert api.made(f"{DELIVERIES}/redrive", {**kept, "event_type": "refund.created"})["redriven"] == 0
    assert api.made(f"{DELIVERIES}/redrive", {"created_at_gte": "2100-01-01T00:00:00Z"})["redriven"] == 0
    assert api.made(f"{DELIVERIES}/redrive", kept)["redriven"] >= 1
    assert api.made(f"{DELIVERIES}/redrive", {"endpoint_id": one["id"]})["redriven"] <= 1
    api.advance(120)
    assert api.made(f"{DELIVERIES}/redrive", {}, key="all") == {
        "object": "webhook_redrive",
        "redriven": 3,
        "has_more": False,
        "livemode": False,
    }
    assert api.made(f"{DELIVERIES}/redrive", {}, key="all")["redriven"] == 3


def test_a_call_redrives_500_at_most(tmp_path: Path) -> None:
    database = tmp_path / "sandbox.db"
    with Sandbox(database=database) as sandbox:
        api = Api(sandbox.url, sandbox.api_key)
        endpoint, (dead,) = buried(api)
        with contextlib.closing(sqlite3.connect(database, timeout=5)) as connection, connection:
            _copy(
                connection,
                "events",
                {"id": "'evt_' || value", "position": "1000 + value", "seq": "1000 + value"},
                dead["event_id"],
            )
            own = {"id": "'wd_' || value", "event_id": "'evt_' || value"}
            _copy(connection, "webhook_deliveries", own, dead["id"])
        api.send("PATCH", f"/v1/webhook_endpoints/{endpoint['id']}", {"retry_schedule": [86400]})
        first = api.made(f"{DELIVERIES}/redrive", {"endpoint_id": endpoint["id"]})
        second = api.made(f"{DELIVERIES}/redrive", {"endpoint_id": endpoint["id"]})
        api.close()
    assert (first["redriven"], first["has_more"]) == (500, True)
    assert (second["redriven"], second["has_more"]) == (101, False)


def _copy(connection: sqlite3.Connection, table: str, keys: Mapping[str, str], id: str) -> None:
    """Copy a row 600 times, with keys that hold the number of the copy."""
    columns = [str(row[1]) for row in connection.execute(f"PRAGMA table_info({table})")]
    copied = ", ".join([keys.get(column, column) for column in columns])
    numbers = "WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < 600)"
    insert = f"INSERT INTO {table} ({', '.join(columns)})"
    connection.execute(f"{insert} {numbers} SELECT {copied} FROM {table}, n WHERE id = ?", [id])  # noqa: S608


def test_an_endpoint_that_fails_for_days_is_disabled_and_keeps_its_events(api: Api, receiver: Receiver) -> None:
    with Receiver(500) as failing:
        endpoint = api.endpoint(failing.url, "payment_intent.created", retry_schedule=[86400] * 6)
        api.endpoint(receiver.url, "webhook_endpoint.disabled")
        api.intent()
        failing.wait(1)
        api.advance(4 * 86400)
        assert receiver.deliveries == []
        api.advance(2 * 86400)
        disabled = receiver.wait(1)[0].event
        assert disabled["data"]["object"]["id"] == endpoint["id"]
        assert disabled["data"]["object"]["status_reason"] == "failing"
        attempts = len(failing.deliveries)
        later = api.intent()
        api.advance(86400)
        assert len(failing.deliveries) == attempts
        kept = listed(api, endpoint_id=endpoint["id"])
        assert [each["status"] for each in kept] == ["dead_letter", "dead_letter"]
    with Receiver() as repaired:
        changes = {"status": "enabled", "url": repaired.url}
        enabled = api.send("PATCH", f"/v1/webhook_endpoints/{endpoint['id']}", changes).json()
        assert (enabled["status"], enabled["status_reason"]) == ("enabled", None)
        assert api.made(f"{DELIVERIES}/redrive", {"endpoint_id": endpoint["id"]})["redriven"] == 2
        api.advance(0)
        arrived = {delivery.event["data"]["object"]["id"] for delivery in repaired.deliveries}
        assert later["id"] in arrived
        assert len(arrived) == 2


def test_one_success_begins_the_days_anew(api: Api) -> None:
    with Receiver(*[500] * 4, 200, *[500] * 4) as failing:
        endpoint = api.endpoint(failing.url, retry_schedule=[86400] * 6)
        for _ in range(2):
            ping(api, endpoint)
            api.advance(5 * 86400)
        assert api.get(f"/v1/webhook_endpoints/{endpoint['id']}").json()["status"] == "enabled"


def test_the_time_that_a_receiver_asks_for_is_given(api: Api) -> None:
    with Receiver(503, 200, headers={"Retry-After": "600"}) as receiver:
        ping(api, api.endpoint(receiver.url))
        receiver.wait(1)
        api.advance(500)
        assert len(receiver.deliveries) == 1
        api.advance(200)
        assert len(receiver.deliveries) == 2


@pytest.mark.parametrize(("overlap", "both"), [(3600, True), (0, False)])
def test_the_overlap_of_a_rotation_can_be_chosen(api: Api, receiver: Receiver, overlap: int, both: bool) -> None:
    endpoint = api.endpoint(receiver.url)
    api.made(f"/v1/webhook_endpoints/{endpoint['id']}/rotate_secret", {"overlap_seconds": overlap})
    ping(api, endpoint)
    assert receiver.wait(1)[0].headers["molam-signature"].count("v1=") == 1 + both
    api.advance(overlap)
    ping(api, endpoint)
    assert receiver.wait(2)[1].headers["molam-signature"].count("v1=") == 1


@pytest.fixture
def aged(tmp_path: Path) -> Iterator[tuple[Api, Path]]:
    with Sandbox(database=tmp_path / "sandbox.db", validate_responses=True) as sandbox:
        api = Api(sandbox.url, sandbox.api_key)
        yield api, tmp_path / "sandbox.db"
        api.close()


def test_what_is_old_is_forgotten(aged: tuple[Api, Path]) -> None:
    """After 30 days: deliveries, their attempts and events; not what still waits, nor an object's newest event."""
    api, database = aged
    endpoint, _ = buried(api, count=3)
    api.made(f"/v1/webhook_endpoints/{endpoint['id']}/rotate_secret", {})
    intent = api.intent(payment_method="pm_cpay_ok", confirm=True)
    api.advance(29 * 86400)
    assert len(listed(api)) == 3
    api.advance(3 * 86400)
    assert listed(api) == []
    types = [each["type"] for each in api.get("/v1/events", object_id=intent["id"]).json()["data"]]
    assert types == ["payment_intent.succeeded"]
    with contextlib.closing(sqlite3.connect(database, timeout=5)) as connection:
        assert connection.execute("SELECT COUNT(*) FROM webhook_attempts").fetchone() == (0,)
        assert connection.execute("SELECT COUNT(*) FROM webhook_secrets").fetchone() == (1,)
    last = api.get("/v1/events", object_id=endpoint["id"]).json()["data"][0]["sequence"]
    assert api.made(f"/v1/webhook_endpoints/{endpoint['id']}/test")["sequence"] == last + 1
