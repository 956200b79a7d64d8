"""The router binds any spec to its handlers, and believes neither blindly."""

import contextlib
import json
import logging
import socket
import sqlite3
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from molam_gateway.domain.call import Answer, Call
from molam_gateway.domain.problems import ProblemError, problem_document
from molam_gateway.http import limits
from molam_gateway.http.router import BindingError, Handler
from molam_gateway.services import Services
from molam_gateway.settings import Settings
from molam_gateway.storage.port import BusyError, IntegrityError, StoreError
from tests.unit.gateway_http import tiny

LOGGER = "molam_gateway.http"


class Things:
    """Handlers that remember their calls and answer what they are told."""

    def __init__(self, answer: Answer | Exception | None = None) -> None:
        self.calls: list[Call] = []
        self.answer = answer

    def handlers(self) -> Mapping[str, Handler]:
        return dict.fromkeys(("retrieve_thing", "create_thing", "list_sandbox_things"), self.handle)

    async def handle(self, services: Services, call: Call) -> Answer:
        self.calls.append(call)
        if isinstance(self.answer, Exception):
            raise self.answer
        if self.answer is not None:
            return self.answer
        return Answer(200 if call.operation_id == "retrieve_thing" else 201, {"id": "t"})


def test_the_handler_gets_the_call(tmp_path: Path) -> None:
    things = Things()
    with tiny.running(tmp_path, things.handlers()) as gateway:
        answer = gateway.client.post(
            "/things",
            json={"id": "a", "size": 3.0},
            headers={"Idempotency-Key": '"k"', "Molam-Attempt-Id": "at_1", "Molam-Deadline-Ms": "5000"},
        )
        gateway.client.post("/things", json={"size": 3, "id": "a"}, headers={"Idempotency-Key": "k2"})
        gateway.client.get("/things/x%20y")
    first, reordered, retrieved = things.calls
    assert first.operation_id == "create_thing"
    assert first.body == {"id": "a", "size": 3}
    assert (first.idempotency_key, first.attempt_id) == ("k", "at_1")
    assert first.request_id == answer.headers["request-id"]
    assert first.deadline is not None
    assert first.account.livemode is False
    assert first.fingerprint == reordered.fingerprint != retrieved.fingerprint
    assert reordered.deadline is None
    assert (retrieved.path, retrieved.body, retrieved.idempotency_key) == ({"thing_id": "x y"}, None, None)


def test_an_optional_body_may_be_left_out(tmp_path: Path) -> None:
    things = Things()
    with tiny.running(tmp_path, things.handlers()) as gateway:
        assert gateway.client.post("/things", headers={"Idempotency-Key": "k"}).status_code == 201
    assert things.calls[0].body is None


@pytest.mark.parametrize(("dropped", "added"), [("create_thing", None), (None, "delete_thing")])
def test_spec_and_handlers_must_agree(tmp_path: Path, dropped: str | None, added: str | None) -> None:
    things = Things()
    handlers = {name: handle for name, handle in things.handlers().items() if name != dropped}
    if added is not None:
        handlers[added] = things.handle
    with pytest.raises(BindingError, match=str(dropped or added)), tiny.running(tmp_path, handlers):
        pass


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        (Answer(200, {"id": 5}), "/id"),
        (Answer(200, {}), "/id"),
        (Answer(200, {"id": "a", "more": 1}), "/more"),
        (Answer(202, {"id": "a"}), "not declared"),
        (Answer(200, b'{"id": "a"}', {"Content-Type": "text/plain"}), "text/plain"),
        (ProblemError("already_refunded", "x"), "application/problem+json"),
    ],
)
def test_answers_that_break_the_spec_are_errors(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, answer: Answer | Exception, complaint: str
) -> None:
    with tiny.running(tmp_path, Things(answer).handlers()) as gateway:
        refused = gateway.client.get("/things/a")
    assert refused.status_code == 500
    assert complaint in refused.json()["detail"]
    assert complaint in caplog.text
    assert refused.headers["request-id"] in caplog.text


def test_in_production_answers_are_not_checked(tmp_path: Path) -> None:
    things = Things(Answer(200, {"id": 5}))
    with tiny.running(tmp_path, things.handlers(), Settings()) as gateway:
        assert gateway.client.get("/things/a").json() == {"id": 5}


def test_bytes_and_headers_of_an_answer_are_sent_as_they_are(tmp_path: Path) -> None:
    things = Things(Answer(200, b'{ "id" : "a" }', {"Idempotent-Replayed": "true"}))
    with tiny.running(tmp_path, things.handlers()) as gateway:
        answer = gateway.client.get("/things/a")
    assert (answer.content, answer.headers["idempotent-replayed"]) == (b'{ "id" : "a" }', "true")


