"""Armed faults happen to requests, in order and as often as asked."""

import socket
import struct
import time
from urllib.parse import urlsplit

import httpx
import pytest

from tests.gateway_fixtures import Api

INTENTS = "/v1/connect/payment_intents"


def exchange(api: Api, path: str = "/v1/account") -> bytes:
    """What arrives on a bare socket until the server closes it."""
    target = urlsplit(str(api.client.base_url))
    authorization = api.client.headers["authorization"]
    with socket.create_connection((target.hostname or "", target.port or 0), timeout=5) as peer:
        peer.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {authorization}\r\n\r\n".encode())
        received = b""
        while chunk := peer.recv(65536):
            received += chunk
        return received


def test_drop_response_closes_without_a_byte_after_the_commit(api: Api) -> None:
    api.arm("drop_response", operation_id="create_payment_intent")
    with pytest.raises(httpx.RemoteProtocolError):
        api.post(INTENTS, {"amount": 700, "currency": "USD"}, key="once")
    again = api.post(INTENTS, {"amount": 700, "currency": "USD"}, key="once")
    assert again.headers["idempotent-replayed"] == "true"
    assert [each["id"] for each in api.get(INTENTS).json()["data"]] == [again.json()["id"]]


def test_drop_response_ends_in_an_orderly_close(api: Api) -> None:
    api.arm("drop_response")
    assert exchange(api) == b""


def test_reset_happens_before_anything_is_done(api: Api) -> None:
    api.arm("reset", operation_id="create_payment_intent")
    with pytest.raises(httpx.TransportError):
        api.post(INTENTS, {"amount": 700, "currency": "USD"})
    assert api.get(INTENTS).json()["data"] == []


def test_reset_is_a_reset_and_no_close(api: Api) -> None:
    api.arm("reset")
    with pytest.raises(ConnectionResetError):
        exchange(api)


def test_truncate_sends_half_the_body(api: Api) -> None:
    whole = api.get("/v1/account").content
    api.arm("truncate")
    head, _, body = exchange(api).partition(b"\r\n\r\n")
    assert f"content-length: {len(whole)}".encode() in head.lower()
    assert body == whole[: len(whole) // 2]


def test_delay_answers_late(api: Api) -> None:
    api.arm("delay", delay_ms=400)
    started = time.monotonic()
    assert api.get("/v1/account").status_code == 200
    assert 0.4 <= time.monotonic() - started < 3


def test_error_before_does_nothing(api: Api) -> None:
    api.arm("error_before", operation_id="create_payment_intent")
    refused = api.post(INTENTS, {"amount": 700, "currency": "USD"}, key="once")
    assert (refused.status_code, refused.json()["code"]) == (503, "overloaded")
    assert "retry-after" not in refused.headers
    assert api.get(INTENTS).json()["data"] == []
    assert "idempotent-replayed" not in api.post(INTENTS, {"amount": 700, "currency": "USD"}, key="once").headers


def test_error_after_hides_what_was_done(api: Api) -> None:
    api.arm("error_after", operation_id="create_payment_intent")
    failed = api.post(INTENTS, {"amount": 700, "currency": "USD"}, key="once", headers={"Molam-Attempt-Id": "at_9"})
    assert (failed.status_code, failed.json()["code"]) == (500, "internal_error")
    assert failed.headers["molam-attempt-id"] == "at_9"
    assert "retry-after" not in failed.headers
    assert api.post(INTENTS, {"amount": 700, "currency": "USD"}, key="once").headers["idempotent-replayed"] == "true"


def test_error_after_replaces_refusals_too(api: Api) -> None:
    api.arm("error_after", operation_id="retrieve_payment_intent")
    assert api.get(f"{INTENTS}/pi_unknown").status_code == 500
    assert api.get(f"{INTENTS}/pi_unknown").status_code == 404


def test_faults_are_consumed_in_the_order_armed_one_per_request(api: Api) -> None:
    api.arm("error_after", times=2)
    api.arm("error_before")
    assert [api.get("/v1/account").status_code for _ in range(4)] == [500, 500, 503, 200]


def test_a_fault_for_one_operation_waits_for_it(api: Api) -> None:
    api.arm("error_before", operation_id="list_events")
    assert api.get("/v1/account").status_code == 200
    assert api.get("/v1/events").status_code == 503


def test_without_an_operation_the_sandbox_itself_is_spared(api: Api) -> None:
    api.arm("error_before")
    assert api.advance(0)["processed"] == 0
    assert api.get("/v1/sandbox/ledger").status_code == 200
    assert api.get("/v1/account").status_code == 503


def test_named_the_sandbox_is_hit(api: Api) -> None:
    api.arm("error_before", operation_id="advance_clock")
    assert api.post("/v1/sandbox/clock/advance", {"seconds": 1}).status_code == 503


def test_unauthenticated_and_unrouted_requests_consume_nothing(api: Api) -> None:
    api.arm("error_before")
    assert httpx.get(f"{api.client.base_url}/v1/account").status_code == 401
    assert api.get("/nowhere").status_code == 404
    assert api.get("/v1/account").status_code == 503


def test_the_fault_is_shown_as_armed(api: Api) -> None:
    shown = api.arm("delay")
    assert {name: shown[name] for name in ("kind", "operation_id", "times", "delay_ms", "livemode")} == {
        "kind": "delay",
        "operation_id": None,
        "times": 1,
        "delay_ms": 1000,
        "livemode": False,
    }
    assert api.arm("reset", times=3, operation_id="create_refund")["delay_ms"] is None


def test_arming_twice_with_one_key_arms_once(api: Api) -> None:
    for _ in range(2):
        api.post("/v1/sandbox/faults", {"kind": "error_before"}, key="arm-once")
    assert [api.get("/v1/account").status_code for _ in range(2)] == [503, 200]


def test_a_client_that_resets_in_mid_request_leaves_nothing_behind(api: Api) -> None:
    target = urlsplit(str(api.client.base_url))
    authorization = api.client.headers["authorization"]
    peer = socket.create_connection((target.hostname or "", target.port or 0), timeout=5)
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    head = f"POST {INTENTS} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {authorization}\r\nIdempotency-Key: torn\r\n"
    peer.sendall((head + 'Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"amount":').encode())
    peer.close()
    assert api.post(INTENTS, {"amount": 5, "currency": "USD"}, key="torn").status_code == 201
    assert len(api.get(INTENTS).json()["data"]) == 1