def test_an_unexpected_exception_tells_nothing_but_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    things = Things(RuntimeError("the password is hunter2"))
    with tiny.running(tmp_path, things.handlers()) as gateway:
        answer = gateway.client.get("/things/a", headers={"Molam-Attempt-Id": "at_1"})
    assert (answer.status_code, answer.json()["code"], answer.json()["retryable"]) == (500, "internal_error", True)
    assert "hunter2" not in answer.text
    assert answer.headers["molam-attempt-id"] == "at_1"
    assert answer.headers["request-id"] in caplog.text
    assert "hunter2" in caplog.text


def test_a_busy_database_is_overload(tmp_path: Path) -> None:
    with tiny.running(tmp_path, Things(BusyError("locked")).handlers()) as gateway:
        answer = gateway.client.get("/things/a")
    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (503, "overloaded", "1")


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [(StoreError("disk full"), 503, "overloaded"), (IntegrityError("broken"), 500, "internal_error")],
)
def test_a_failing_database(tmp_path: Path, error: Exception, status: int, code: str) -> None:
    with tiny.running(tmp_path, Things(error).handlers()) as gateway:
        answer = gateway.client.get("/things/a")
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_the_deadline_counts_from_the_head_of_the_request(tmp_path: Path) -> None:
    things = Things()

    def late() -> Iterator[bytes]:
        time.sleep(0.4)
        yield b'{"id": "a"}'

    sent = {"Idempotency-Key": "k", "Molam-Deadline-Ms": "300", "Content-Type": "application/json"}
    with tiny.running(tmp_path, things.handlers()) as gateway:
        gateway.client.post("/things", content=late(), headers=sent)
    deadline = things.calls[0].deadline
    assert deadline is not None
    assert deadline < time.monotonic()


def test_the_documentation_is_where_the_operator_says(tmp_path: Path) -> None:
    settings = Settings(doc_url="https://errors.example/")
    with tiny.running(tmp_path, Things().handlers(), settings) as gateway:
        assert gateway.client.get("/nowhere").json()["doc_url"] == "https://errors.example/route_missing"


def test_a_key_without_the_scope(tmp_path: Path) -> None:
    with tiny.running(tmp_path, Things().handlers()) as gateway:
        with sqlite3.connect(tmp_path / "tiny.db") as database:
            database.execute("UPDATE api_keys SET scopes = 'payments:read'")
        database.close()
        assert gateway.client.get("/things/a").status_code == 200
        refused = gateway.client.post("/things", json={"id": "a"}, headers={"Idempotency-Key": "k"})
        assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
        assert "payments:write" in refused.json()["detail"]


def test_a_revoked_key_is_unknown(tmp_path: Path) -> None:
    with tiny.running(tmp_path, Things().handlers()) as gateway:
        with sqlite3.connect(tmp_path / "tiny.db") as database:
            database.execute("UPDATE api_keys SET revoked_at = 1")
        database.close()
        assert gateway.client.get("/things/a").status_code == 401


def test_in_live_mode_there_is_no_sandbox(tmp_path: Path) -> None:
    with tiny.running(tmp_path, Things().handlers(), Settings(livemode=True)) as gateway:
        assert gateway.client.get("/v1/sandbox/things").json()["code"] == "route_missing"
        assert gateway.client.get("/things/a").json()["code"] == "livemode_mismatch"


@pytest.mark.parametrize("pure_python", [False, True], ids=["httptools", "h11"])
class TestTransport:
    """Both HTTP parsers behave alike."""

    def test_requests(self, tmp_path: Path, pure_python: bool) -> None:
        with tiny.running(tmp_path, Things().handlers(), pure_python=pure_python) as gateway:
            for _ in range(3):
                assert gateway.client.get("/things/a").json() == {"id": "t"}

    def test_bytes_that_are_no_http(self, tmp_path: Path, pure_python: bool, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.CRITICAL)
        with tiny.running(tmp_path, Things().handlers(), pure_python=pure_python) as gateway:
            received = _raw(gateway.port, b"\x16\x03\x01 this is not HTTP\r\n\r\n")
        head, _, content = received.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 400")
        assert b"application/problem+json" in head
        document = json.loads(content)
        assert document["code"] == "malformed_http"
        assert set(document) == set(problem_document(ProblemError("overloaded", ""), ""))
        assert f"request-id: {document['request_id']}" in head.decode()

    @pytest.mark.parametrize(
        "head",
        [b"x: " + b"a" * 5_000_000, b"\r\n".join(b"x%d: y" % number for number in range(20_000))],
        ids=["long", "many"],
    )
    def test_heads_that_are_too_large(self, tmp_path: Path, pure_python: bool, head: bytes) -> None:
        things = Things()
        with tiny.running(tmp_path, things.handlers(), pure_python=pure_python) as gateway:
            start = f"GET /things/a HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {tiny.KEY}\r\n"
            sent = start.encode() + head + b"\r\n\r\n"
            received = b""
            with contextlib.suppress(ConnectionError):  # it may be closed while the head is still being sent
                received = _raw(gateway.port, sent)
        assert things.calls == []
        assert b"200" not in received.partition(b"\r\n")[0]

    def test_a_hundred_headers_more_are_too_many(self, tmp_path: Path, pure_python: bool) -> None:
        with tiny.running(tmp_path, Things().handlers(), pure_python=pure_python) as gateway:
            answer = gateway.client.get("/things/a", headers={f"x-{number}": "y" for number in range(100)})
        assert (answer.status_code, answer.json()["code"]) == (400, "malformed_http")

    def test_half_a_head_is_not_waited_for(
        self, tmp_path: Path, pure_python: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(limits, "HEAD_TIMEOUT", 0.2)
        with tiny.running(tmp_path, Things().handlers(), pure_python=pure_python) as gateway:
            received = _raw(gateway.port, b"GET /things/a HTTP/1.1\r\nHost: 127")
        assert b"in time" in received

    def test_half_a_body_is_not_waited_for(
        self, tmp_path: Path, pure_python: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(limits, "BODY_TIMEOUT", 0.2)
        monkeypatch.setattr(limits, "LINGER_TIMEOUT", 0.2)
        head = f"POST /things HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {tiny.KEY}\r\n"
        with tiny.running(tmp_path, Things().handlers(), pure_python=pure_python) as gateway:
            received = _raw(gateway.port, f"{head}Content-Length: 10\r\n\r\n{{".encode())
        assert received.startswith(b"HTTP/1.1 400")
        assert b"connection: close" in received.lower()

    def test_a_connection_that_says_nothing_is_closed(
        self, tmp_path: Path, pure_python: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(limits, "IDLE_TIMEOUT", 0.2)
        with tiny.running(tmp_path, Things().handlers(), pure_python=pure_python) as gateway:
            assert b"in time" in _raw(gateway.port, b"")

    @pytest.mark.parametrize("length", ["Content-Length: 4000000000", "Transfer-Encoding: chunked"])
    def test_a_body_without_end_ends_the_connection(self, tmp_path: Path, pure_python: bool, length: str) -> None:
        head = f"POST /things HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {tiny.KEY}\r\n{length}\r\n\r\n"
        chunk = b" " * 0xFFFF
        if "chunked" in length:
            chunk = b"ffff\r\n" + chunk + b"\r\n"
        sent = 0
        with (
            tiny.running(tmp_path, Things().handlers(), pure_python=pure_python) as gateway,
            socket.create_connection(("127.0.0.1", gateway.port), timeout=10) as peer,
        ):
            peer.sendall(head.encode())
            with contextlib.suppress(OSError):
                while sent < 1_000_000_000:
                    sent += peer.send(chunk)
        assert sent < 100_000_000

    def test_pipelined_requests_are_answered_in_order(self, tmp_path: Path, pure_python: bool) -> None:
        request = f"GET /things/a HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {tiny.KEY}\r\n"
        last = request + "Connection: close\r\n\r\n"
        with tiny.running(tmp_path, Things().handlers(), pure_python=pure_python) as gateway:
            received = _raw(gateway.port, (request + "\r\n" + last).encode())
        assert received.count(b"HTTP/1.1 200") == 2

    @pytest.mark.parametrize("kind", ["reset", "drop_response", "truncate"])
    def test_faults(self, tmp_path: Path, pure_python: bool, kind: str) -> None:
        with tiny.running(tmp_path, Things().handlers(), pure_python=pure_python) as gateway:
            _arm(tmp_path, kind)
            request = f"GET /things/a HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {tiny.KEY}\r\n\r\n"
            if kind == "reset":
                with pytest.raises(ConnectionResetError):
                    _raw(gateway.port, request.encode())
            else:
                received = _raw(gateway.port, request.encode())
                assert received == b"" if kind == "drop_response" else received.endswith(b'\r\n\r\n{"id"')
            assert gateway.client.get("/things/a").status_code == 200


def test_a_failing_page_is_a_problem(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        raise RuntimeError("hunter2")

    with tiny.running(tmp_path, {}, inner=broken) as gateway:
        answer = gateway.client.get("/admin")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert "hunter2" not in answer.text
    assert "hunter2" in caplog.text


def test_a_page_that_fails_half_way_is_cut_off(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-length", b"10")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        raise RuntimeError("hunter2")

    with tiny.running(tmp_path, {}, inner=broken) as gateway:
        request = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        assert _raw(gateway.port, request).partition(b"\r\n\r\n")[2] == b""
    assert "hunter2" in caplog.text


def _raw(port: int, sent: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as peer:
        peer.sendall(sent)
        received = b""
        while chunk := peer.recv(65536):
            received += chunk
        return received


def _arm(directory: Path, kind: str) -> None:
    database = sqlite3.connect(directory / "tiny.db")
    with database:
        account: Any = database.execute("SELECT id FROM accounts").fetchone()[0]
        database.execute(
            "INSERT INTO sandbox_faults (id, account_id, kind, times, remaining, created_at) "
            "VALUES ('f', ?, ?, 1, 1, 0)",
            (account, kind),
        )
    database.close()
